import { describe, expect, it } from 'vitest';
import type { Condition, RecordChange } from '../../../../host/cloud/store/engine/engine.js';
import { check, type Engines, get, put, remove, TABLE, textOf } from './contract-rig.js';

/** Commits that are made only if something holds. */
export function conditionContract(engines: Engines): void {
  describe('a condition', () => {
    // `k` has revision 1 of 2; there is no `none`.
    const cases: [key: string, condition: Condition, holds: boolean][] = [
      ['k', 'absent', false],
      ['k', 'present', true],
      ['k', 1, true],
      ['k', 2, false],
      ['none', 'absent', true],
      ['none', 'present', false],
      ['none', 1, false],
    ];
    it.each((['put', 'remove', 'check'] as const).flatMap((op) => cases.map((one) => [op, ...one] as const)))(
      'of a %s, that %s is %s, holds: %s; only then the commit changes something',
      async (op, key, condition, holds) => {
        const [engine] = await engines.handles(1);
        await engine.commit([put('k')]);
        await engine.commit([put('z')]);
        const before = await engine.list(TABLE, []);
        const change = {
          put: put(key, 'new', condition),
          remove: remove(key, condition),
          check: check(key, condition),
        };
        const commit = await engine.commit([put('other'), change[op]]);
        expect(commit).toEqual(holds ? { committed: true, revision: 3 } : { committed: false, failed: 1 });
        if (!holds) expect(await engine.list(TABLE, [])).toEqual(before);
        if (!holds) return;
        const old = key === 'k' ? 'of k' : undefined;
        expect(await get(engine, key)).toBe({ put: 'new', remove: undefined, check: old }[op]);
        expect(await get(engine, 'other')).toBe('of other');
      },
    );

    it('that does not hold is reported by the index of the first such change', async () => {
      const [engine] = await engines.handles(1);
      const changes = [put('a'), check('b', 'absent'), put('c', '', 'present'), remove('d', 'present')];
      expect(await engine.commit(changes)).toEqual({ committed: false, failed: 2 });
      expect(await engine.list(TABLE, [])).toEqual([]);
    });

    it.each<[string, RecordChange[], number | string | undefined]>([
      ['the second of two puts stays', [put('k', 'one'), put('k', 'two')], 'two'],
      ['a put makes it present', [put('new', '', 'absent'), put('new', 'two', 'present'), remove('k')], undefined],
      ['a put makes it not absent', [put('new'), put('new', '', 'absent')], 1],
      ['a remove makes it absent', [remove('k'), put('k', 'two', 'absent')], 'two'],
      ['a remove makes it not present', [remove('k', 'present'), remove('k', 'present')], 1],
      ['a put takes its revision away', [put('k', 'one', 1), put('k', 'two', 1)], 1],
      ['a remove takes its revision away', [remove('k', 1), check('k', 1)], 1],
      ['a check leaves it as it is', [check('k', 1), check('k', 'present'), put('k', 'two', 1)], 'two'],
      ['a put that is removed is gone', [put('k', 'one'), remove('k', 'present'), check('k', 'absent')], undefined],
    ])('is about what earlier changes of the commit have made of the record: %s', async (_, changes, outcome) => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('k')]);
      const commit = await engine.commit(changes);
      if (typeof outcome === 'number') {
        expect(commit).toEqual({ committed: false, failed: outcome });
        expect((await engine.list(TABLE, [])).map(textOf)).toEqual(['of k']);
      } else {
        expect(commit).toEqual({ committed: true, revision: 2 });
        expect(await get(engine, 'k')).toBe(outcome);
      }
    });
  });
}
