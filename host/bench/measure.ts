import process from 'node:process';
import { quantile } from './statistics.js';

/** One row of the benchmark: the same work, done by us and by the peer. */
export interface Row {
  /** Its name; with the peer it is the only one. */
  readonly bench: string;
  readonly peer: string;
  /** Loads what it needs and makes its input. */
  make(): Sides | Promise<Sides>;
}

export interface Sides {
  /** How many packets, bytes or calls one run handles: times are for one of them. */
  units: number;
  ours(): void;
  /** The peer's work; or, where there is no peer, what a unit may take at most, nanoseconds: the peer is then called `limit`. */
  theirs: (() => void) | number;
}

/** Nanoseconds of processor time for one unit. */
export interface Times {
  ours: number;
  peer: number;
}

let sum = 0;

/** Keeps a result alive, so that no engine can skip the work. */
export function keep(value: number): void {
  sum = (sum + value) | 0;
}

/** The sum of what was kept; reading it makes the results count as used. */
export function kept(): number {
  return sum;
}

/** Duration of a round of either side, nanoseconds: a thousand times what the clock of the processor tells apart. */
const ROUND = 2_000_000;
const ROUNDS = 21;
/** Duration of the runs before the first round, nanoseconds, on either side: engines compile hot code meanwhile, in threads of their own. */
const WARM_UP = 400_000_000;
/** Which of the sorted rounds counts: others are longer, by what else the machine did to the caches meanwhile. */
const LOW = 0.15;

/** Measures a row once: both sides by turns, a low quantile of each. Blocks for about a second. */
export async function measureRow(row: Row): Promise<Times> {
  const { units, ours, theirs } = await row.make();
  const sides = typeof theirs === 'number' ? [ours] : [ours, theirs];
  const repeats = sides.map(warmUp);
  const times = sides.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [side, run] of sides.entries()) times[side].push(time(run, repeats[side]) / units);
  }
  return { ours: quantile(times[0], LOW), peer: typeof theirs === 'number' ? theirs : quantile(times[1], LOW) };
}

/** Runs until warm; returns how many runs make a round. */
function warmUp(run: () => void): number {
  const start = spent();
  let runs = 0;
  for (let until = 1; spent() - start < WARM_UP; until *= 2) {
    for (; runs < until; runs++) run();
  }
  const last = time(run, Math.max(1, runs >> 4));
  return Math.max(1, Math.ceil(ROUND / last));
}

function time(run: () => void, repeat: number): number {
  const start = spent();
  for (let n = 0; n < repeat; n++) run();
  return Math.max(1, spent() - start) / repeat;
}

/** Nanoseconds of processors that this process has had, its threads that compile and collect garbage among them. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
