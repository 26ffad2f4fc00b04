import { PacketType, Result, Session, SessionContext, SessionFlag } from '../../../build/abi/assembly';
import { Span } from '../../memory/span';
import { RECEIVED, sweep } from './in-flight';
import { Context } from './layout';
import { resetLimits } from './limits';

/**
 * What does not outlive its connection, by direction and next packet. Session state is the messages of QoS 1 and 2 (4.1), but the
 * server sends again what was received with QoS 1.
 */
const FORGOTTEN: u32 = (1 << PacketType.SUBACK) | (1 << PacketType.UNSUBACK) | (1 << (RECEIVED + PacketType.PUBACK));

/** ABI: see assembly/abi/session.json. */
export function session_init(
  contextAddress: usize,
  length: u32,
  sendCapacity: u32,
  receiveCapacity: u32,
  flags: u32,
  responseTimeout: u32,
): i32 {
  const context = changetype<Context>(contextAddress);
  if (
    ((<u32>contextAddress & 3) |
      Span.isBeyond(contextAddress, length) |
      ((sendCapacity | receiveCapacity) >> 16) |
      ((responseTimeout - 1) >> 31)) !=
    0
  ) {
    return Result.INVALID_ARGUMENT;
  }
  const aliases: u32 = SessionContext.HEADER + (sendCapacity + receiveCapacity) * SessionContext.ENTRY;
  if (length < aliases) return Result.OUT_OF_SPACE;
  memory.fill(contextAddress, 0, SessionContext.HEADER);
  context.format = SessionContext.FORMAT;
  context.flags = flags;
  context.known = flags & SessionFlag.ADOPT_SESSION;
  // Times are told apart up to 2^31 - 1, see time.ts.
  context.responseTimeout = responseTimeout - (responseTimeout >> 31);
  context.sendCapacity = sendCapacity;
  context.receiveCapacity = receiveCapacity;
  context.aliasOffset = aliases;
  context.aliasBytes = length - aliases;
  context.length = length;
  return session_close(contextAddress);
}

/** ABI: see assembly/abi/session.json. */
export function session_restore(contextAddress: usize, length: u32): i32 {
  const context = changetype<Context>(contextAddress);
  if (length < <u32>SessionContext.HEADER) return Result.SESSION_TORN;
  if (context.format == SessionContext.FORMAT && context.length != length) return Result.SESSION_TORN;
  return session_close(contextAddress);
}

/** ABI: see assembly/abi/session.json. */
export function session_close(contextAddress: usize): i32 {
  const context = changetype<Context>(contextAddress);
  const torn = context.check();
  if (torn != 0) return torn;
  // From state to arriving: SessionState.CLOSED, and nothing is awaited.
  const first = offsetof<Session>('state');
  memory.fill(contextAddress + first, 0, offsetof<Session>('waitingSince') - first);
  resetLimits(context.server);
  sweep(context, FORGOTTEN);
  return 0;
}
