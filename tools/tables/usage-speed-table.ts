import { machineLine } from './speed-table.js';

export const BROKER_SPEED = { name: 'broker-speed', file: 'docs/speed.md' } as const;
export const CLOUD_SPEED = { name: 'cloud-speed', file: 'docs/speed.md' } as const;
export const BRIDGE_SPEED = { name: 'bridge-speed', file: 'docs/speed.md' } as const;
export const FLEET_SPEED = { name: 'fleet-speed', file: 'docs/speed.md' } as const;

/** One line of `wasmqtt bench --broker --json`, or with `--fleet`, `--cloud` or `--bridge`: the less the better. */
export interface UsageRow {
  bench: string;
  peer: string;
  unit: string;
  ours: number;
  theirs: number;
  ratio: number;
  /** Most that the ratio may be; null for none. */
  target: number | null;
}

const verdict = ({ ratio, target }: UsageRow) => (target === null ? '' : ratio <= target ? 'reached' : 'missed');

/** A table of docs/speed.md, with the machine and the date. */
export function usageSpeedTable(rows: readonly UsageRow[], now: Date): string {
  const lines = rows.map((row) => {
    const { bench, peer, unit, ours, theirs, ratio, target } = row;
    return `| \`${bench}\` | ${peer} | ${unit} | ${ours} | ${theirs} | ${ratio} | ${target ?? ''} | ${verdict(row)} |`;
  });
  return [
    machineLine(now),
    '',
    '| row | peer | unit | ours | peer | ratio | at most | |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}
