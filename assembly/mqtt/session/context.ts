import {
  PACKET_TYPE_PUBACK,
  PACKET_TYPE_SUBACK,
  PACKET_TYPE_UNSUBACK,
  RESULT_INVALID_ARGUMENT,
  RESULT_OUT_OF_SPACE,
  SESSION_ALIAS_BYTES,
  SESSION_ALIAS_OFFSET,
  SESSION_CONTEXT_ENTRY,
  SESSION_CONTEXT_FORMAT,
  SESSION_CONTEXT_HEADER,
  SESSION_FLAG_ADOPT_SESSION,
  SESSION_FLAGS,
  SESSION_FORMAT,
  SESSION_KNOWN,
  SESSION_LIMITS_SIZE,
  SESSION_RECEIVE_CAPACITY,
  SESSION_RESPONSE_TIMEOUT,
  SESSION_SEND_CAPACITY,
  SESSION_SIZE,
  SESSION_STATE,
  SESSION_WAITING_SINCE,
} from '../../../build/abi/assembly';
import { RECEIVED, sweep } from './in-flight';
import { resetLimits } from './limits';

/**
 * A context, from low to high addresses; it holds offsets, never addresses.
 *
 *     Session | own limits | server's limits | limits of one packet | record Property | in-flight records | inbound aliases
 */
export const OWN: usize = SESSION_SIZE;
export const SERVER: usize = OWN + SESSION_LIMITS_SIZE;
export const SCRATCH: usize = SERVER + SESSION_LIMITS_SIZE;
export const PROPERTY: usize = SCRATCH + SESSION_LIMITS_SIZE;

/** Session state are the messages of QoS 1 and 2 (4.1). What was received of QoS 1 the server sends again. */
const FORGOTTEN: u32 = (1 << PACKET_TYPE_SUBACK) | (1 << PACKET_TYPE_UNSUBACK) | (1 << (RECEIVED + PACKET_TYPE_PUBACK));

/** ABI: see assembly/abi/session.json. */
export function session_init(
  context: usize,
  length: u32,
  sendCapacity: u32,
  receiveCapacity: u32,
  flags: u32,
  responseTimeout: u32,
): i32 {
  if (((<u32>context & 3) | ((sendCapacity | receiveCapacity) >> 16) | ((responseTimeout - 1) >> 31)) != 0) {
    return RESULT_INVALID_ARGUMENT;
  }
  const aliases: u32 = SESSION_CONTEXT_HEADER + (sendCapacity + receiveCapacity) * SESSION_CONTEXT_ENTRY;
  if (length < aliases) return RESULT_OUT_OF_SPACE;
  memory.fill(context, 0, SESSION_CONTEXT_HEADER);
  store<u32>(context, SESSION_CONTEXT_FORMAT, SESSION_FORMAT);
  store<u32>(context, flags, SESSION_FLAGS);
  store<u32>(context, flags & SESSION_FLAG_ADOPT_SESSION, SESSION_KNOWN);
  store<u32>(context, responseTimeout, SESSION_RESPONSE_TIMEOUT);
  store<u32>(context, sendCapacity, SESSION_SEND_CAPACITY);
  store<u32>(context, receiveCapacity, SESSION_RECEIVE_CAPACITY);
  store<u32>(context, aliases, SESSION_ALIAS_OFFSET);
  store<u32>(context, length - aliases, SESSION_ALIAS_BYTES);
  return session_close(context);
}

/** ABI: see assembly/abi/session.json. */
export function session_close(context: usize): i32 {
  memory.fill(context + SESSION_STATE, 0, SESSION_WAITING_SINCE - SESSION_STATE); // SessionState.CLOSED; nothing awaited
  resetLimits(context + SERVER);
  sweep(context, FORGOTTEN);
  return 0;
}
