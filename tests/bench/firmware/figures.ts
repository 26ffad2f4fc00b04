import { readFileSync, writeFileSync } from 'node:fs';
import type { Row, Versions } from './measure.js';

/** What was measured and accepted, with the versions that it was measured with. */
export interface Figures {
  versions: Versions;
  rows: Row[];
}

const FILE = 'tests/bench/firmware/figures.json';

export const readFigures = (): Figures => JSON.parse(readFileSync(FILE, 'utf8'));

/** An object on one line, as the formatter writes it. */
const line = (value: object) => JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ');

export function writeFigures({ versions, rows }: Figures): void {
  const list = rows.map((row) => `    ${line(row)}`).join(',\n');
  writeFileSync(FILE, `{\n  "versions": ${line(versions)},\n  "rows": [\n${list}\n  ]\n}\n`);
}

/** Describes how versions differ from those of the figures; undefined when they are the same. */
export function otherVersions(figures: Figures, versions: Versions): string | undefined {
  const differing = (Object.keys(figures.versions) as (keyof Versions)[]).filter(
    (program) => figures.versions[program] !== versions[program],
  );
  if (differing.length === 0) return undefined;
  const words = differing.map((program) => `${program} ${versions[program]} instead of ${figures.versions[program]}`);
  return (
    `measured with ${words.join(', ')}: figures of other versions cannot be compared, so growth was not checked. ` +
    'Install the versions of tests/bench/firmware/figures.json, or record new figures with --write on the machine that CI runs on'
  );
}

/** A line for each row that is worse than recorded, and for each that was only recorded or only measured. */
export function grown(figures: Figures, rows: Row[]): string[] {
  const now = new Map(rows.map((row) => [row.name, row]));
  const before = new Map(figures.rows.map((row) => [row.name, row]));
  const gone = figures.rows.filter(({ name }) => !now.has(name)).map(({ name }) => `${name}: no longer measured`);
  const worse = rows.flatMap(({ name, value, unit }) => {
    const recorded = before.get(name);
    if (!recorded) return [`${name}: ${value} ${unit}, not recorded yet`];
    return value > recorded.value ? [`${name}: ${value} ${unit}, recorded is ${recorded.value}`] : [];
  });
  return [...gone, ...worse];
}

/** Rows over their budget. */
export const missed = (rows: Row[]): Row[] => rows.filter(({ value, limit }) => limit !== null && value > limit);
