// engine: PostgreSQL
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEngine } from '../../../../host/cloud/store/engine/postgres/postgres-engine.js';
import { smallDisk } from '../../broker/store/small-disk.js';
import { storeError } from '../cloud-rig.js';
import { get, put } from '../contract/contract-rig.js';
import { asOwner, postgresUrl, schemaOf, schemaUrl } from './postgres-place.js';
import { systemAccount } from './postgres-server.js';

async function open(url = schemaUrl(), limits = {}): Promise<{ engine: PostgresEngine; url: string; schema: string }> {
  const engine = await PostgresEngine.open(url, limits);
  onTestFinished(() => engine.close());
  return { engine, url, schema: schemaOf(url) };
}

/** Runs `action` in the first `times` transactions that note a commit, at once or when they commit. */
async function atEachCommit(schema: string, action: string, times: number, when: 'at once' | 'at the commit') {
  const kind = when === 'at once' ? 'trigger' : 'constraint trigger';
  const deferred = when === 'at once' ? '' : 'deferrable initially deferred';
  // A sequence counts on when its transaction is undone.
  await asOwner(`create sequence ${schema}.times;
    create function ${schema}.act() returns trigger language plpgsql as $$
      begin if nextval('${schema}.times') <= ${times} then ${action}; end if; return null; end $$;
    create ${kind} act after insert on ${schema}.change ${deferred} for each row execute function ${schema}.act()`);
}

/** Somebody who holds the lock that numbers commits, until the returned function is called. */
async function hold(schema: string): Promise<() => Promise<void>> {
  const client = new Client(postgresUrl());
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`begin; select revision from ${schema}.store for update`);
  return async () => void (await client.query('rollback'));
}

/** Fulfilled when some transaction waits for a lock. */
async function waitsForLock(): Promise<void> {
  while ((await asOwner('select 1 from pg_locks where not granted')).length === 0);
}

describe('commits to PostgreSQL', () => {
  it('that come at the same time go into few transactions', async () => {
    const { engine, schema } = await open();
    await Promise.all(Array.from({ length: 300 }, (_, n) => engine.commit([put(`k${n}`)])));
    const [{ transactions }] = await asOwner(`select count(distinct made_at) as transactions from ${schema}.change`);
    expect(Number(transactions)).toBeLessThan(10);
  });

  it('are on disk when they are acknowledged, also where the database is set not to wait', async () => {
    const url = new URL(schemaUrl());
    url.searchParams.set('options', '-c synchronous_commit=off');
    const { engine, schema } = await open(url.href);
    await asOwner(`create table ${schema}.seen (setting text)`);
    await atEachCommit(
      schema,
      `insert into ${schema}.seen values (current_setting('synchronous_commit'))`,
      1,
      'at once',
    );
    await engine.commit([put('k')]);
    expect(await asOwner(`select setting from ${schema}.seen`)).toEqual([{ setting: 'on' }]);
  });

  it.each(['at once', 'at the commit'] as const)('are made again when others disturbed them (%s)', async (when) => {
    const { engine, schema } = await open();
    await atEachCommit(schema, `raise exception 'disturbed' using errcode = '40001'`, 3, when);
    expect(await engine.commit([put('k', 'v', 'absent')])).toEqual({ committed: true, revision: 1 });
    expect(await get(engine, 'k')).toBe('v');
  });

  it('end as unavailable when they are disturbed again and again, and nothing was changed', async () => {
    const { engine, schema } = await open();
    await atEachCommit(schema, `raise exception 'disturbed' using errcode = '40P01'`, 5, 'at the commit');
    const error = await storeError(() => engine.commit([put('k')]));
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/is too busy: disturbed; wait a moment; nothing was changed$/);
    expect(await get(engine, 'k')).toBeUndefined();
    expect(await engine.commit([put('k')])).toEqual({ committed: true, revision: 1 });
  });

  it('that the database refuses change nothing, and the next ones are made', async () => {
    const { engine, schema } = await open();
    await atEachCommit(schema, `raise exception 'not today'`, 1, 'at the commit');
    const error = await storeError(() => engine.commit([put('k')]));
    expect(error.code).toBe('storage');
    expect(error.message).toMatch(/could not write: not today; nothing was changed$/);
    expect(await engine.commit([put('k')])).toEqual({ committed: true, revision: 1 });
  });

  it('wait only so long for somebody who holds the lock; reads go on', async () => {
    const { engine, schema } = await open(undefined, { lock: 100 });
    const release = await hold(schema);
    const error = await storeError(() => engine.commit([put('k')]));
    expect(error.code).toBe('unavailable');
    expect(error.message).toMatch(/is too busy: .*lock timeout; wait a moment; nothing was changed$/);
    expect(await get(engine, 'k')).toBeUndefined();
    await release();
    expect(await engine.commit([put('k')])).toEqual({ committed: true, revision: 1 });
  });

  it('leave a transaction that is stuck to the database, which ends it', async () => {
    const { engine, schema } = await open(undefined, { lock: 60_000, answer: 300 });
    const release = await hold(schema);
    expect((await storeError(() => engine.commit([put('k')]))).code).toBe('unavailable');
    await release();
    expect(await engine.commit([put('k')])).toEqual({ committed: true, revision: 1 });
  });
});

describe('a full disk of PostgreSQL', () => {
  it('refuses the write as full, nothing else, and is written to again when there is room', async ({ skip }) => {
    const disk = smallDisk();
    if (!disk) skip('needs the right to mount a tmpfs');
    const { engine, schema } = await open();
    const folder = join(disk!, 'space');
    const ballast = join(disk!, 'ballast');
    mkdirSync(folder);
    const own = systemAccount();
    if (own) chownSync(folder, own.uid, own.gid);
    writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024));
    await asOwner(`create tablespace ${schema} location '${folder}'`);
    onTestFinished(async () => {
      await asOwner(`alter table ${schema}.api_key set tablespace pg_default`);
      await asOwner(`drop tablespace ${schema}`);
    });
    await asOwner(`alter table ${schema}.api_key set tablespace ${schema}`);

    const data = 'v'.repeat(100_000);
    let stored = 0;
    const fill = async () => {
      for (;;) await engine.commit([put(`k${stored++}`, data)]);
    };
    const error = await storeError(fill);
    expect(error.code).toBe('full');
    expect(error.message).toMatch(
      /has no room on its disk: could not extend file.*; nothing was changed; make room there$/,
    );
    expect(await get(engine, 'k0')).toBe(data);
    expect(await get(engine, `k${stored - 1}`)).toBeUndefined();
    rmSync(ballast);
    expect(await engine.commit([put('after', data)])).toMatchObject({ committed: true });
    expect(await get(engine, 'after')).toBe(data);
  });
});

describe('connections to PostgreSQL', () => {
  it('that are all in use are waited for only so long', async () => {
    const { engine, schema } = await open(undefined, { connections: 1, connect: 100, lock: 60_000 });
    const release = await hold(schema);
    const commit = engine.commit([put('k')]);
    await waitsForLock();
    const error = await storeError(() => engine.get('api_key', ['k']));
    expect(error.code).toBe('unavailable');
    await release();
    await commit;
    expect(await get(engine, 'k')).toBe('of k');
  });

  it('that the server has ended are replaced without anyone noticing', async () => {
    const url = new URL(schemaUrl());
    const name = schemaOf(url.href);
    url.searchParams.set('application_name', name);
    const { engine } = await open(url.href);
    await Promise.all(Array.from({ length: 10 }, (_, n) => engine.get('api_key', [`k${n}`])));
    await asOwner('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);
    expect(await engine.commit([put('k')])).toEqual({ committed: true, revision: 1 });
    await asOwner('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);
    expect(await get(engine, 'k')).toBe('of k');
  });

  it('are closed within seconds although one is stuck', async () => {
    const { engine, schema } = await open(undefined, { lock: 60_000, answer: 60_000 });
    await hold(schema);
    const commit = storeError(() => engine.commit([put('k')]));
    await waitsForLock();
    await engine.close();
    expect((await commit).code).toBe('unavailable');
  });
});

describe('who reads on from a revision', () => {
  it('misses nothing while several processes write', async () => {
    const { engine: reader, url } = await open();
    const writers = await Promise.all([open(url), open(url), open(url)]);
    let writing = true;
    const written = Promise.all(
      writers.map(async ({ engine }, index) => {
        for (let n = 0; n < 60; n++) await engine.commit([put(`w${index}-${n}`)]);
      }),
    ).then(() => {
      writing = false;
    });
    const seen: number[] = [];
    let revision = 0;
    while (writing || revision < 180) {
      const since = await reader.changesSince(revision);
      expect(since.complete).toBe(true);
      seen.push(...since.changes.map((change) => change.revision));
      revision = since.revision;
    }
    await written;
    expect(seen).toEqual(Array.from({ length: 180 }, (_, n) => n + 1));
  });
});
