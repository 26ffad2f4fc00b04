import { string } from './arguments.js';
import { core, scratch } from './instance.js';
import type { ProtocolVersion } from './packets.js';
import { writer } from './writer.js';

/**
 * Gives 0 for a valid Topic Name (MQTT 5 4.7), else the negative result code.
 *
 * @throws TypeError when it is no string, MqttError for half a surrogate pair
 */
export function checkTopicName(topic: string): number {
  const start = begin();
  writer.text(string(topic, 'topic'), 'topic', 'topic');
  return core.mqtt_topic_name_check(start, writer.at - start);
}

/**
 * Gives 0 for a valid Topic Filter (MQTT 5 4.7, and 4.8.2 for shared subscriptions, which 3.1.1 does not know), else
 * the negative result code.
 *
 * @throws TypeError when it is no string, MqttError for half a surrogate pair
 */
export function checkTopicFilter(filter: string, protocolVersion: ProtocolVersion = 5): number {
  const start = begin();
  writer.text(string(filter, 'topicFilter'), 'topicFilter', 'topicFilter');
  return core.mqtt_topic_filter_check(start, writer.at - start, protocolVersion);
}

/**
 * Whether a valid Topic Filter matches a valid Topic Name (MQTT 5 4.7.1, 4.7.2).
 *
 * @throws TypeError when one is no string, MqttError for half a surrogate pair
 */
export function topicMatches(filter: string, topic: string): boolean {
  const start = begin();
  writer.text(string(filter, 'topicFilter'), 'topicFilter', 'topicFilter');
  const middle = writer.at;
  writer.text(string(topic, 'topic'), 'topic', 'topic');
  return core.mqtt_topic_match(start, middle - start, middle, writer.at - middle) === 1;
}

function begin(): number {
  writer.at = scratch.reserve(0);
  writer.room(0);
  return writer.at;
}
