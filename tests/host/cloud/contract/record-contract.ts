import { describe, expect, it } from 'vitest';
import type { RecordChange, RecordKey, RecordRange } from '../../../../host/cloud/store/engine/engine.js';
import { storeError } from '../cloud-rig.js';
import { type Engines, get, keysOf, put, TABLE, textOf } from './contract-rig.js';

/** What is read is what was written. */
export function recordContract(engines: Engines): void {
  describe('records', () => {
    it('are what was written, with the revision of their commit', async () => {
      const [engine] = await engines.handles(1);
      const data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await engine.commit([put('first')]);
      await engine.commit([
        { op: 'put', table: TABLE, key: ['bytes'], data },
        { op: 'put', table: TABLE, key: ['empty'], data: new Uint8Array() },
      ]);
      const found = await engine.get(TABLE, ['bytes']);
      expect(found).toMatchObject({ key: ['bytes'], revision: 2 });
      expect([...found!.data]).toEqual([...data]);
      expect(await engine.get(TABLE, ['empty'])).toMatchObject({ revision: 2, data: { length: 0 } });
      expect(await engine.get(TABLE, ['first'])).toMatchObject({ revision: 1 });
      expect(await engine.get(TABLE, ['none'])).toBeUndefined();
    });

    it('have keys that fit their table; any other is refused alone, and nothing is changed', async () => {
      const [engine] = await engines.handles(1);
      const bad: RecordKey[] = [[], ['a', 'b'], ['nul\0'], ['\u00e9'], ['\x7f'], ['k'.repeat(257)]];
      const beside = engine.commit([put('good')]);
      for (const key of bad) {
        const calls = [
          () => engine.get(TABLE, key),
          () => engine.getMany(TABLE, [['good'], key]),
          () => engine.commit([put('lost'), { op: 'remove', table: TABLE, key }]),
          () => engine.list(TABLE, [...key, 'x'].slice(0, 2)),
        ];
        for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'invalid-key' });
      }
      await expect(engine.list(TABLE, [], { after: '\0' })).rejects.toMatchObject({ code: 'invalid-key' });
      expect(await beside).toEqual({ committed: true, revision: 1 });
      expect(keysOf(await engine.list(TABLE, []))).toEqual(['good']);
      expect(await engine.get(TABLE, ['k'.repeat(256)])).toBeUndefined();
    });

    it('stay as they were read while others are read and written', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('a', 'one'), put('b', 'two')]);
      const one = await engine.get(TABLE, ['a']);
      const listed = await engine.list(TABLE, []);
      await engine.commit([put('a', 'new')]);
      await engine.get(TABLE, ['b']);
      expect([one, ...listed].map(textOf)).toEqual(['one', 'one', 'two']);
    });

    it('are apart when their tables or any parts of their keys differ', async () => {
      const [engine] = await engines.handles(1);
      const places: [RecordChange['table'], RecordKey][] = [
        ['value', ['AC1', '', 'configs', 'k']],
        ['value', ['AC1', '', 'secrets', 'k']],
        ['value', ['AC1', 'UV1', 'configs', 'k']],
        ['value', ['AC10', '', 'configs', 'k']],
        ['value', ['AC1', '', 'configs', 'kk']],
        ['device', ['AC1', 'k']],
        ['device_name', ['AC1', 'k']],
        ['account', ['AC1']],
        ['api_key', ['AC1']],
      ];
      const data = (index: number) => Buffer.from(`${index}`);
      await engine.commit(places.map(([table, key], index) => ({ op: 'put', table, key, data: data(index) })));
      const found = await Promise.all(places.map(([table, key]) => engine.get(table, key)));
      expect(found.map(textOf)).toEqual(places.map((_, index) => `${index}`));
      const lists = places.map(([table, key]) => engine.list(table, key.slice(0, -1)));
      expect((await Promise.all(lists)).map(keysOf)).toEqual([
        ['k', 'kk'],
        ['k'],
        ['k'],
        ['k'],
        ['k', 'kk'],
        ['k'],
        ['k'],
        ['AC1'],
        ['AC1'],
      ]);
    });

    it('are seen at once by another handle, and by one that is opened later', async () => {
      const [here, there] = await engines.handles(2);
      await here.commit([put('k', 'one')]);
      expect(await get(there, 'k')).toBe('one');
      await there.commit([put('k', 'two')]);
      expect(await get(here, 'k')).toBe('two');
      const store = engines.newStore();
      const first = await engines.open(store);
      await first.commit([put('k', 'kept')]);
      await first.close();
      expect(await get(await engines.open(store), 'k')).toBe('kept');
    });

    it('are counted below a prefix, each table and prefix by itself', async () => {
      const [engine] = await engines.handles(1);
      const keys = ['AC1 a', 'AC1 b', 'AC1 ~', 'AC10 a'].map((key) => key.split(' '));
      await engine.commit(keys.map((key) => ({ op: 'put', table: 'device', key, data: Buffer.of(1) })));
      const count = (accountSid: string) => engine.count('device', [accountSid]);
      expect([await count('AC1'), await count('AC10'), await count('AC'), await engine.count(TABLE, [])]).toEqual([
        3, 1, 0, 0,
      ]);
      await engine.commit([{ op: 'remove', table: 'device', key: ['AC1', 'a'] }]);
      expect(await count('AC1')).toBe(2);
      await expect(engine.count('device', [])).rejects.toMatchObject({ code: 'invalid-key' });
    });

    it('come several at a time in the order of the keys that were asked for', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('a'), put('b')]);
      const keys = ['b', 'none', 'a', 'b'].map((key) => [key]);
      expect((await engine.getMany(TABLE, keys)).map(textOf)).toEqual(['of b', undefined, 'of a', 'of b']);
      expect(await engine.getMany(TABLE, [])).toEqual([]);
    });

    it('come several at a time as they were at one moment', async () => {
      const [here, there] = await engines.handles(2);
      const keys = ['a', 'b', 'c'];
      let writing = true;
      const written = (async () => {
        for (let n = 0; n < 50; n++) await there.commit(keys.map((key) => put(key, `${n}`)));
        writing = false;
      })();
      while (writing) {
        const found = await here.getMany(
          TABLE,
          keys.map((key) => [key]),
        );
        expect(new Set(found.map(textOf)).size).toBe(1);
        // Lets the writer go on.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await written;
    });
  });

  describe('keys', () => {
    it.each<[string, RecordKey]>([
      ['NUL', ['a\0b']],
      ['a line feed', ['a\nb']],
      ['a letter beyond ASCII', ['schl\u00fcssel']],
      ['more than 256 characters', ['k'.repeat(257)]],
      ['a part too many', ['a', 'b']],
      ['a part too few', []],
    ])('with %s are refused by every call, and nothing is written', async (_, key) => {
      const [engine] = await engines.handles(1);
      for (const call of [
        () => engine.get(TABLE, key),
        () => engine.getMany(TABLE, [['k'], key]),
        () => engine.commit([put('k'), { op: 'put', table: TABLE, key, data: Buffer.from('v') }]),
        () => engine.commit([put('k'), { op: 'remove', table: TABLE, key }]),
        () => engine.commit([put('k'), { op: 'check', table: TABLE, key, if: 'absent' }]),
      ]) {
        expect((await storeError(call)).code).toBe('invalid-key');
      }
      expect(await engine.list(TABLE, [])).toEqual([]);
    });

    it('of a list are as many parts as go before the last', async () => {
      const [engine] = await engines.handles(1);
      for (const prefix of [[], ['a\0b'], ['AC1', 'UV1']]) {
        expect((await storeError(() => engine.list('device', prefix))).code).toBe('invalid-key');
      }
    });

    it('may be empty, or hold any printable character', async () => {
      const [engine] = await engines.handles(1);
      const keys = ['', `'"\\{},() ;--$1%`, 'null', 'NULL', '~'.repeat(256)];
      await engine.commit(keys.map((key) => put(key)));
      expect(
        (
          await engine.getMany(
            TABLE,
            keys.map((key) => [key]),
          )
        ).map(textOf),
      ).toEqual(keys.map((key) => `of ${key}`));
      await engine.commit(keys.map((key) => ({ op: 'remove', table: TABLE, key: [key], if: 'present' })));
      expect(await engine.list(TABLE, [])).toEqual([]);
    });
  });

  describe('a list', () => {
    it('has the order of the bytes of its keys', async () => {
      const [engine] = await engines.handles(1);
      const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
      const keys = [...printable, 'a-b', 'a/b', 'aa', 'aA', 'a ', 'Aa', '10', '99', '~~', '~'.repeat(256)];
      await engine.commit(keys.map((key) => put(key)));
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(keysOf(await engine.list(TABLE, []))).toEqual(sorted);
      expect(keysOf(await engine.list(TABLE, [], { reverse: true }))).toEqual(sorted.reverse());
    });

    it.each<[RecordRange, string]>([
      [{}, 'abcdefg'],
      [{ after: 'c' }, 'defg'],
      [{ after: 'bb' }, 'cdefg'],
      [{ after: 'g' }, ''],
      [{ before: 'c' }, 'ab'],
      [{ before: 'bb' }, 'ab'],
      [{ before: 'a' }, ''],
      [{ after: 'b', before: 'e' }, 'cd'],
      [{ after: 'c', before: 'd' }, ''],
      [{ after: 'c', before: 'c' }, ''],
      [{ after: 'e', before: 'b' }, ''],
      [{ limit: 2 }, 'ab'],
      [{ limit: 9 }, 'abcdefg'],
      [{ offset: 0 }, 'abcdefg'],
      [{ offset: 5 }, 'fg'],
      [{ offset: 7 }, ''],
      [{ offset: 1, limit: 2 }, 'bc'],
      [{ after: 'b', offset: 1, limit: 2 }, 'de'],
      [{ after: 'b', before: 'f', offset: 2, limit: 9 }, 'e'],
      [{ reverse: true }, 'gfedcba'],
      [{ reverse: true, limit: 2 }, 'gf'],
      [{ reverse: true, offset: 5 }, 'ba'],
      [{ reverse: true, offset: 1, limit: 2 }, 'fe'],
      [{ reverse: true, before: 'c' }, 'ba'],
      [{ reverse: true, before: 'c', limit: 1 }, 'b'],
      [{ reverse: true, after: 'c' }, 'gfed'],
      [{ reverse: true, after: 'b', before: 'f', offset: 1, limit: 9 }, 'dc'],
      [{ reverse: true, after: 'e', before: 'b' }, ''],
      [{ reverse: true, after: 'c', before: 'c' }, ''],
    ])('of a to g with %j is "%s"', async (range, wanted) => {
      const [engine] = await engines.handles(1);
      await engine.commit([...'abcdefg'].map((key) => put(key)));
      expect(keysOf(await engine.list(TABLE, [], range)).join('')).toBe(wanted);
    });
  });
}
