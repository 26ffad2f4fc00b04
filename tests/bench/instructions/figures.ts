import { readFileSync, writeFileSync } from 'node:fs';
import type { Count } from './count.js';

/** What was counted and accepted, with the versions that it was counted with. */
export interface InstructionFigures {
  versions: Record<string, string>;
  rows: Count[];
}

const FILE = 'tests/bench/instructions/figures.json';
/** A count differs from run to run by a thousandth. */
const MARGIN = 1.01;

export const readInstructionFigures = (): InstructionFigures => JSON.parse(readFileSync(FILE, 'utf8'));

export function writeInstructionFigures({ versions, rows }: InstructionFigures): void {
  const line = (value: object) => JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');
  const list = rows.map((row) => `    ${line(row)}`).join(',\n');
  writeFileSync(FILE, `{\n  "versions": ${line(versions)},\n  "rows": [\n${list}\n  ]\n}\n`);
}

/** A sentence for versions that are not those of the figures; undefined when they are the same. */
export function otherVersions(figures: InstructionFigures, versions: Record<string, string>): string | undefined {
  const differing = Object.keys(figures.versions).filter((name) => figures.versions[name] !== versions[name]);
  if (differing.length === 0) return undefined;
  const words = differing.map((name) => `${name} ${versions[name]} instead of ${figures.versions[name]}`);
  return `counted with ${words.join(', ')}: counts of other versions cannot be compared; record new ones with --write`;
}

/** A sentence for each count that is more than was recorded, by more than a hundredth, and for each that was not recorded. */
export function grownCounts(figures: InstructionFigures, rows: readonly Count[]): string[] {
  const before = new Map(figures.rows.map(({ name, value }) => [name, value]));
  return rows.flatMap(({ name, value }) => {
    const recorded = before.get(name);
    if (recorded === undefined) return [`${name}: ${value} instructions, not recorded yet`];
    return value > recorded * MARGIN ? [`${name}: ${value} instructions, recorded are ${recorded}`] : [];
  });
}
