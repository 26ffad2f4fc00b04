import { core, scratch } from './instance.js';
import type { ProtocolVersion } from './packets.js';
import { writeText } from './strings.js';

/** Gives 0 for a valid Topic Name (MQTT 5 4.7), else the negative result code. Throws MqttError for half a surrogate pair. */
export function checkTopicName(topic: string): number {
  scratch.reserve(0);
  return core.mqtt_topic_name_check(...writeText(topic, 'topic'));
}

/**
 * Gives 0 for a valid Topic Filter (MQTT 5 4.7, and 4.8.2 for shared subscriptions, which 3.1.1 does not know), else
 * the negative result code. Throws MqttError for half a surrogate pair.
 */
export function checkTopicFilter(filter: string, protocolVersion: ProtocolVersion = 5): number {
  scratch.reserve(0);
  const [address, length] = writeText(filter, 'topicFilter');
  return core.mqtt_topic_filter_check(address, length, protocolVersion);
}

/** Whether a valid Topic Filter matches a valid Topic Name (MQTT 5 4.7.1, 4.7.2). */
export function topicMatches(filter: string, topic: string): boolean {
  scratch.reserve(0);
  return core.mqtt_topic_match(...writeText(filter, 'topicFilter'), ...writeText(topic, 'topic')) === 1;
}
