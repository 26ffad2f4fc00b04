import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const ROLES = ['codec', 'session', 'broker'] as const;
export const STANDARDS = { 'mqtt-5': 'MQTT 5.0', 'mqtt-3.1.1': 'MQTT 3.1.1' } as const;

type Role = (typeof ROLES)[number];
type Version = keyof typeof STANDARDS;

/** A statement of the manifests in tests/conformance, as far as it is counted. */
interface Statement {
  binds: string[];
  status?: 'tested' | 'open';
  tests?: Partial<Record<string, unknown[]>>;
}

/** How many statements of a standard there are, and of each kind; for each role how many bind it and are tested for it. */
export interface StandardCounts extends Record<Role, { bound: number; tested: number }> {
  statements: number;
  tested: number;
  open: number;
  nobody: number;
  caller: number;
}

export type Counts = Record<Version, StandardCounts>;

function countsOf(version: Version): StandardCounts {
  const file = join(root, 'tests/conformance', `${version}.json`);
  const { statements } = JSON.parse(readFileSync(file, 'utf8')) as { statements: Statement[] };
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
  return { 'mqtt-5': countsOf('mqtt-5'), 'mqtt-3.1.1': countsOf('mqtt-3.1.1') };
}

/** The table of docs/conformance.md. */
export function conformanceTable(counts: Counts): string {
  const rows = (Object.keys(STANDARDS) as Version[]).map((version) => {
    const { statements, tested, open, nobody, caller, ...standard } = counts[version];
    const byRole = ROLES.map((role) => `${standard[role].tested} of ${standard[role].bound}`);
    return `| ${[STANDARDS[version], statements, tested, open, nobody, caller, ...byRole].join(' | ')} |`;
  });
  return [
    '| Standard | statements | tested | open | bind nobody here | bind the caller too | codec | session | broker |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}
