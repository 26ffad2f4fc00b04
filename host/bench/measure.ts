import { median, round } from './statistics.js';

/** One row of the benchmark: the same work, done by us and by the peer. */
export interface Row {
  bench: string;
  peer: string;
  /** The ratio to reach: how many times faster than the peer; null for no target. */
  target: number | null;
  /** How many packets, bytes or calls one run handles: times are for one of them. */
  units: number;
  ours(): void;
  /** The peer's work; or, where there is no peer, what a unit may take at most, nanoseconds: the peer is then called `limit`. */
  theirs: (() => void) | number;
}

export interface Result {
  bench: string;
  peer: string;
  /** Nanoseconds for one unit, median of the rounds. */
  ours_ns: number;
  peer_ns: number;
  /** peer_ns / ours_ns */
  ratio: number;
  target: number | null;
}

let sum = 0;

/** Keeps a result alive, so that no engine can skip the work. */
export function keep(value: number): void {
  sum = (sum + value) % 0x1_0000_0000;
}

/** The sum of what was kept; reading it makes the results count as used. */
export function kept(): number {
  return sum;
}

/** Minimum duration of a round of either side, nanoseconds, for which the clock is fine enough. */
const ROUND = 2_000_000;
const ROUNDS = 31;
/** Duration of the runs before the first round, nanoseconds: engines compile hot code meanwhile. */
const WARM_UP = 250_000_000;

/** Measures one row: the sides in turn, medians. Blocks for about a second. */
export function measure(row: Row): Result {
  const { bench, peer, target, theirs, units } = row;
  const sides = typeof theirs === 'number' ? [row.ours] : [row.ours, theirs];
  const repeats = sides.map(warmUp);
  const times = sides.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [side, run] of sides.entries()) times[side].push(time(run, repeats[side]) / units);
  }
  const ours = median(times[0]);
  const peers = typeof theirs === 'number' ? theirs : median(times[1]);
  return { bench, peer, ours_ns: round(ours), peer_ns: round(peers), ratio: round(peers / ours), target };
}

/** Runs until warm; returns how many runs make a round. */
function warmUp(run: () => void): number {
  const start = process.hrtime.bigint();
  let spent = 0;
  while (spent < WARM_UP) {
    run();
    spent = Number(process.hrtime.bigint() - start);
  }
  return Math.max(1, Math.ceil(ROUND / time(run, 1)));
}

function time(run: () => void, repeat: number): number {
  const start = process.hrtime.bigint();
  for (let n = 0; n < repeat; n++) run();
  return Number(process.hrtime.bigint() - start) / repeat;
}
