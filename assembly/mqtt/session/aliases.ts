import {
  PACKET_TOPIC,
  PACKET_TOPIC_LENGTH,
  RESULT_NO_MEMORY,
  RESULT_TOPIC_ALIAS_EXCEEDED,
  RESULT_TOPIC_ALIAS_UNKNOWN,
  SESSION_ALIAS_BYTES,
  SESSION_ALIAS_OFFSET,
  SESSION_CONTEXT_ALIAS,
  SESSION_LIMITS_TOPIC_ALIAS_MAXIMUM,
} from '../../../build/abi/assembly';
import { OWN } from './context';

/**
 * Inbound Topic Aliases (3.3.2.3.4): each has the same share of the end of the context, a length of two bytes in the
 * machine's order and the topic. Sets the alias of a PUBLISH that has a topic, or looks it up; gives the address of its
 * share, or a result code. To do it twice changes nothing, so an answer that did not fit may be tried again.
 */
export function resolveAlias(context: usize, packet: usize, alias: i32): i32 {
  const maximum = load<i32>(context + OWN, SESSION_LIMITS_TOPIC_ALIAS_MAXIMUM); // -1 when there is none
  if (alias > maximum) return RESULT_TOPIC_ALIAS_EXCEEDED; // MQTT-3.3.2-11
  const share = load<u32>(context, SESSION_ALIAS_BYTES) / <u32>maximum;
  const place = context + load<u32>(context, SESSION_ALIAS_OFFSET) + (alias - 1) * share;
  const length = load<u32>(packet, PACKET_TOPIC_LENGTH);
  if (share < length + SESSION_CONTEXT_ALIAS) return RESULT_NO_MEMORY;
  if (length > 0) {
    store<u16>(place, length);
    memory.copy(place + SESSION_CONTEXT_ALIAS, load<u32>(packet, PACKET_TOPIC), length);
  }
  return load<u16>(place) == 0 ? RESULT_TOPIC_ALIAS_UNKNOWN : <i32>place;
}
