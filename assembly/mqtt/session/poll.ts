import {
  PACKET_TYPE_PUBCOMP,
  PACKET_TYPE_PUBREL,
  RESULT_OUT_OF_SPACE,
  RESULT_RESPONSE_TIMEOUT,
  SESSION_CONTEXT_NO_DEADLINE,
  SESSION_EVENT,
  SESSION_EVENT_NONE,
  SESSION_EVENT_RESEND,
  SESSION_KEEP_ALIVE,
  SESSION_LAST_RECEIVED,
  SESSION_LAST_SENT,
  SESSION_LIMITS_RECEIVE_MAXIMUM,
  SESSION_PACKET_ID,
  SESSION_RESPONSE_TIMEOUT,
  SESSION_STATE,
  SESSION_STATE_CONNECTED,
  SESSION_WAITING,
  SESSION_WAITING_SINCE,
} from '../../../build/abi/assembly';
import { SERVER } from './context';
import { COUNTED, count, firstToResend, LIVE, NEXT, SENT } from './in-flight';
import { startWaiting } from './send';
import { ANSWER_SIZE, writeAnswer } from './write-answer';

/** A PINGREQ, as a little-endian store writes it (3.12). */
const PINGREQ: u16 = 0x00c0;

/** Milliseconds that are left of an interval; times are subtracted, never compared, so that the clock may wrap around. */
function left(elapsed: u32, interval: u32): u32 {
  return elapsed >= interval ? 0 : interval - elapsed;
}

/** Milliseconds until the server's answer is overdue. */
function untilTimeout(context: usize, now: u32): u32 {
  if (load<u32>(context, SESSION_WAITING) == 0) return SESSION_CONTEXT_NO_DEADLINE;
  return left(now - load<u32>(context, SESSION_WAITING_SINCE), load<u32>(context, SESSION_RESPONSE_TIMEOUT));
}

/** ABI: see assembly/abi/session.json. */
export function session_deadline(context: usize, now: u32): i32 {
  const timeout = untilTimeout(context, now);
  const keepAlive = load<u32>(context, SESSION_KEEP_ALIVE);
  if (load<u32>(context, SESSION_STATE) != SESSION_STATE_CONNECTED || keepAlive == 0) return timeout;
  // MQTT-3.1.2-20: something is sent in each interval. A server that is silent for one is asked too: it may be gone.
  let idle = now - load<u32>(context, SESSION_LAST_SENT);
  if (load<u32>(context, SESSION_WAITING) == 0) idle = max(idle, now - load<u32>(context, SESSION_LAST_RECEIVED));
  return min(timeout, left(idle, keepAlive));
}

/** ABI: see assembly/abi/session.json. */
export function session_poll(context: usize, now: u32, output: usize, capacity: u32): i32 {
  store<u32>(context, SESSION_EVENT_NONE, SESSION_EVENT);
  if (capacity < ANSWER_SIZE) return RESULT_OUT_OF_SPACE;
  const record = firstToResend(context);
  let result = 0;
  if (session_deadline(context, now) == 0) {
    if (untilTimeout(context, now) == 0) return RESULT_RESPONSE_TIMEOUT;
    startWaiting(context, now);
    store<u16>(output, PINGREQ);
    result = 2;
  } else if (record == 0 || load<u32>(context, SESSION_STATE) != SESSION_STATE_CONNECTED) {
    return 0;
  } else {
    const word = load<u32>(record);
    const packetId = word >> 16;
    if ((word & NEXT) != PACKET_TYPE_PUBCOMP) {
      // Without quota the message waits until an answer frees some (4.9).
      if (count(context, SENT, COUNTED) >= load<u32>(context + SERVER, SESSION_LIMITS_RECEIVE_MAXIMUM)) return 0;
      store<u32>(context, packetId, SESSION_PACKET_ID);
      store<u32>(context, SESSION_EVENT_RESEND, SESSION_EVENT);
      return 0;
    }
    store<u32>(record, word | LIVE);
    result = writeAnswer(context, PACKET_TYPE_PUBREL, packetId, 0, output);
  }
  store<u32>(context, now, SESSION_LAST_SENT);
  return result;
}
