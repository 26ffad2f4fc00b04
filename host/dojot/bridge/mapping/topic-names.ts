import { checkTopicName, describeResult } from '../../../core/index.js';

/** Why a text cannot be the name of a Kafka topic (org.apache.kafka.common.internals.Topic); undefined when it can. */
export function kafkaTopicProblem(name: string): string | undefined {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return undefined;
  return `${JSON.stringify(name)} cannot be a Kafka topic: use 1 to 249 of the letters A to Z, a to z, 0 to 9, ".", "_" and "-"`;
}

/** Why a text cannot be the topic of an MQTT message (MQTT 5 4.7); undefined when it can. */
export function mqttTopicProblem(name: string): string | undefined {
  const result = !name.isWellFormed() ? undefined : checkTopicName(name);
  if (result === 0) return undefined;
  const reason = result === undefined ? 'it is not Unicode text' : describeResult(result);
  return `${JSON.stringify(name)} cannot be an MQTT topic: ${reason}`;
}
