/**
 * How well connections hold: how long to wait before the next attempt, and whether the log has something new to say. Times are
 * milliseconds of one clock, and parameters.
 */

/** Waiting times between attempts to connect. */
export const BACKOFF_FIRST: i32 = 1000;
export const BACKOFF_MAXIMUM: i32 = 60_000;

/** Twice the last time, up to the maximum. */
export function nextBackoff(last: i32): i32 {
  if (last == 0) return BACKOFF_FIRST;
  return last * 2 < BACKOFF_MAXIMUM ? last * 2 : BACKOFF_MAXIMUM;
}

/** Adds up to a quarter, so that a fleet does not come back all at once; `noise` is any number. */
export function withJitter(delay: i32, noise: u32): i32 {
  return delay + <i32>(noise % <u32>(delay / 4 + 1));
}

/** What the log says of a failure. */
export const NEWS: i32 = 0;
/** The same as the last time: said once, with the note that it will not be said again. */
export const STORM: i32 = 1;
export const SILENCE: i32 = 2;

let backoff: i32 = 0;
let connectedAt: i64 = -1;
/** The last failure; a text of the program has one address. */
let lastReason: usize = 0;
let lastCode: i32 = 0;
/** How often it came again, without a stable connection in between. */
let repeats: i32 = 0;
let wasTakenOver = false;

/** The broker has accepted the connection. */
export function connected(now: i64): void {
  connectedAt = now;
}

function hasLasted(now: i64, time: u32): bool {
  return connectedAt >= 0 && now - connectedAt >= <i64>time;
}

/** Whether what happens to connections is a repetition that the log leaves out. */
export function isStorm(): bool {
  return repeats > 0;
}

/**
 * Ends a storm when the connection stands and has lasted; after one that another client took over, longer than the two wait for each
 * other. Returns whether there was a storm.
 */
export function endsStorm(now: i64, stable: u32): bool {
  if (!hasLasted(now, wasTakenOver ? max<u32>(stable, 2 * BACKOFF_MAXIMUM) : stable)) return false;
  const was = isStorm();
  calm();
  return was;
}

/** The next failure is news. */
function calm(): void {
  lastReason = 0;
  repeats = 0;
  wasTakenOver = false;
}

/**
 * An attempt has failed, or the connection has ended. Returns the milliseconds to wait; see `telling` for the log.
 *
 * A broker that accepts and closes at once is not to be asked each second, so only a connection that has lasted starts the waiting
 * times again. One that another client took over does not: two clients with one identifier would end each other's connections for ever.
 *
 * @param reason address of the text
 */
export function failed(now: i64, stable: u32, isTakenOver: bool, reason: usize, code: i32): i32 {
  if (!isTakenOver && hasLasted(now, stable)) {
    backoff = 0;
    calm();
  }
  connectedAt = -1;
  repeats = reason == lastReason && code == lastCode ? repeats + 1 : 0;
  lastReason = reason;
  lastCode = code;
  wasTakenOver = isTakenOver;
  backoff = nextBackoff(backoff);
  return backoff;
}

/** What the log says of the last failure. */
export function telling(): i32 {
  return repeats < SILENCE ? repeats : SILENCE;
}
