/** Waiting times between attempts to connect, in milliseconds. */
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
