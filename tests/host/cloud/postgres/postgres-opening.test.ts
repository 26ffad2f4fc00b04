// engine: PostgreSQL
import { describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEngine } from '../../../../host/cloud/store/engine/postgres/postgres-engine.js';
import { SCHEMA_VERSION } from '../../../../host/cloud/store/engine/postgres/postgres-migrations.js';
import { TABLES } from '../../../../host/cloud/store/engine/tables.js';
import { storeError } from '../cloud-rig.js';
import { get, put } from '../contract/contract-rig.js';
import { asOwner, postgresUrl, schemaOf, schemaUrl } from './postgres-place.js';
import { freePort } from './postgres-server.js';

/** The address with parts of it changed. */
function changed(change: (url: URL) => void): string {
  const url = new URL(schemaUrl());
  change(url);
  return url.href;
}

async function open(url: string): Promise<PostgresEngine> {
  const engine = await PostgresEngine.open(url);
  onTestFinished(() => engine.close());
  return engine;
}

describe('a store in PostgreSQL that cannot be opened', () => {
  it.each<[string, () => string | Promise<string>, string, RegExp]>([
    [
      'nothing listens',
      async () => {
        const port = String(await freePort());
        return changed((url) => (url.port = port));
      },
      'unavailable',
      /cannot be reached: .*ECONNREFUSED.*; see that PostgreSQL runs there, and host and port/,
    ],
    [
      'no such host',
      () => changed((url) => (url.host = 'nowhere.invalid')),
      'unavailable',
      /cannot be reached: .*host/,
    ],
    [
      'the password is wrong',
      () => changed((url) => (url.password = 's3cret')),
      'unusable',
      /refuses the password; give the right one in the address or in PGPASSWORD/,
    ],
    ['there is no password', () => changed((url) => (url.password = '')), 'unusable', /asks for a password; give it/],
    [
      'there is no such database',
      () => changed((url) => (url.pathname = '/none')),
      'unusable',
      /database "none" does not exist; make the database with createdb/,
    ],
    [
      'it has no TLS',
      () => changed((url) => url.searchParams.set('sslmode', 'verify-full')),
      'unusable',
      /has no TLS; turn it on in PostgreSQL, or add sslmode=disable/,
    ],
    [
      'the file of its CA is not there',
      () => changed((url) => url.searchParams.set('sslrootcert', '/none.pem')),
      'unusable',
      /cannot be used: ENOENT.*none.pem.*; see sslrootcert, sslcert and sslkey of the address/,
    ],
  ])('says why in one line, and what to do: %s', async (_, place, code, message) => {
    const address = await place();
    const error = await storeError(() => PostgresEngine.open(address));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^the store in postgres:\/\/fleet@[^ ]+ [^\n]*$/);
    expect(error.message).not.toMatch(/s3cret|pass(%20| )word/);
    expect(error.code).toBe(code);
  });

  it('says which right is missing', async () => {
    await asOwner(`create role guest_reader login password 'x'`);
    onTestFinished(async () => void (await asOwner('drop role guest_reader')));
    const guest = changed((url) => {
      url.username = 'guest_reader';
      url.password = 'x';
    });
    const error = await storeError(() => PostgresEngine.open(guest));
    expect(error).toMatchObject({ code: 'unusable' });
    expect(error.message).toMatch(/permission denied for database.*; see the rights in docs\/postgresql.md/);
  });

  it('is left as it is when a newer program has been there', async () => {
    const url = schemaUrl();
    await (await open(url)).commit([put('k')]);
    await asOwner(`insert into ${schemaOf(url)}.migration (version) values (${SCHEMA_VERSION + 1})`);
    const error = await storeError(() => PostgresEngine.open(url));
    expect(error).toMatchObject({ code: 'unusable' });
    expect(error.message).toMatch(
      /was written by a newer wasmqtt: its schema has version \d+.*; install the newer one/,
    );
  });
});

describe('the schema of a store', () => {
  it('is made once when several processes start at the same time', async () => {
    const url = schemaUrl();
    const engines = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    await Promise.all(engines.map((engine, n) => engine.commit([put(`k${n}`)])));
    expect(await get(engines[0], 'k5')).toBe('of k5');
    expect(await asOwner(`select version from ${schemaOf(url)}.migration order by version`)).toEqual(
      Array.from({ length: SCHEMA_VERSION }, (_, index) => ({ version: index + 1 })),
    );
  });

  it('has a table for each kind of record, whose key is ordered by bytes', async () => {
    const url = schemaUrl();
    await open(url);
    const columns = await asOwner(
      `select table_name, column_name from information_schema.columns
       where table_schema = $1 and collation_name = 'C' order by table_name, ordinal_position`,
      [schemaOf(url)],
    );
    const found = new Map<unknown, unknown[]>();
    for (const { table_name, column_name } of columns) {
      found.set(table_name, [...(found.get(table_name) ?? []), column_name]);
    }
    expect(Object.fromEntries(found)).toEqual(TABLES);
  });

  it('serves a role that may only read and write its rows', async () => {
    const url = schemaUrl();
    const schema = schemaOf(url);
    await (await open(url)).commit([put('k')]);
    await asOwner(`create role row_writer login password 'x'; grant usage on schema ${schema} to row_writer;
      grant select, insert, update, delete on all tables in schema ${schema} to row_writer`);
    onTestFinished(async () => void (await asOwner('drop owned by row_writer; drop role row_writer')));
    const writer = new URL(url);
    writer.username = 'row_writer';
    writer.password = 'x';
    const engine = await open(writer.href);
    expect(await engine.commit([put('k', 'new', 'present')])).toEqual({ committed: true, revision: 2 });
    expect(await get(engine, 'k')).toBe('new');
  });

  it('may have been made before by somebody else, empty', async () => {
    const url = schemaUrl();
    await asOwner(`create schema ${schemaOf(url)}`);
    await (await open(url)).commit([put('k')]);
  });

  it('is apart from other schemas of the database', async () => {
    const [one, other] = [await open(schemaUrl()), await open(schemaUrl())];
    await one.commit([put('k')]);
    expect(await get(other, 'k')).toBeUndefined();
    expect(await other.changesSince(0)).toMatchObject({ revision: 0 });
  });

  it('is named wasmqtt when the address names none', async () => {
    await asOwner('drop schema if exists wasmqtt cascade');
    await (await open(postgresUrl())).commit([put('k')]);
    expect(await asOwner('select key_sid from wasmqtt.api_key')).toEqual([{ key_sid: 'k' }]);
  });
});
