import { round } from '../statistics.js';
import type { BrokerName, TlsFiles } from './brokers.js';
import type { LoadGenerator } from './load-generator.js';

export interface BrokerResult {
  bench: string;
  /**
   * `limit` when ours is measured against a figure, `Map` against a look-up in one of JavaScript, `bare instance` for a guest,
   * `first page` for a later page of a list.
   */
  peer: Exclude<BrokerName, 'wasmqtt'> | 'limit' | 'Map' | 'bare instance' | 'first page';
  unit: string;
  ours: number;
  theirs: number;
  /** ours / theirs: the less the better. */
  ratio: number;
  /** Most that the ratio may be; null for no target. */
  target: number | null;
}

/** What rows are measured with. */
export interface BrokerBench {
  load: LoadGenerator;
  /** The program `wasmqtt`. */
  cli: string;
  tls: TlsFiles & { ca: string };
  /** Called before each run. */
  progress(text: string): void;
}

/** What is measured together. */
export interface BrokerRow {
  /** Names of its results. */
  benches: readonly string[];
  /** Takes seconds. @throws Error when a broker or the load fails */
  measure(bench: BrokerBench): Promise<BrokerResult[]>;
}

/** @param target most that the ratio may be; null for none */
export function brokerResult(
  bench: string,
  unit: string,
  ours: number,
  peer: BrokerResult['peer'],
  theirs: number,
  target: number | null,
): BrokerResult {
  return { bench, peer, unit, ours: round(ours), theirs: round(theirs), ratio: round(ours / theirs), target };
}

/** Ours against a figure. @param most in the unit */
export function limitResult(bench: string, unit: string, ours: number, most: number): BrokerResult {
  return brokerResult(bench, unit, ours, 'limit', most, 1);
}
