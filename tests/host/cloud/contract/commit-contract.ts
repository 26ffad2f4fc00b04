import { describe, expect, it } from 'vitest';
import type { Commit, Engine } from '../../../../host/cloud/store/engine/engine.js';
import { check, type Engines, get, put, remove, TABLE, textOf } from './contract-rig.js';

const revisionOf = (commit: Commit) => (commit.committed ? commit.revision : undefined);

/** The order of commits, and what others see of them. */
export function commitContract(engines: Engines, keptCommits: number): void {
  describe('revisions', () => {
    it('grow by one with each commit that changes something, and with no other', async () => {
      const [engine] = await engines.handles(1);
      const commits = [
        [put('a'), put('b')],
        [put('a', '', 'absent')],
        [check('a', 'present')],
        [remove('none')],
        [],
        [put('a', 'new'), remove('none')],
        [put('a', 'new')],
        [remove('a')],
        [remove('a')],
      ];
      const made = [];
      for (const changes of commits) made.push(revisionOf(await engine.commit(changes)));
      expect(made).toEqual([1, undefined, 1, 1, 1, 2, 3, 4, 4]);
    });

    it('are those of the last commit that wrote a record', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('a'), put('b'), put('c')]);
      await engine.commit([put('b'), check('a', 1), remove('c')]);
      await engine.commit([put('c')]);
      const found = await engine.list(TABLE, []);
      expect(found.map(({ key, revision }) => [...key, revision])).toEqual([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]);
    });

    it('are given to all handles from one row', async () => {
      const [here, there] = await engines.handles(2);
      const many = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? here : there).commit([put(`k${n}`)]));
      const made = (await Promise.all(many)).map(revisionOf);
      expect([...made].sort((a, b) => a! - b!)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      const found = await here.getMany(
        TABLE,
        many.map((_, n) => [`k${n}`]),
      );
      expect(found.map((record) => record?.revision)).toEqual(made);
    });
  });

  describe('commits at the same time', () => {
    it.each([
      ['one handle', 1],
      ['two handles', 2],
    ])('that need the same key absent: one of them is made (%s)', async (_, count) => {
      const opened = await engines.handles(count);
      const data = ['one', 'two'];
      const both = data.map((text, n) => opened[n % count].commit([put('k', text, 'absent')]));
      const commits = await Promise.all(both);
      const winner = commits.findIndex(({ committed }) => committed);
      expect(commits[winner]).toEqual({ committed: true, revision: 1 });
      expect(commits[1 - winner]).toEqual({ committed: false, failed: 0 });
      expect(await get(opened[0], 'k')).toBe(data[winner]);
    });

    it('lose no change of a record when each needs the revision that it has read', async () => {
      const opened = await engines.handles(2);
      await opened[0].commit([put('count', '0')]);
      const addOne = async (engine: Engine) => {
        for (;;) {
          const record = await engine.get(TABLE, ['count']);
          const next = `${Number(textOf(record)) + 1}`;
          if ((await engine.commit([put('count', next, record!.revision)])).committed) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, n) => addOne(opened[n % 2])));
      expect(await get(opened[0], 'count')).toBe('20');
    });

    it('are made although one among them is not', async () => {
      const [engine] = await engines.handles(1);
      const all = [[put('a')], [put('b'), check('none', 'present')], [put('c')]];
      const commits = await Promise.all(all.map((changes) => engine.commit(changes)));
      expect(commits.map(({ committed }) => committed)).toEqual([true, false, true]);
      expect((await engine.list(TABLE, [])).map(textOf)).toEqual(['of a', 'of c']);
    });
  });

  describe('the changes since a revision', () => {
    it('are all that came after it in any handle, oldest first, each record once as it was changed last', async () => {
      const [here, there] = await engines.handles(2);
      await here.commit([put('before')]);
      await here.commit([put('a'), put('b'), check('before', 'present')]);
      await there.commit([{ op: 'put', table: 'value', key: ['AC1', '', 'configs', 'k'], data: Buffer.from('v') }]);
      await here.commit([remove('a'), remove('none')]);
      expect(await there.changesSince(1)).toEqual({
        revision: 4,
        complete: true,
        changes: [
          { table: TABLE, key: ['b'], revision: 2 },
          { table: 'value', key: ['AC1', '', 'configs', 'k'], revision: 3 },
          { table: TABLE, key: ['a'], revision: 4 },
        ],
      });
    });

    it('are none when nothing came after it', async () => {
      const [engine] = await engines.handles(1);
      expect(await engine.changesSince(0)).toEqual({ revision: 0, complete: true, changes: [] });
      await engine.commit([put('a')]);
      expect(await engine.changesSince(1)).toEqual({ revision: 1, complete: true, changes: [] });
    });

    it('are not complete from a revision that the store has not come to', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('a')]);
      expect(await engine.changesSince(2)).toEqual({ revision: 1, complete: false, changes: [] });
    });

    it(`are complete for the last ${keptCommits} commits, and not beyond them`, async () => {
      const [engine] = await engines.handles(1);
      const count = keptCommits + 2;
      await Promise.all(Array.from({ length: count }, (_, n) => engine.commit([put(`k${n % 3}`)])));
      const kept = await engine.changesSince(2);
      expect(kept).toMatchObject({ revision: count, complete: true });
      expect(kept.changes.map(({ revision }) => revision)).toEqual([count - 2, count - 1, count]);
      for (const revision of [0, 1]) {
        expect(await engine.changesSince(revision)).toMatchObject({ revision: count, complete: false });
      }
    });
  });
}
