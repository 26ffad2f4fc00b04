import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../host/cloud/store/engine/engine.js';
import { storeError } from '../cloud-rig.js';
import { type Engines, get, put, TABLE } from './contract-rig.js';

/** Fulfilled once the listener was called with this revision or a later one. Calls may be merged. */
function told(engine: Engine, wanted: number): Promise<void> {
  return new Promise((resolve) => {
    const end = engine.watch((revision) => {
      if (revision < wanted) return;
      end();
      resolve();
    });
  });
}

/** How handles hear of commits, and how they end. */
export function watchContract(engines: Engines): void {
  describe('who watches', () => {
    it('hears of a commit of the same handle', async () => {
      const [engine] = await engines.handles(1);
      const heard = told(engine, 1);
      await engine.commit([put('k')]);
      await heard;
    });

    it('hears of each later commit of another handle, and can read it then', async () => {
      const [here, there] = await engines.handles(2);
      for (let revision = 1; revision <= 20; revision++) {
        const heard = told(here, revision);
        await there.commit([put('k', `${revision}`)]);
        await heard;
        expect(await get(here, 'k')).toBe(`${revision}`);
      }
    });

    it('hears of what grew, once for each revision at most', async () => {
      const [here, there] = await engines.handles(2);
      const revisions: number[] = [];
      here.watch((revision) => revisions.push(revision));
      for (let n = 0; n < 5; n++) await there.commit([put('k')]);
      const heard = told(here, 6);
      await here.commit([put('k')]);
      await heard;
      expect(revisions.at(-1)).toBe(6);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    });

    it('hears nothing more once it has ended, and others go on', async () => {
      const [here, there] = await engines.handles(2);
      const calls: number[] = [];
      const end = here.watch((revision) => calls.push(revision));
      const first = told(here, 1);
      await here.commit([put('k')]);
      await first;
      end();
      end();
      for (const [engine, revision] of [
        [here, 2],
        [there, 3],
      ] as const) {
        const heard = told(here, revision);
        await engine.commit([put('k')]);
        await heard;
      }
      expect(calls).toEqual([1]);
    });
  });

  describe('a closed engine', () => {
    it('rejects every call as closed, and may be closed again', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('k')]);
      await engine.close();
      await engine.close();
      for (const call of [
        () => engine.get(TABLE, ['k']),
        () => engine.getMany(TABLE, [['k']]),
        () => engine.list(TABLE, []),
        () => engine.commit([put('k')]),
        () => engine.changesSince(0),
        () => engine.watch(() => {}),
      ]) {
        expect((await storeError(call)).code).toBe('closed');
      }
    });

    it('has made the commits that were under way', async () => {
      const store = engines.newStore();
      const engine = await engines.open(store);
      const commits = ['a', 'b', 'c'].map((key) => engine.commit([put(key)]));
      await engine.close();
      expect((await Promise.all(commits)).map(({ committed }) => committed)).toEqual([true, true, true]);
      expect(await (await engines.open(store)).list(TABLE, [])).toHaveLength(3);
    });

    it('leaves other handles as they are', async () => {
      const [here, there] = await engines.handles(2);
      const heard = told(there, 1);
      await here.close();
      await there.commit([put('k')]);
      await heard;
      expect(await get(there, 'k')).toBe('of k');
    });
  });
}
