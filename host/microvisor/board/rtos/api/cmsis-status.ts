/** osStatus_t */
export const OsStatus = {
  OK: 0,
  Error: -1,
  ErrorTimeout: -2,
  ErrorResource: -3,
  ErrorParameter: -4,
  ErrorNoMemory: -5,
  ErrorISR: -6,
} as const;

/** osFlagsError*, as signed words. */
export const OsFlags = {
  WaitAll: 1,
  NoClear: 2,
  ErrorTimeout: -2,
  ErrorResource: -3,
  ErrorParameter: -4,
  ErrorISR: -6,
} as const;

/** What a call that may wait returns. */
export const OUTCOME = { done: OsStatus.OK, atOnce: OsStatus.ErrorResource, afterTime: OsStatus.ErrorTimeout };
