import { Packet, Result, SessionContext } from '../../../build/abi/assembly';
import { Context } from './layout';

/**
 * Resolves an inbound Topic Alias (3.3.2.3.4): a PUBLISH with a topic sets it, one without looks it up. Each alias has the same
 * share of the end of the context: a length of two bytes in the machine's order, then the topic. A length that goes beyond the share
 * was torn: there is no topic. Returns the address of the share, or a result code. Doing it twice changes nothing, so an answer that did not fit may be tried again.
 */
export function resolveAlias(context: Context, packet: Packet, alias: i32): i32 {
  const maximum = <i32>context.own.topicAliasMaximum; // -1 when there is none
  if (alias > maximum) return Result.TOPIC_ALIAS_EXCEEDED; // MQTT-3.3.2-11
  const share = context.aliasBytes / <u32>maximum;
  const place = context.aliases + (alias - 1) * share;
  const length = packet.topicLength;
  if (share < length + SessionContext.ALIAS) return Result.NO_MEMORY;
  if (length > 0) {
    store<u16>(place, length);
    memory.copy(place + SessionContext.ALIAS, packet.topic, length);
  }
  // A length of 0 is larger than any, less 1.
  return <u32>load<u16>(place) - 1 < share - SessionContext.ALIAS ? <i32>place : Result.TOPIC_ALIAS_UNKNOWN;
}
