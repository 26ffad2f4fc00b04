import { existsSync, readFileSync } from 'node:fs';

/**
 * Who has to do something here for a statement. `caller` is the program that uses the codec or the session: no test here
 * can check it, so `Statement.caller` says what it has to do. For `nobody`, `Statement.reason` says why.
 */
export type Role = 'codec' | 'session' | 'broker' | 'caller' | 'nobody';

/** One test, by file and exact name; `case` is a string that only one row of a table test has. */
export interface TestReference {
  file: string;
  name: string;
  case?: string;
}

/** A statement that appendix B numbers, or a sentence that it does not: its id is then the section and a letter. */
export interface Statement {
  id: string;
  section: string;
  says: string;
  binds: Role[];
  /** `tested` when every role except `caller` has a test; left out where nobody is bound. */
  status?: 'tested' | 'open';
  tests?: Partial<Record<Role, TestReference[]>>;
  /** Why a role has no test. */
  open?: Partial<Record<Role, string>>;
  /** What the caller has to do. */
  caller?: string;
  reason?: string;
}

export interface Manifest {
  standard: string;
  statements: Statement[];
  sentences: Statement[];
}

/** Reads a file by its path from this folder, or from the root of the project when the path begins with a slash. */
const read = (path: string) =>
  readFileSync(new URL(path.startsWith('/') ? `../..${path}` : path, import.meta.url), 'utf8');

export const loadManifest = (name: string): Manifest => JSON.parse(read(`${name}.json`));

/**
 * The statement ids of appendix B. For each group of the standard: the number of its last statement, or the first and the
 * last where it does not begin with 1. A copy independent of the manifests, checked against the totals of each chapter.
 */
type Groups = Record<string, number | [number, number]>;

export const mqtt5: Groups = {
  '1.5.4': 3,
  '1.5.5': 1,
  '1.5.7': 1,
  // There is no 2.2.1-1.
  '2.1.3': 1,
  '2.2.1': [2, 6],
  '2.2.2': 1,
  '3.1.0': 2,
  '3.1.2': 30,
  '3.1.3': 12,
  '3.1.4': 6,
  '3.2.0': 2,
  '3.2.2': 22,
  '3.3.1': 13,
  '3.3.2': 20,
  '3.3.4': 10,
  '3.4.2': 3,
  '3.5.2': 3,
  '3.6.1': 1,
  '3.6.2': 3,
  '3.7.2': 3,
  '3.8.1': 1,
  '3.8.3': 5,
  '3.8.4': 8,
  '3.9.2': 2,
  '3.9.3': 2,
  '3.10.1': 1,
  '3.10.3': 2,
  '3.10.4': 6,
  '3.11.2': 2,
  '3.11.3': 2,
  '3.12.4': 1,
  '3.14.0': 1,
  '3.14.1': 1,
  '3.14.2': 4,
  '3.14.4': 3,
  '3.15.1': 1,
  '3.15.2': 3,
  '4.1.0': 2,
  '4.2.0': 1,
  '4.3.1': 1,
  '4.3.2': 5,
  '4.3.3': 13,
  '4.4.0': 2,
  '4.5.0': 2,
  '4.6.0': 6,
  '4.7.0': 1,
  '4.7.1': 2,
  '4.7.2': 1,
  '4.7.3': 4,
  '4.8.2': 6,
  '4.9.0': 3,
  '4.12.0': 7,
  '4.12.1': 2,
  '4.13.1': 1,
  '4.13.2': 1,
  '6.0.0': 4,
};

export const mqtt311: Groups = {
  '1.5.3': 3,
  '2.2.2': 2,
  '2.3.1': 7,
  '3.1.0': 2,
  '3.1.2': 24,
  '3.1.3': 11,
  '3.1.4': 5,
  '3.2.0': 1,
  '3.2.2': 6,
  '3.3.1': 12,
  '3.3.2': 3,
  '3.3.4': 1,
  '3.3.5': 2,
  '3.6.1': 1,
  '3.8.1': 1,
  '3.8.3': 4,
  '3.8.4': 6,
  '3.9.3': 2,
  '3.10.1': 1,
  '3.10.3': 2,
  '3.10.4': 6,
  '3.12.4': 1,
  '3.14.1': 1,
  '3.14.4': 3,
  '4.1.0': 2,
  '4.3.1': 1,
  '4.3.2': 2,
  '4.3.3': 2,
  '4.4.0': 1,
  '4.5.0': 2,
  '4.6.0': 6,
  '4.7.1': 3,
  '4.7.2': 1,
  '4.7.3': 4,
  '4.8.0': 2,
  '6.0.0': 4,
  '7.0.0': 2,
  '7.1.1': 1,
  '7.1.2': 1,
};

/** All ids of a standard, in its order. */
export function idsOf(groups: Groups): string[] {
  return Object.entries(groups).flatMap(([group, range]) => {
    const [first, last] = typeof range === 'number' ? [1, range] : range;
    return Array.from({ length: last - first + 1 }, (_, index) => `MQTT-${group}-${first + index}`);
  });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A pattern for the text as a literal in single, double or back quotes, with quotes in it escaped or not. */
const literal = (text: string) => {
  const body = escaped(text).replace(/['"`]/g, '\\\\?$&');
  return `(?:'${body}'|"${body}"|\`${body}\`)`;
};

const sources = new Map<string, string>();

/** The source without its comment lines. */
function sourceOf(file: string): string {
  const known = sources.get(file);
  if (known !== undefined) return known;
  const source = read(`/${file}`).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  sources.set(file, source);
  return source;
}

interface VectorFile {
  vectors: { name: string; protocolVersion: number }[];
}

/**
 * What is wrong with a reference, or undefined. The file must be one that the test runs read. It must hold a test of
 * exactly that name that is not skipped: `it('name'` or `it.each(...)('name'` in sources, name and version in the vectors.
 */
export function problemOf({ file, name, case: row }: TestReference): string | undefined {
  if (!existsSync(new URL(`../../${file}`, import.meta.url))) return `there is no file ${file}`;
  if (file === 'tests/vectors/mqtt.json') {
    const { vectors }: VectorFile = JSON.parse(sourceOf(file));
    const isThere = vectors.some((vector) => `${vector.name} (version ${vector.protocolVersion})` === name);
    return isThere ? undefined : `${file} has no vector "${name}"`;
  }
  if (!/^tests\/(unit\/[^/]+\.spec|(host|interop|conformance)\/.+\.test)\.ts$/.test(file)) return `${file} is not run`;
  const source = sourceOf(file);
  // The name follows `it(`, or the closing parenthesis of `.each(...)`.
  if (!new RegExp(`(?:\\b(?:it|test)|\\))\\(\\s*${literal(name)}`).test(source)) return `${file} has no test "${name}"`;
  if (row !== undefined && !new RegExp(literal(row)).test(source)) return `${file} has no case "${row}"`;
  return undefined;
}
