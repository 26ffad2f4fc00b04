import { createHash } from 'node:crypto';
import { StoreError } from '../../store-error.js';
import { TABLES, type Table } from '../tables.js';
import type { PostgresPool, Run } from './postgres-pool.js';

/** The version of the schema that brought each table of records. One that is added later comes with the next version. */
const SINCE: Record<Table, number> = {
  data_key: 1,
  meta: 1,
  account: 1,
  value: 1,
  device: 1,
  device_name: 1,
  device_key: 1,
  app: 1,
  app_name: 1,
  bundle: 1,
  api_key: 1,
  device_log: 1,
  device_log_end: 1,
  pki_user: 2,
  pki_ca: 2,
  pki_crl: 2,
  pki_revoked: 2,
  pki_entity: 2,
  pki_certificate: 2,
  pki_entity_certificate: 2,
  pki_tenant_certificate: 2,
  pki_fingerprint: 2,
};

/** What else a version does, first. They only go forwards, and a version that was released is never changed. */
const STEPS: readonly ((schema: string) => readonly string[])[] = [
  (schema) => [
    `create table ${schema}.store (only_row boolean primary key default true check (only_row), revision bigint not null)`,
    `insert into ${schema}.store (revision) values (0)`,
    `comment on table ${schema}.store is 'How many commits there were. Whoever writes locks this row first.'`,
    `create table ${schema}.change (revision bigint primary key, changed jsonb not null, made_at timestamptz not null default now())`,
    `comment on table ${schema}.change is 'Which records the last commits changed; older rows are deleted.'`,
  ],
  () => [],
];

/** The version of the schema that this program reads and writes. */
export const SCHEMA_VERSION = STEPS.length;

/**
 * Makes the tables, or what later versions added to them. Several processes may start at once.
 *
 * Rejects with StoreError `unusable` when a newer program has been here, or rights are missing.
 */
export async function migrate(pool: PostgresPool, schema: string, place: string): Promise<void> {
  const read: Run = (statement) => pool.read(statement, 'open');
  // A role that may only read and write rows can use a schema that another role has made.
  if ((await versionOf(read, schema, place)) === SCHEMA_VERSION) return;
  const lock = createHash('sha256').update(`wasmqtt ${schema}`).digest().readBigInt64BE();
  await pool.write(
    `select pg_advisory_xact_lock(${lock})`,
    async (run) => {
      // Another process may have been first.
      const version = await versionOf(run, schema, place);
      if (version === 0) await begin(run, schema);
      for (let next = version + 1; next <= SCHEMA_VERSION; next++) await step(run, schema, next);
    },
    'open',
  );
}

/** 0 when there is nothing yet. */
async function versionOf(run: Run, schema: string, place: string): Promise<number> {
  // Of the catalogue itself: to_regclass() may remember what was not there.
  const text = "select 1 from pg_catalog.pg_tables where schemaname = $1 and tablename = 'migration'";
  if ((await run({ text, values: [schema] })).length === 0) return 0;
  const [{ version }] = await run({ text: `select coalesce(max(version), 0) as version from ${schema}.migration` });
  if (Number(version) <= SCHEMA_VERSION) return Number(version);
  const versions = `its schema has version ${version}, and this program knows ${SCHEMA_VERSION}`;
  throw new StoreError('unusable', `${place} was written by a newer wasmqtt: ${versions}; install the newer one`);
}

async function begin(run: Run, schema: string): Promise<void> {
  // Asked first: "if not exists" demands the right to make schemas even where there is one.
  const found = await run({ text: 'select 1 from pg_catalog.pg_namespace where nspname = $1', values: [schema] });
  if (found.length === 0) await run({ text: `create schema ${schema}` });
  await run({
    text: `create table ${schema}.migration (version integer primary key, made_at timestamptz not null default now())`,
  });
}

async function step(run: Run, schema: string, version: number): Promise<void> {
  for (const text of STEPS[version - 1](schema)) await run({ text });
  for (const table of Object.keys(TABLES) as Table[]) {
    if (SINCE[table] === version) await run({ text: createTable(schema, table) });
  }
  await run({ text: `insert into ${schema}.migration (version) values ($1)`, values: [version] });
}

/** Keys sort by their bytes, whatever the order of the database is. Data is ciphertext, which no compression makes smaller. */
function createTable(schema: string, table: Table): string {
  const columns = TABLES[table];
  const parts = [
    ...columns.map((column) => `${column} text collate "C" not null`),
    'data bytea not null',
    'revision bigint not null',
    'updated_at timestamptz not null default now()',
    `primary key (${columns.join(', ')})`,
  ];
  const name = `${schema}.${table}`;
  return `create table ${name} (${parts.join(', ')}); alter table ${name} alter column data set storage external`;
}
