import { cpus } from 'node:os';
import process from 'node:process';
import { readBlock } from './blocks.js';

export const SPEED = { name: 'speed', file: 'docs/speed.md' } as const;

/** One line of `wasmqtt bench --json`. */
export interface BenchRow {
  bench: string;
  peer: string;
  ours_ns: number;
  peer_ns: number;
  ratio: number;
  target: number | null;
}

const verdict = ({ ratio, target }: BenchRow) => (target === null ? '' : ratio >= target ? 'reached' : 'missed');

/** Where and when a table was measured: the line above it. */
export function machineLine(now: Date): string {
  return `Node ${process.versions.node} on ${cpus().length} shared cores, ${now.toISOString().slice(0, 10)}:`;
}

/** The table of docs/speed.md, with the machine and the date. */
export function speedTable(rows: readonly BenchRow[], now: Date): string {
  const lines = rows.map((row) => {
    const { bench, peer, ours_ns: ours, peer_ns: theirs, ratio, target } = row;
    return `| \`${bench}\` | ${peer} | ${ours} | ${theirs} | ${ratio} | ${target ?? ''} | ${verdict(row)} |`;
  });
  return [
    machineLine(now),
    '',
    '| row | peer | ours, ns | peer, ns | ratio | target | |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

/** A row of the recorded table. @throws Error when there is none of this name and peer */
export function recordedSpeed(bench: string, peer: string): { ours: number; ratio: number } {
  for (const line of readBlock(SPEED.file, SPEED.name).split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells[1] === `\`${bench}\`` && cells[2] === peer) return { ours: Number(cells[3]), ratio: Number(cells[5]) };
  }
  throw new Error(`${SPEED.file}: there is no row ${bench} beside ${peer}; run npm run speed`);
}
