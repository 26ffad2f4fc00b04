import { PacketType, Result, SessionEvent, SessionState } from '../../../build/abi/assembly';
import { COUNTED, count, firstToResend, LIVE, NEXT, SENT } from './in-flight';
import { Context } from './layout';
import { session_deadline, startPing, untilTimeout } from './time';
import { ANSWER_SIZE, writeAnswer } from './write-answer';

/** A PINGREQ, as a little-endian store writes it (3.12). */
const PINGREQ: u16 = <u16>(PacketType.PINGREQ << 4);

/** ABI: see assembly/abi/session.json. */
export function session_poll(contextAddress: usize, now: u32, output: usize, capacity: u32): i32 {
  const context = changetype<Context>(contextAddress);
  const torn = context.check();
  if (torn != 0) return torn;
  context.event = SessionEvent.NONE;
  if (capacity < ANSWER_SIZE) return Result.OUT_OF_SPACE;
  const record = firstToResend(context);
  let result = 0;
  if (session_deadline(contextAddress, now) == 0) {
    if (untilTimeout(context, now) == 0) return Result.RESPONSE_TIMEOUT;
    startPing(context, now);
    store<u16>(output, PINGREQ);
    result = 2;
  } else if (record == 0 || context.state != SessionState.CONNECTED) {
    return 0;
  } else {
    const word = load<u32>(record);
    const packetId = word >> 16;
    if ((word & NEXT) != PacketType.PUBCOMP) {
      // Above the Receive Maximum the message waits for an answer to another (4.9).
      if (count(context, SENT | COUNTED) >= context.server.receiveMaximum) return 0;
      context.packetId = packetId;
      context.event = SessionEvent.RESEND;
      return 0;
    }
    store<u32>(record, word | LIVE);
    result = writeAnswer(context, PacketType.PUBREL, packetId, 0, output);
  }
  context.lastSent = now;
  return result;
}
