import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readBlock } from '../../tools/tables/blocks.js';
import { conformanceCounts, conformanceTable } from '../../tools/tables/conformance.js';
import { idsOf, loadManifest, mqtt5, mqtt311, problemOf, type Statement, type TestReference } from './manifest.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const standards = [
  { version: 'mqtt-5', groups: mqtt5, chapters: { 1: 5, 2: 7, 3: 175, 4: 60, 6: 4 } },
  { version: 'mqtt-3.1.1', groups: mqtt311, chapters: { 1: 3, 2: 9, 3: 95, 4: 26, 6: 4, 7: 4 } },
] as const;
const all = standards.flatMap(({ version }) => {
  const { statements, sentences } = loadManifest(version);
  return [...statements, ...sentences];
});

/** Section by section, and by letters within one. */
function inOrder(one: string, other: string): number {
  const parts = (id: string) =>
    id
      .replace(/-[a-z]$/, '')
      .split('.')
      .map(Number);
  const [a, b] = [parts(one), parts(other)];
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length || one.localeCompare(other);
}

type PerRole = { bound: number; tested: number };
type ListCounts = { tested: number; codec: PerRole; session: PerRole; broker: PerRole };
type Counts = Record<string, Record<string, ListCounts>>;

describe.each(standards)('the list of $version', ({ version, groups, chapters }) => {
  const { statements, sentences } = loadManifest(version);

  it('has as many ids in each chapter as appendix B of the standard', () => {
    const counts: Record<string, number> = {};
    for (const id of idsOf(groups)) {
      const chapter = /^MQTT-(\d+)/.exec(id)![1];
      counts[chapter] = (counts[chapter] ?? 0) + 1;
    }
    expect(counts).toEqual(chapters);
  });

  it('holds every statement of the standard once, in its order, and no other', () => {
    expect(statements.map(({ id }) => id)).toEqual(idsOf(groups));
  });

  it('holds the sentences without a statement id under ids of our own, section and letter, in the order of the standard', () => {
    const ids = sentences.map(({ id }) => id);
    expect(ids.toSorted(inOrder)).toEqual(ids);
    const letters = new Map<string, string>();
    for (const { id, section } of sentences) {
      expect(id).toMatch(/^[\d.]+-[a-z]$/);
      expect(id.slice(0, -2), id).toBe(section);
      const letter = String.fromCharCode((letters.get(section) ?? '`').charCodeAt(0) + 1);
      expect(id.slice(-1), `${id}: the letter`).toBe(letter);
      letters.set(section, letter);
    }
  });

  it('has the section of each, what it asks and whom it binds', () => {
    for (const { id, section, says, binds } of [...statements, ...sentences]) {
      const group = id.replace(/^MQTT-/, '').replace(/-\w+$/, '');
      expect(`${section}.`.startsWith(`${group.replace(/(\.0)+$/, '')}.`), `${id}: section ${section}`).toBe(true);
      expect(says.length, id).toBeGreaterThan(10);
      expect(binds.length, id).toBeGreaterThan(0);
      for (const role of binds) expect(['codec', 'session', 'broker', 'caller', 'nobody'], id).toContain(role);
      expect(new Set(binds).size, id).toBe(binds.length);
    }
  });
});

describe('each statement', () => {
  const bindsNobody = ({ binds }: Statement) => binds.includes('nobody');

  it('that binds nobody says why, and claims no tests', () => {
    for (const { id, binds, reason, status, tests, open } of all.filter(bindsNobody)) {
      expect(binds, id).toEqual(['nobody']);
      expect(reason?.length ?? 0, `${id} says why nobody is bound`).toBeGreaterThan(10);
      expect([status, tests, open], id).toEqual([undefined, undefined, undefined]);
    }
  });

  it('has for each role that it binds either tests or the reason why it is open', () => {
    for (const { id, binds, tests = {}, open = {} } of all.filter((statement) => !bindsNobody(statement))) {
      for (const role of binds.filter((role) => role !== 'caller')) {
        const isTested = (tests[role]?.length ?? 0) > 0;
        const isOpen = (open[role]?.length ?? 0) > 10;
        expect(isTested !== isOpen, `${id}, ${role}: tests or a reason, and not both`).toBe(true);
      }
      for (const role of [...Object.keys(tests), ...Object.keys(open)]) expect(binds, `${id}, ${role}`).toContain(role);
    }
  });

  it('that binds the caller says what it has to do, beside a role that is tested here', () => {
    for (const { id, binds, caller } of all) {
      expect((caller?.length ?? 0) > 10, `${id} says what the caller has to do`).toBe(binds.includes('caller'));
      if (binds.includes('caller')) expect(binds.length, id).toBeGreaterThan(1);
    }
  });

  it('is tested when all that it binds are, and open otherwise', () => {
    for (const { id, status, open = {} } of all.filter((statement) => !bindsNobody(statement))) {
      expect(status, id).toBe(Object.keys(open).length === 0 ? 'tested' : 'open');
    }
  });

  it('names tests that exist, by file and exact name', () => {
    const problems = all.flatMap(({ id, tests = {} }) =>
      Object.values(tests).flatMap((list) =>
        list.flatMap((test) => problemOf(test) ?? []).map((text) => `${id}: ${text}`),
      ),
    );
    expect(problems).toEqual([]);
  });
});

describe('the guard', () => {
  const file = 'tests/conformance/manifest.test.ts';

  const name = 'names tests that exist, by file and exact name';
  const vectors = 'tests/vectors/mqtt.json';

  it.each<[string, TestReference]>([
    ['test', { file, name }],
    ['case', { file, name, case: 'mqtt-5' }],
    ['vector', { file: vectors, name: 'PINGREQ (version 4)' }],
  ])('accepts a %s that exists', (_, reference) => {
    expect(problemOf(reference)).toBeUndefined();
  });

  it.each<[string, TestReference, string]>([
    ['a file that does not exist', { file: 'tests/conformance/none.test.ts', name }, 'no file'],
    ['a test that does not exist', { file, name: `${name}!` }, 'has no test'],
    ['the beginning of a name', { file, name: name.slice(0, -1) }, 'has no test'],
    ['a string that is not a test', { file, name: 'mqtt-5' }, 'has no test'],
    ['a case that does not exist', { file, name, case: 'no such' + ' case' }, 'has no case'],
    ['a vector that does not exist', { file: vectors, name: 'PINGREQ (version 3)' }, 'has no vector'],
    ['a file that no run reads', { file: 'tools/tables/conformance.ts', name }, 'is not run'],
  ])('refuses %s', (_, reference, problem) => {
    expect(problemOf(reference)).toContain(problem);
  });
});

describe('the counts', () => {
  const counts: Counts = conformanceCounts();
  const baseline: Counts = JSON.parse(readFileSync(new URL('baseline.json', import.meta.url), 'utf8'));

  it('are not below those that were recorded', () => {
    expect(Object.keys(baseline)).toEqual(standards.map(({ version }) => version));
    for (const [version, lists] of Object.entries(baseline)) {
      expect(Object.keys(lists)).toEqual(['statements', 'sentences']);
      for (const [list, recorded] of Object.entries(lists)) {
        const now = counts[version][list];
        expect(now.tested, `${version}: tested ${list}`).toBeGreaterThanOrEqual(recorded.tested);
        for (const role of ['codec', 'session', 'broker'] as const) {
          const label = `${version}: ${list} tested for the ${role}`;
          expect(now[role].tested, label).toBeGreaterThanOrEqual(recorded[role].tested);
        }
      }
    }
  });

  it('in docs/conformance.md are those of the manifests', () => {
    expect(readBlock('docs/conformance.md', 'conformance'), 'run npm run docs').toBe(
      conformanceTable(conformanceCounts()),
    );
  });
});

/** Statement ids in comments, test names and result codes are ids of one of the two standards. */
it('ids that are cited in the sources are real', () => {
  const known = new Set(all.map(({ id }) => id));
  const wrong: string[] = [];
  for (const folder of ['assembly', 'host', 'tests', 'tools']) {
    for (const name of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|mjs|json|md)$/.test(name) || name.includes('node_modules')) continue;
      const text = readFileSync(`${root}/${folder}/${name}`, 'utf8');
      for (const [id] of text.matchAll(/\bMQTT-\d+\.\d+\.\d+-\d+/g))
        if (!known.has(id)) wrong.push(`${folder}/${name}: ${id}`);
    }
  }
  expect(wrong).toEqual([]);
});
