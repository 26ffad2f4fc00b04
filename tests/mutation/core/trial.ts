// What the command and the processes that try mutants tell each other.

/** The turns in which cases are tried: those of the first suites, those of all others, the slow ones. */
export type Turn = 0 | 1 | 2;

/** A test file as a program: a bundle of vitest, or a spec of as-pect. */
export type Suite = { file: string; isFirst: boolean } & (
  | { kind: 'vitest'; source: string }
  | { kind: 'spec'; binary: Uint8Array }
);

/** Milliseconds of a processor. */
export interface Limits {
  /** Cases that take longer come last. */
  slow: number;
  /** Cases that take longer are never tried. */
  most: number;
}

/** One case on the unchanged module. */
export interface MeasuredCase {
  name: string;
  /** What a mutant may use for it. */
  fuel: number;
  milliseconds: number;
  failure?: string;
  /** A bit for each straight piece of code that it runs. */
  marks: BigUint64Array;
  /** Undefined for what takes too long. */
  turn?: Turn;
}

export interface MeasuredSuite {
  file: string;
  cases: MeasuredCase[];
}

export interface MeasureRequest {
  /** The module with fuel and marks. */
  bytes: Uint8Array;
  /** How many straight pieces it has. */
  pieces: number;
  limits: Limits;
}

export interface MutantRequest {
  /** The module with the change, and with fuel. */
  bytes: Uint8Array;
  /** The straight piece of the change. */
  piece: number;
  turns: readonly Turn[];
}

/** What came of a mutant: neither `how` nor `invalid` when it survived. */
export interface Trial {
  how?: 'assertion' | 'trap' | 'fuel' | 'timeout';
  /** The case that killed it. */
  by?: string;
  message?: string;
  /** Why the engine does not accept it. */
  invalid?: string;
}

/** To a process: what it works with comes first. */
export type Message =
  | { suites: Suite[]; measure: MeasureRequest }
  | { suites: Suite[]; baseline: MeasuredSuite[] }
  | { mutant: MutantRequest };

/** From a process. */
export type Answer = { progress: string } | { baseline: MeasuredSuite[] } | { failure: string } | { result: Trial };
