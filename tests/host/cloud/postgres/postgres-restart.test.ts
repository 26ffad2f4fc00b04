// engine: PostgreSQL
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fixedMasterKey, MasterKey, Store, StoreError } from '../../../../host/cloud/index.js';
import { PostgresEngine } from '../../../../host/cloud/store/engine/postgres/postgres-engine.js';
import { openCloud } from '../cloud-rig.js';
import { get, put } from '../contract/contract-rig.js';
import { PostgresServer } from './postgres-server.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.create();
});
afterAll(() => server.remove());

let count = 0;
const newSchema = () => server.url({ schema: `s${++count}` });

async function open(url: string, limits = {}): Promise<PostgresEngine> {
  const engine = await PostgresEngine.open(url, limits);
  onTestFinished(() => engine.close());
  return engine;
}

/** Writes one key after the other until `isOver`, and notes what was acknowledged and how calls failed. */
class Writer {
  readonly acknowledged: string[] = [];
  readonly failures: StoreError[] = [];

  async run(engine: PostgresEngine, name: string, isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      try {
        const commit = await engine.commit([put(`${name}-${n}`, `${n}`, 'absent')]);
        if (commit.committed) this.acknowledged.push(`${name}-${n}`);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.failures.push(error);
        // What is not there answers at once; others have to get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}

describe('PostgreSQL that ends under eight writers', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)(
    '(%s) loses nothing that was acknowledged; calls fail as unavailable, and succeed when it is back',
    async (signal) => {
      const url = newSchema();
      const [here, there] = [await open(url), await open(url)];
      const writers = Array.from({ length: 8 }, () => new Writer());
      let isOver = false;
      const running = writers.map((writer, n) => writer.run(n % 2 ? here : there, `w${n}`, () => isOver));
      const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
      const until = async (enough: number) => {
        while (acknowledged() < enough) await new Promise((resolve) => setImmediate(resolve));
      };
      for (let round = 1; round <= 3; round++) {
        await until(acknowledged() + 100);
        await server.stop(signal);
        await server.start();
      }
      await until(acknowledged() + 100);
      isOver = true;
      await Promise.all(running);

      const found = new Set((await here.list('api_key', [])).map(({ key }) => key[0]));
      const all = writers.flatMap((writer) => writer.acknowledged);
      expect(all.filter((key) => !found.has(key))).toEqual([]);
      expect(new Set(writers.flatMap(({ failures }) => failures.map(({ code }) => code)))).toEqual(
        new Set(['unavailable']),
      );
      // Each key was written once, so the revisions say that no commit was made twice or in part.
      expect((await there.changesSince(0)).revision).toBe(found.size);
    },
  );

  it('is seen to be back by who watches', async () => {
    const url = newSchema();
    const [here, there] = [await open(url, { firstPause: 1, longestPause: 50 }), await open(url)];
    const revisions: number[] = [];
    const waiting = new Map<number, () => void>();
    here.watch((revision) => {
      revisions.push(revision);
      waiting.get(revision)?.();
    });
    const told = (revision: number) => new Promise<void>((resolve) => waiting.set(revision, resolve));
    let heard = told(1);
    await there.commit([put('k')]);
    await heard;
    await server.stop('SIGKILL');
    await server.start();
    heard = told(2);
    await there.commit([put('k')]);
    await heard;
    expect(revisions).toEqual([1, 2]);
  });

  it('is 503 over REST while it is away, and 200 again after it', async () => {
    const store = await Store.open(newSchema(), {
      masterKey: fixedMasterKey(MasterKey.random(), 'the key of this test'),
    });
    onTestFinished(() => store.close());
    const { call } = await openCloud({ store });
    expect((await call('POST', '/Configs', { Key: 'k', Value: 'v' })).status).toBe(201);
    await server.stop();
    const [read, write] = [await call('GET', '/Configs/k'), await call('POST', '/Configs', { Key: 'l', Value: 'v' })];
    for (const answer of [read, write]) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.json.message).toMatch(/^the database cannot be reached/);
      expect(answer.text).not.toMatch(/127.0.0.1:|pass( |%20)word/);
    }
    await server.start();
    expect((await call('GET', '/Configs/k')).json.value).toBe('v');
    expect((await call('GET', '/Configs/l')).status).toBe(404);
    expect((await call('POST', '/Configs', { Key: 'l', Value: 'v' })).status).toBe(201);
  });

  it('leaves a snapshot that was being read unfinished, as unavailable', async () => {
    const engine = await open(newSchema());
    await engine.commit(Array.from({ length: 200 }, (_, n) => put(`k${n}`)));
    const read = (async () => {
      for await (const { key } of engine.scan()) {
        if (key[0] !== 'k10') continue;
        await server.stop();
        await server.start();
      }
    })();
    await expect(read).rejects.toMatchObject({ code: 'unavailable' });
    expect(await get(engine, 'k199')).toBe('of k199');
  });
});
