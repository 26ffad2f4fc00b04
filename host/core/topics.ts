import { Result } from '../../build/abi/core.js';
import { string } from './bytes/check-arguments.js';
import { putText } from './bytes/strings.js';
import { core } from './engine/core.js';
import { scratch } from './engine/scratch.js';
import { MqttError } from './mqtt-error.js';
import type { ProtocolVersion } from './packets.js';

/**
 * Checks a Topic Name (MQTT 5 4.7).
 *
 * @returns 0 for a valid one, otherwise the negative result code
 * @throws TypeError when it is not a string, MqttError for half of a surrogate pair
 *
 * @example
 * ```ts
 * import { checkTopicName, Result } from 'wasmqtt';
 *
 * [checkTopicName('a/b'), checkTopicName('a/#') === Result.TOPIC_WILDCARD]; // => [ 0, true ]
 * ```
 */
export function checkTopicName(topic: string): number {
  const start = scratch.reserve(0);
  return core.mqtt_topic_name_check(start, put(topic, start, 'topic') - start);
}

/**
 * Checks a Topic Filter (MQTT 5 4.7, and 4.8.2 for shared subscriptions, which 3.1.1 does not have).
 *
 * @returns 0 for a valid one, otherwise the negative result code
 * @throws TypeError when it is not a string, MqttError for half of a surrogate pair
 *
 * @example
 * ```ts
 * import { checkTopicFilter } from 'wasmqtt';
 *
 * [checkTopicFilter('a/+/b'), checkTopicFilter('a/#/b') < 0, checkTopicFilter('$share/group/a')]; // => [ 0, true, 0 ]
 * ```
 */
export function checkTopicFilter(filter: string, protocolVersion: ProtocolVersion = 5): number {
  const start = scratch.reserve(0);
  return core.mqtt_topic_filter_check(start, put(filter, start, 'topicFilter') - start, protocolVersion);
}

/**
 * Whether a valid Topic Filter matches a valid Topic Name (MQTT 5 4.7.1, 4.7.2).
 *
 * @throws TypeError when one of them is not a string, MqttError for half of a surrogate pair
 *
 * @example
 * ```ts
 * import { topicMatches } from 'wasmqtt';
 *
 * [topicMatches('a/#', 'a/b/c'), topicMatches('+/b', 'a/c'), topicMatches('#', '$SYS/a')]; // => [ true, false, false ]
 * ```
 */
export function topicMatches(filter: string, topic: string): boolean {
  const start = scratch.reserve(0);
  const middle = put(filter, start, 'topicFilter');
  const end = put(topic, middle, 'topic');
  return core.mqtt_topic_match(start, middle - start, middle, end - middle) === 1;
}

/** Puts a text into scratch memory and returns the address after it. */
function put(text: string, start: number, name: string): number {
  scratch.ensure(start + string(text, name).length * 3);
  const end = putText(scratch.u8, start, text, true);
  if (end < 0) throw new MqttError(Result.UTF8_INVALID, -1, `${name}: ${name}`);
  return end;
}
