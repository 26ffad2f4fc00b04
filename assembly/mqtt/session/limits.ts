import { Packet, PropertyId, SessionLimits } from '../../../build/abi/assembly';
import { mqtt_property_read } from '../properties';
import { Context } from './layout';

/** No property: neither an expiry interval nor a method. In the other fields all bits are set, which is no limit (or no alias). */
export function resetLimits(limits: SessionLimits): void {
  memory.fill(changetype<usize>(limits), 0xff, SessionLimits.SIZE);
  limits.sessionExpiryInterval = 0;
  limits.authenticationMethod = 0;
}

/** The words of a record SessionLimits that properties out of their order go to. */
const METHOD: i32 = <i32>offsetof<SessionLimits>('authenticationMethod') >> 2;
const EXPIRY: i32 = <i32>offsetof<SessionLimits>('sessionExpiryInterval') >> 2;
const KEEP_ALIVE: i32 = <i32>offsetof<SessionLimits>('serverKeepAlive') >> 2;

/** The one bit in which Request Problem Information, of a CONNECT, differs from Server Keep Alive, of a CONNACK. */
const PROBLEM_INFORMATION: i32 = PropertyId.REQUEST_PROBLEM_INFORMATION ^ PropertyId.SERVER_KEEP_ALIVE;

/**
 * Reads the properties of a packet into a record SessionLimits. Its first ten words are the properties from Receive Maximum (33) to
 * Shared Subscription Available (42). Two of these are not limits: these packets have no Topic Alias (35), and User Property (38)
 * is skipped. Their words are taken by Server Keep Alive and Session Expiry Interval; and in a CONNECT, which has no Server Keep Alive,
 * by Request Problem Information.
 */
export function readLimits(context: Context, packet: Packet, limits: SessionLimits): void {
  const property = context.property;
  let at = <u32>packet.properties;
  const end = at + packet.propertiesLength;
  resetLimits(limits);
  while (true) {
    const used = mqtt_property_read(at, end - at, changetype<usize>(property));
    if (used <= 0) return;
    at += used;
    const id: i32 = property.id;
    let value = property.value;
    let place = id - PropertyId.RECEIVE_MAXIMUM;
    if (id == PropertyId.AUTHENTICATION_METHOD) {
      place = METHOD;
      value = hash(value, property.valueLength);
    }
    if (id == PropertyId.SESSION_EXPIRY_INTERVAL) place = EXPIRY;
    if ((id & ~PROBLEM_INFORMATION) == PropertyId.SERVER_KEEP_ALIVE) place = KEEP_ALIVE;
    if (place >= 0 && id != PropertyId.USER_PROPERTY)
      store<u32>(changetype<usize>(limits) + ((<usize>place) << 2), value);
  }
}

/** A hash, never 0: enough to see that a method is not the one of before, without room for its name. */
function hash(start: u32, length: u32): u32 {
  let value = length;
  for (let at = start; at < start + length; at++) value = value * 31 + load<u8>(at);
  return (value << 1) | 1;
}
