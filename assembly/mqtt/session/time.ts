import { SessionContext, SessionState } from '../../../build/abi/assembly';
import { Context } from './layout';

/**
 * Milliseconds that are left of an interval, never negative; `limit` when that is less. Times are subtracted and not compared, so the
 * clock may wrap around. A start that lies ahead, by less than 2^31, means that the clock went back: no time has passed.
 */
function left(now: u32, start: u32, interval: i32, limit: i32): i32 {
  return min(max(interval - max(<i32>(now - start), 0), 0), limit);
}

/** Starts the wait for PINGRESP. A further PINGREQ does not prolong it. */
export function startPing(context: Context, now: u32): void {
  if (context.pinging != 0) return;
  context.pinging = 1;
  context.silentSince = now;
}

/** Milliseconds until an answer of the server is overdue. Each request has its own wait. */
export function untilTimeout(context: Context, now: u32): i32 {
  const timeout = context.responseTimeout;
  const silence = left(now, context.silentSince, timeout, timeout);
  const limit = context.pinging != 0 ? silence : SessionContext.NO_DEADLINE;
  if (context.waiting == 0) return limit;
  const answer = left(now, context.waitingSince, timeout, limit);
  return context.arriving != 0 ? max(answer, silence) : answer;
}

/** ABI: see assembly/abi/session.json. */
export function session_arrived(contextAddress: usize, now: u32): i32 {
  const context = changetype<Context>(contextAddress);
  // No answer overtakes the packet that is on its way: only what has passed before the bytes of it counts.
  if (context.arriving != 0) context.waitingSince = now - max(<i32>(context.silentSince - context.waitingSince), 0);
  context.arriving = 1;
  context.silentSince = now;
  return 0;
}

/** ABI: see assembly/abi/session.json. */
export function session_deadline(contextAddress: usize, now: u32): i32 {
  const context = changetype<Context>(contextAddress);
  const timeout = untilTimeout(context, now);
  const keepAlive = context.keepAlive;
  if (context.state != SessionState.CONNECTED || keepAlive == 0) return timeout;
  // MQTT-3.1.2-20: the client sends something in each interval. It also asks a server that is silent for one, which may be gone.
  const limit = context.pinging == 0 ? left(now, context.silentSince, keepAlive, timeout) : timeout;
  return left(now, context.lastSent, keepAlive, limit);
}
