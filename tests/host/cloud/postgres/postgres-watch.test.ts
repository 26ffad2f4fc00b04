// engine: PostgreSQL
import { describe, expect, it, onTestFinished } from 'vitest';
import { PostgresEngine } from '../../../../host/cloud/store/engine/postgres/postgres-engine.js';
import { put } from '../contract/contract-rig.js';
import { asOwner, schemaOf, schemaUrl } from './postgres-place.js';
import { SilentProxy } from './silent-proxy.js';

/** The connection that listens has the name of the schema, and may go another way. */
async function openListener(
  url: string,
  change: (listen: URL) => void = () => {},
  times = {},
): Promise<PostgresEngine> {
  const listen = new URL(url);
  listen.searchParams.delete('schema');
  listen.searchParams.set('application_name', schemaOf(url));
  change(listen);
  const own = new URL(url);
  own.searchParams.set('listen', listen.href);
  return open(own.href, times);
}

async function open(url: string, times = {}): Promise<PostgresEngine> {
  const engine = await PostgresEngine.open(url, times);
  onTestFinished(() => engine.close());
  return engine;
}

/** Fulfilled once the listener was told of this revision or a later one. */
function told(engine: PostgresEngine, wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const end = engine.watch((revision) => {
      if (revision < wanted) return;
      end();
      resolve(revision);
    });
  });
}

async function terminate(name: string): Promise<number> {
  const ended = await asOwner('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
    name,
  ]);
  return ended.length;
}

describe('who watches a store in PostgreSQL', () => {
  it('has one connection for it, however many watch', async () => {
    const url = schemaUrl();
    const here = await openListener(url);
    const there = await open(url);
    for (let n = 0; n < 5; n++) here.watch(() => {});
    const heard = told(here, 1);
    await there.commit([put('k')]);
    await heard;
    expect(await terminate(schemaOf(url))).toBe(1);
  });

  it('hears of what came while the connection was lost', async () => {
    const url = schemaUrl();
    const here = await openListener(url, undefined, { firstPause: 1 });
    const there = await open(url);
    for (let revision = 1; revision <= 9; revision += 2) {
      const before = told(here, revision);
      await there.commit([put('k')]);
      await before;
      const after = told(here, revision + 1);
      expect(await terminate(schemaOf(url))).toBe(1);
      await there.commit([put('k')]);
      await after;
    }
  });

  it('hears of what came while the server was silent, which ends no connection', async () => {
    const url = schemaUrl();
    const proxy = await SilentProxy.to(Number(new URL(url).port));
    const times = { heartbeat: 50, answer: 200, firstPause: 1 };
    const here = await openListener(url, (listen) => (listen.port = String(proxy.port)), times);
    const there = await open(url);
    const first = told(here, 1);
    await there.commit([put('k')]);
    await first;
    const second = told(here, 2);
    proxy.silence();
    await there.commit([put('k')]);
    await second;
  });

  it('hears of a commit of any size', async () => {
    const url = schemaUrl();
    const [here, there] = [await open(url), await open(url)];
    const heard = told(here, 1);
    await there.commit(Array.from({ length: 2000 }, (_, n) => put(`${n}`.padStart(200, 'k'))));
    await heard;
  });

  it('hears nothing of another schema', async () => {
    const url = schemaUrl();
    const [here, there, other] = [await open(url), await open(url), await open(schemaUrl())];
    const revisions: number[] = [];
    here.watch((revision) => revisions.push(revision));
    for (let n = 0; n < 7; n++) await other.commit([put('k')]);
    const heard = told(here, 1);
    await there.commit([put('k')]);
    await heard;
    expect(revisions).toEqual([1]);
  });

  it('keeps trying while there is no server, and the engine closes all the same', async () => {
    const url = schemaUrl();
    const proxy = await SilentProxy.to(9);
    const here = await openListener(url, (listen) => (listen.port = String(proxy.port)), { firstPause: 1 });
    here.watch(() => {});
    await here.commit([put('k')]);
    await here.close();
  });
});
