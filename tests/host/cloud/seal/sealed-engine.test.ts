// engine: LMDB
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LmdbEngine } from '../../../../host/cloud/store/engine/lmdb-engine.js';
import { fixedMasterKey } from '../../../../host/cloud/store/seal/master-key.js';
import { SealedEngine } from '../../../../host/cloud/store/seal/sealed-engine.js';
import { storeError } from '../cloud-rig.js';
import { flip, MASTER, newFolder, OTHER_MASTER, openRaw, openSealed, put, textOf, value } from './seal-rig.js';

const SECRET = 'the launch code is 8461';

describe('a sealed engine', () => {
  it('gives back what was written, in every way of reading', async () => {
    const engine = await openSealed();
    await engine.commit([put('a', 'one'), put('b', '')]);
    expect(await textOf(engine, 'a')).toBe('one');
    const many = await engine.getMany('value', [value('b'), value('none'), value('a')]);
    expect(many.map((record) => record && Buffer.from(record.data).toString())).toEqual(['', undefined, 'one']);
    const listed = await engine.list('value', ['AC1', '', 'secrets'], { reverse: true });
    expect(listed.map(({ data }) => Buffer.from(data).toString())).toEqual(['', 'one']);
    const scanned = [];
    for await (const { table, key, data } of engine.scan())
      scanned.push([table, key.at(-1), Buffer.from(data).toString()]);
    expect(scanned).toEqual([
      ['value', 'a', 'one'],
      ['value', 'b', ''],
    ]);
  });

  it('keeps conditions and revisions, and hides its keys among the changes', async () => {
    const engine = await openSealed();
    const { revision } = await engine.changesSince(0);
    expect(await engine.commit([put('a', '1')])).toEqual({ committed: true, revision: revision + 1 });
    expect(await engine.commit([put('b', '1'), { ...put('a', '2'), if: 'absent' }])).toEqual({
      committed: false,
      failed: 1,
    });
    const changes = await engine.changesSince(0);
    expect(changes.changes.map(({ table, key }) => [table, key.at(-1)])).toEqual([['value', 'a']]);
  });

  it('lets no byte of a value into the files, not even of one that was removed', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    await engine.commit([put('a', SECRET), put('long', SECRET.repeat(1000))]);
    await engine.commit([put('b', SECRET), { op: 'remove', table: 'value', key: value('a') }]);
    expect(await textOf(engine, 'b')).toBe(SECRET);
    await engine.close();
    expect(readFileSync(join(folder, 'data.mdb')).includes(SECRET.slice(0, 12))).toBe(false);
  });

  it('gives out nothing but an error when any bit of a record is another', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    const raw = openRaw(folder);
    await engine.commit([put('a', SECRET)]);
    const record = (await raw.get('value', value('a')))!;
    for (let bit = 0; bit < record.data.length * 8; bit++) {
      await raw.commit([flip(record, bit)]);
      const error = await storeError(() => engine.get('value', value('a')));
      expect(error.code).toBe('damaged');
      expect(error.message).toContain('value ["AC1","","secrets","a"]');
    }
    await raw.commit([{ op: 'put', table: 'value', key: record.key, data: record.data }]);
    expect(await textOf(engine, 'a')).toBe(SECRET);
  });

  it.each([
    ['account', ['AC2', '', 'secrets', 'a']],
    ['device', ['AC1', 'UV1', 'secrets', 'a']],
    ['collection', ['AC1', '', 'configs', 'a']],
    ['key', ['AC1', '', 'secrets', 'b']],
  ])('does not open a record that was moved to another %s', async (_, key) => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    const raw = openRaw(folder);
    await engine.commit([put('a', SECRET)]);
    const { data } = (await raw.get('value', value('a')))!;
    await raw.commit([{ op: 'put', table: 'value', key, data }]);
    expect((await storeError(() => engine.get('value', key))).code).toBe('damaged');
  });

  it('names the damaged one of a list, and goes on with the others', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    const raw = openRaw(folder);
    await engine.commit([put('a', '1'), put('b', '2'), put('c', '3')]);
    await raw.commit([flip((await raw.get('value', value('b')))!, 300)]);
    const error = await storeError(() => engine.list('value', ['AC1', '', 'secrets']));
    expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining('"b"') });
    expect(await textOf(engine, 'c')).toBe('3');
    await engine.commit([put('b', 'again')]);
    expect(await textOf(engine, 'b')).toBe('again');
  });
});

describe('the master key', () => {
  it('must be that of the store, and the error says which are there', async () => {
    const folder = newFolder();
    await (await openSealed(folder)).close();
    const error = await storeError(() => openSealed(folder, fixedMasterKey(OTHER_MASTER, 'WASMQTT_MASTER_KEY')));
    expect(error.code).toBe('unusable');
    expect(error.message).toContain(`WASMQTT_MASTER_KEY has the master key ${OTHER_MASTER.id}`);
    expect(error.message).toContain(`sealed with ${MASTER.id}`);
  });

  it('must not be missing when the store has records', async () => {
    const folder = newFolder();
    await (await openSealed(folder)).close();
    const nowhere = { place: 'the master key file /x', read: async () => undefined, create: async () => OTHER_MASTER };
    const error = await storeError(() => openSealed(folder, nowhere));
    expect(error).toMatchObject({ code: 'unusable', message: expect.stringContaining('/x is missing') });
    expect(error.message).toContain(MASTER.id);
  });

  it('is asked for once, and what it wraps is the same for handles that open at the same time', async () => {
    const folder = newFolder();
    let asked = 0;
    const counting = {
      place: 'a key',
      read: async () => {
        asked += 1;
        return MASTER;
      },
    };
    const engines = await Promise.all([1, 2, 3].map(() => openSealed(folder, counting)));
    await Promise.all(engines.map((engine, n) => engine.commit([put(`k${n}`, `${n}`)])));
    for (const engine of engines)
      expect(await Promise.all([0, 1, 2].map((n) => textOf(engine, `k${n}`)))).toEqual(['0', '1', '2']);
    expect(asked).toBeLessThanOrEqual(6);
  });

  it('cannot be missing from a store that lost its data keys: nothing new is written into that', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    await engine.commit([put('a', SECRET)]);
    const raw = openRaw(folder);
    await raw.commit([{ op: 'remove', table: 'data_key', key: ['0000000001'] }]);
    await engine.close();
    const error = await storeError(() => SealedEngine.open(new LmdbEngine(folder), fixedMasterKey(MASTER)));
    expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining('has lost the keys') });
  });

  it.each(Array.from({ length: 8 }, (_, bit) => bit))(
    'finds a data key whose record was changed (bit %i of each byte)',
    async (bit) => {
      const folder = newFolder();
      await (await openSealed(folder)).close();
      const raw = openRaw(folder);
      const record = (await raw.get('data_key', ['0000000001']))!;
      for (let byte = 0; byte < record.data.length; byte++) {
        const data = Buffer.from(record.data);
        data[byte] ^= 1 << bit;
        await raw.commit([{ op: 'put', table: 'data_key', key: record.key, data }]);
        const error = await storeError(() => SealedEngine.open(new LmdbEngine(folder), fixedMasterKey(MASTER)));
        expect(['damaged', 'unusable'], `byte ${byte}: ${error.message}`).toContain(error.code);
      }
    },
  );
});
