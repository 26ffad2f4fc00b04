/** What a pipe says. */
export type PipeEvent =
  /** Something cannot go on. @see count how many since the last event of this type */
  | { type: 'dead letter'; reason: string; source: string; count: number }
  /** Kafka did not take records; they are tried again. @see retryIn seconds */
  | { type: 'not sent'; reason: string; retryIn: number }
  /** A message went on, and somebody may want to know something about it. */
  | { type: 'note'; text: string; source: string };

/** The world of a pipe. */
export interface PipePorts {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Milliseconds of 1970. */
  wallNow(): number;
  /** Resolves after so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  event(event: PipeEvent): void;
}

/** What a pipe has done so far. */
export interface PipeCounts {
  /** Came in. */
  readonly received: number;
  /** Went out, and was confirmed. */
  readonly carried: number;
  /** Were not for this bridge. */
  readonly skipped: number;
  /** Dead letters that Kafka keeps. */
  readonly deadLetters: number;
  /** Dead letters that nobody keeps. */
  readonly dropped: number;
  /** Carried although they may have been before: what the other side sent again. */
  readonly repeated: number;
  /** Came in and are not confirmed. */
  readonly inHand: number;
}
