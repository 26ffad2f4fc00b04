import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import type { Result } from './run-passes.js';

/** A run of the benchmark as a file keeps it. */
export interface SavedRun {
  node: string;
  /** Model of the processor. */
  cpu: string;
  /** Time of its end, ISO 8601. */
  date: string;
  results: Result[];
}

/** How a row has changed since a saved run. */
export interface Comparison {
  /** Its ratio then. */
  before: number;
  /** `same` unless the ratios are further apart than the spreads of both. */
  verdict: 'same' | 'faster' | 'slower';
}

/** @throws Error of the file system */
export function saveRun(file: string, results: Result[], now: Date): void {
  const run: SavedRun = {
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? 'unknown',
    date: now.toISOString(),
    results,
  };
  writeFileSync(file, `${JSON.stringify(run, null, 1)}\n`);
}

/** @throws Error that says what is wrong with the file */
export function readRun(file: string): SavedRun {
  const run: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isRun(run)) throw new Error('this is no run that wasmqtt bench --save has written');
  return run;
}

function isRun(value: unknown): value is SavedRun {
  const { results } = (value ?? {}) as Partial<SavedRun>;
  return Array.isArray(results) && results.every(isResult);
}

function isResult(value: unknown): boolean {
  const { bench, peer, ratio, spread } = (value ?? {}) as Partial<Result>;
  return [bench, peer].every((text) => typeof text === 'string') && [ratio, spread].every(Number.isFinite);
}

/** What has become of a row of a saved run; undefined when the run does not have it. */
export function compareWith({ results }: SavedRun, now: Result): Comparison | undefined {
  const before = results.find(({ bench, peer }) => bench === now.bench && peer === now.peer);
  if (!before) return undefined;
  const same = Math.abs(now.ratio - before.ratio) <= now.spread * now.ratio + before.spread * before.ratio;
  const verdict = same ? 'same' : now.ratio > before.ratio ? 'faster' : 'slower';
  return { before: before.ratio, verdict };
}
