import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const ROLES = ['codec', 'session', 'broker'] as const;
const STANDARDS = { 'mqtt-5': 'MQTT 5.0', 'mqtt-3.1.1': 'MQTT 3.1.1' } as const;
/** The lists of a manifest: what appendix B of the standard numbers, and what its text asks for besides. */
const LISTS = { statements: '', sentences: ', sentences without an id' } as const;

type Role = (typeof ROLES)[number];
type Version = keyof typeof STANDARDS;
type List = keyof typeof LISTS;

/** An entry of the manifests in tests/conformance, as far as it is counted. */
interface Statement {
  binds: string[];
  status?: 'tested' | 'open';
  tests?: Partial<Record<string, unknown[]>>;
}

/** How many entries of a list there are, and of each kind; for each role how many bind it and are tested for it. */
export interface StandardCounts extends Record<Role, { bound: number; tested: number }> {
  statements: number;
  tested: number;
  open: number;
  nobody: number;
  caller: number;
}

export type Counts = Record<Version, Record<List, StandardCounts>>;

function countsOf(version: Version, list: List): StandardCounts {
  const file = join(root, 'tests/conformance', `${version}.json`);
  const { [list]: statements } = JSON.parse(readFileSync(file, 'utf8')) as Record<List, Statement[]>;
  const count = (test: (statement: Statement) => boolean) => statements.filter(test).length;
  const roleCounts = (role: Role) => ({
    bound: count(({ binds }) => binds.includes(role)),
    tested: count(({ tests }) => (tests?.[role]?.length ?? 0) > 0),
  });
  return {
    statements: statements.length,
    tested: count(({ status }) => status === 'tested'),
    open: count(({ status }) => status === 'open'),
    nobody: count(({ binds }) => binds.includes('nobody')),
    caller: count(({ binds }) => binds.includes('caller')),
    codec: roleCounts('codec'),
    session: roleCounts('session'),
    broker: roleCounts('broker'),
  };
}

/** Counts the statements of MQTT that tests cover, from the manifests in tests/conformance. */
export function conformanceCounts(): Counts {
  const both = (version: Version) => ({
    statements: countsOf(version, 'statements'),
    sentences: countsOf(version, 'sentences'),
  });
  return { 'mqtt-5': both('mqtt-5'), 'mqtt-3.1.1': both('mqtt-3.1.1') };
}

/** The table of docs/conformance.md. */
export function conformanceTable(counts: Counts): string {
  const row = (version: Version, list: List) => {
    const { statements, tested, open, nobody, caller, ...standard } = counts[version][list];
    const byRole = ROLES.map((role) => `${standard[role].tested} of ${standard[role].bound}`);
    return `| ${[STANDARDS[version] + LISTS[list], statements, tested, open, nobody, caller, ...byRole].join(' | ')} |`;
  };
  const versions = Object.keys(STANDARDS) as Version[];
  const rows = (Object.keys(LISTS) as List[]).flatMap((list) => versions.map((version) => row(version, list)));
  return [
    '| Standard | statements | tested | open | bind nobody here | bind the caller too | codec | session | broker |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}
