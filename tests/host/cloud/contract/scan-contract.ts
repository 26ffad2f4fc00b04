import { describe, expect, it } from 'vitest';
import type { Engine, RecordChange } from '../../../../host/cloud/store/engine/engine.js';
import { TABLES, type Table } from '../../../../host/cloud/store/engine/tables.js';
import { storeError } from '../cloud-rig.js';
import { type Engines, get, put, remove, TABLE } from './contract-rig.js';

async function scanned(engine: Engine): Promise<string[]> {
  const found: string[] = [];
  for await (const { table, key, data, revision } of engine.scan()) {
    found.push(`${table} ${key.join('/')} ${Buffer.from(data)} ${revision}`);
  }
  return found;
}

/** Reading all that there is. */
export function scanContract(engines: Engines): void {
  describe('a scan', () => {
    it('has the records of all tables, by table and then by the bytes of their keys', async () => {
      const [engine] = await engines.handles(1);
      expect(await scanned(engine)).toEqual([]);
      // Who seals keeps that one to itself.
      const tables = (Object.keys(TABLES) as Table[]).filter((table) => table !== 'data_key');
      const parts = ['b', '', 'B', 'a/b', 'a'];
      const changes = tables.flatMap((table) =>
        parts.map((part): RecordChange => {
          const key = TABLES[table].map((_, index) => (index === 0 ? part : `${index}`));
          return { op: 'put', table, key, data: Buffer.from(table) };
        }),
      );
      await engine.commit(changes);
      const rest = (table: Table) => TABLES[table].slice(1).map((_, index) => `/${index + 1}`);
      const wanted = tables.flatMap((table) =>
        ['', 'B', 'a', 'a/b', 'b'].map((part) => `${table} ${part}${rest(table).join('')} ${table} 1`),
      );
      expect(await scanned(engine)).toEqual(wanted);
    });

    it('is of the moment at which it began, whatever is written meanwhile', async () => {
      const [here, there] = await engines.handles(2);
      const keys = Array.from({ length: 1000 }, (_, n) => `k${String(n).padStart(4, '0')}`);
      await here.commit(keys.map((key) => put(key)));
      const found: string[] = [];
      for await (const { key } of here.scan()) {
        found.push(key[0]);
        if (found.length === 1) {
          await there.commit([remove('k0500'), put('k0900', 'new'), put('z')]);
          expect(await get(here, 'k0900')).toBe('new');
        }
      }
      expect(found).toEqual(keys);
    });

    it('may be left early, again and again', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit(Array.from({ length: 300 }, (_, n) => put(`k${n}`)));
      for (let n = 0; n < 30; n++) for await (const _ of engine.scan()) break;
      await engine.commit([put('k0', 'new')]);
      expect(await get(engine, 'k0')).toBe('new');
    });

    it('ends as closed when the engine is closed', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit(Array.from({ length: 1000 }, (_, n) => put(`k${n}`)));
      const read = async () => {
        for await (const { key } of engine.scan()) if (key[0] === 'k1') await engine.close();
      };
      expect((await storeError(read)).code).toBe('closed');
      expect((await storeError(() => scanned(engine))).code).toBe('closed');
    });

    it('sees the keys of its table alone', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('k')]);
      expect(await scanned(engine)).toEqual([`${TABLE} k of k 1`]);
    });
  });
}
