import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../../host/cloud/store/engine/engine.js';
import { type Engines, put, remove } from './contract-rig.js';

/** Every record of one moment. */
export function scanContract(engines: Engines): void {
  const keys = async (engine: Engine) => {
    const found = [];
    for await (const { table, key } of engine.scan()) found.push(`${table} ${key.join('/')}`);
    return found;
  };

  describe('a scan', () => {
    it('gives every record, by table and then by key, with data and revision', async () => {
      const [engine] = await engines.handles(1);
      await engine.commit([put('b'), put('a')]);
      const data = Buffer.from([0, 255]);
      await engine.commit([
        { op: 'put', table: 'value', key: ['AC1', 'UV1', 'configs', 'k'], data },
        { op: 'put', table: 'value', key: ['AC1', '', 'secrets', 'k'], data },
        { op: 'put', table: 'meta', key: ['m'], data },
      ]);
      expect(await keys(engine)).toEqual([
        'meta m',
        'value AC1//secrets/k',
        'value AC1/UV1/configs/k',
        'api_key a',
        'api_key b',
      ]);
      for await (const record of engine.scan()) {
        expect({ ...record, data: Buffer.from(record.data) }).toEqual({ table: 'meta', key: ['m'], revision: 2, data });
        break;
      }
    });

    it('of an empty store gives none', async () => {
      const [engine] = await engines.handles(1);
      expect(await keys(engine)).toEqual([]);
    });

    it('is of one moment, and holds up no commit', async () => {
      const [here, there] = await engines.handles(2);
      const names = Array.from({ length: 1000 }, (_, n) => `k${String(n).padStart(4, '0')}`);
      await here.commit(names.map((name) => put(name)));
      const seen = [];
      for await (const { key, data } of here.scan()) {
        if (seen.length % 100 === 0) {
          await there.commit([remove('k0998'), put('k0999', 'new'), put('k1000')]);
          await here.commit([put('k0997', 'new')]);
        }
        seen.push(key[0]);
        expect(Buffer.from(data).toString()).toBe(`of ${key[0]}`);
      }
      expect(seen).toEqual(names);
      expect((await keys(here)).length).toBe(1000);
    });
  });
}
