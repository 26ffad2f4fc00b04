import {
  PACKET_PROPERTIES,
  PACKET_PROPERTIES_LENGTH,
  PROPERTY_ID,
  PROPERTY_VALUE,
  PROPERTY_VALUE_LENGTH,
  SESSION_LIMITS_AUTHENTICATION_METHOD,
  SESSION_LIMITS_SESSION_EXPIRY_INTERVAL,
  SESSION_LIMITS_SIZE,
} from '../../../build/abi/assembly';
import { mqtt_property_read } from '../properties';
import { PROPERTY } from './context';

const SESSION_EXPIRY_INTERVAL: i32 = 17;
const SERVER_KEEP_ALIVE: i32 = 19;
const AUTHENTICATION_METHOD: i32 = 21;
const RECEIVE_MAXIMUM: i32 = 33;
const USER_PROPERTY: i32 = 38;

/** No property: neither an expiry interval nor a method, and of the others all bits, which is no limit (or no alias). */
export function resetLimits(limits: usize): void {
  memory.fill(limits, 0xff, SESSION_LIMITS_SIZE);
  store<u32>(limits, 0, SESSION_LIMITS_SESSION_EXPIRY_INTERVAL);
  store<u32>(limits, 0, SESSION_LIMITS_AUTHENTICATION_METHOD);
}

/**
 * Reads the properties of a packet into a record SessionLimits. Its first ten words are the properties 33 to 42; 35 and 38,
 * which these packets do not have or which is no limit, leave their places to 19 and 17.
 */
export function readLimits(context: usize, packet: usize, limits: usize): void {
  const property = context + PROPERTY;
  let at = load<u32>(packet, PACKET_PROPERTIES);
  const end = at + load<u32>(packet, PACKET_PROPERTIES_LENGTH);
  resetLimits(limits);
  while (true) {
    const used = mqtt_property_read(at, end - at, property);
    if (used <= 0) return;
    at += used;
    const id: i32 = load<u32>(property, PROPERTY_ID);
    let value = load<u32>(property, PROPERTY_VALUE);
    let place = id - RECEIVE_MAXIMUM;
    if (id == AUTHENTICATION_METHOD) {
      place = 10;
      value = hash(value, load<u32>(property, PROPERTY_VALUE_LENGTH));
    }
    if (id == SESSION_EXPIRY_INTERVAL) place = 5;
    if (id == SERVER_KEEP_ALIVE) place = 2;
    if (place >= 0 && id != USER_PROPERTY) store<u32>(limits + ((<usize>place) << 2), value);
  }
}

/** A hash, never 0: enough to see that a method is not the one of before, without room for its name. */
function hash(start: u32, length: u32): u32 {
  let value = length;
  for (let at = start; at < start + length; at++) value = value * 31 + load<u8>(at);
  return (value << 1) | 1;
}
