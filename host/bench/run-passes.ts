import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { reasonOf } from '../node/reason.js';
import type { Row, Times } from './measure.js';
import { middle, round } from './statistics.js';
import { targetOf } from './targets.js';

export interface Result {
  bench: string;
  peer: string;
  /** Nanoseconds of processor time for one unit, the middle of the passes. */
  ours_ns: number;
  peer_ns: number;
  /** How many times as fast as the peer, the middle of the passes. */
  ratio: number;
  /** How far the ratios of the passes lie apart, as a part of the ratio: 0.02 is 2 %. */
  spread: number;
  /** The ratio of the first half of the run and of the second. */
  halves: [number, number];
  /** Whether they are near each other: else the row says nothing yet, and is to be measured again. */
  agree: boolean;
  target: number | null;
}

/** Each row is measured so often, once in each pass through all of them. */
const PASSES = 4;
/** Halves that are further apart do not agree, as a part of the ratio. */
const NEAR = 0.1;

/**
 * Measures rows, each in processes of its own: what an engine has learnt from one row would change the next. All rows are measured once
 * before any is measured again, so that a row sees more than one state of the machine. The engine has its usual settings: with others
 * it compiles other code. Takes a second for each row and pass.
 *
 * @param cli the program `wasmqtt`
 * @param progress is told what is being done
 * @returns results, as soon as a row has been measured for the last time
 * @throws Error when a process fails
 */
export async function* measureRows(
  rows: readonly Row[],
  cli: string,
  progress: (text: string) => void,
): AsyncGenerator<Result, void> {
  const times = new Map<Row, Times[]>(rows.map((row) => [row, []]));
  for (let pass = 1; pass <= PASSES; pass++) {
    for (const [index, row] of rows.entries()) {
      progress(`pass ${pass} of ${PASSES}: ${index + 1}/${rows.length} ${row.bench}`);
      const measured = times.get(row)!;
      measured.push(await measureApart(row, cli));
      if (pass === PASSES) yield resultOf(row, measured);
    }
  }
}

async function measureApart({ bench, peer }: Row, cli: string): Promise<Times> {
  const args = [...process.execArgv, cli, 'bench', '--row', `${bench} ${peer}`];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${bench} beside ${peer}: ${stderr.trim() || reasonOf(error)}`);
  }
}

/** @param times of the passes, in their order */
export function resultOf({ bench, peer }: Pick<Row, 'bench' | 'peer'>, times: readonly Times[]): Result {
  const ratios = times.map(({ ours, peer: theirs }) => theirs / ours);
  const ratio = middle(ratios);
  const half = ratios.length >> 1;
  const halves = [middle(ratios.slice(0, half)), middle(ratios.slice(half))];
  return {
    bench,
    peer,
    ours_ns: round(middle(times.map(({ ours }) => ours))),
    peer_ns: round(middle(times.map(({ peer: theirs }) => theirs))),
    ratio: round(ratio),
    spread: Number(((Math.max(...ratios) - Math.min(...ratios)) / ratio).toFixed(3)),
    halves: [round(halves[0]), round(halves[1])],
    agree: Math.abs(halves[0] - halves[1]) <= NEAR * ratio,
    target: targetOf(bench, peer) ?? null,
  };
}
