import { cpus } from 'node:os';
import process from 'node:process';
import type { Result } from '../../host/bench/index.js';
import { readBlock } from './blocks.js';

export const SPEED = { name: 'speed', file: 'docs/speed.md' } as const;

function verdict({ ratio, target, agree, halves }: Result): string {
  const words = target === null ? [] : [ratio >= target ? 'reached' : 'missed'];
  return [...words, ...(agree ? [] : [`halves ${halves.join(' and ')}`])].join(', ');
}

/** Where and when a table was measured: the line above it. */
export function machineLine(now: Date): string {
  return `Node ${process.versions.node} on ${cpus().length} shared cores, ${now.toISOString().slice(0, 10)}:`;
}

/** The table of docs/speed.md, with the machine and the date. */
export function speedTable(rows: readonly Result[], now: Date): string {
  const lines = rows.map((row) => {
    const { bench, peer, ours_ns: ours, peer_ns: theirs, ratio, spread, target } = row;
    const cells = [`\`${bench}\``, peer, ours, theirs, ratio, `${Math.ceil(spread * 100)} %`, target ?? ''];
    return `| ${cells.join(' | ')} | ${verdict(row)} |`;
  });
  return [
    machineLine(now),
    '',
    '| row | peer | ours, ns | peer, ns | ratio | +/- | target | |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

/** A row of the recorded table. */
export interface RecordedRow {
  bench: string;
  peer: string;
  ratio: number;
  /** As a part of the ratio. */
  spread: number;
  target: number | null;
}

/** The rows of the recorded table, in its order. */
export function recordedRows(): RecordedRow[] {
  const lines = readBlock(SPEED.file, SPEED.name).split('\n');
  return lines.flatMap((line) => {
    const [, bench, peer, , , ratio, spread, target] = line.split('|').map((cell) => cell.trim());
    const name = /^`(.*)`$/.exec(bench ?? '')?.[1];
    if (name === undefined) return [];
    const part = Number.parseFloat(spread) / 100;
    return [{ bench: name, peer, ratio: Number(ratio), spread: part, target: target === '' ? null : Number(target) }];
  });
}

/** A row of the recorded table. @throws Error when there is none of this name and peer */
export function recordedSpeed(bench: string, peer: string): RecordedRow {
  const row = recordedRows().find((one) => one.bench === bench && one.peer === peer);
  if (!row) throw new Error(`${SPEED.file}: there is no row ${bench} beside ${peer}; run npm run speed`);
  return row;
}
