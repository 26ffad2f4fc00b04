// engine: LMDB
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixedMasterKey } from '../../../../host/cloud/store/seal/master-key.js';
import { MasterKeyFile } from '../../../../host/cloud/store/seal/master-key-file.js';
import type { SealedEngine } from '../../../../host/cloud/store/seal/sealed-engine.js';
import { dataKeyOf } from '../../../../host/cloud/store/seal/sealed-record.js';
import { storeError } from '../cloud-rig.js';
import { flip, MASTER, newFolder, OTHER_MASTER, openRaw, openSealed, put, textOf, value } from './seal-rig.js';

const COUNT = 250;

async function fill(engine: SealedEngine): Promise<void> {
  await engine.commit(Array.from({ length: COUNT }, (_, n) => put(`k${n}`, `value ${n}`)));
}

async function expectAll(engine: SealedEngine): Promise<void> {
  for (let n = 0; n < COUNT; n++) expect(await textOf(engine, `k${n}`)).toBe(`value ${n}`);
}

describe('a rotation', () => {
  it('seals every record again, so that the old master key opens nothing', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    await fill(engine);
    expect(await engine.rotate({ next: async () => OTHER_MASTER })).toBe(COUNT);
    await expectAll(engine);
    await engine.close();
    await expectAll(await openSealed(folder, fixedMasterKey(OTHER_MASTER)));
    expect((await storeError(() => openSealed(folder))).code).toBe('unusable');
    const raw = openRaw(folder);
    expect((await raw.list('data_key', [])).map(({ key }) => key)).toEqual([['0000000002']]);
    for (const record of await raw.list('value', ['AC1', '', 'secrets'])) expect(dataKeyOf(record)).toBe(2);
  });

  it('keeps the master key when only the data key is to change', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    await fill(engine);
    expect(await engine.rotate({})).toBe(COUNT);
    await expectAll(await openSealed(folder));
  });

  it('goes on while another process writes: what that writes is under the new key, without its being told', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    const writer = await openSealed(folder);
    await fill(engine);
    let written = 0;
    const rotation = engine.rotate({
      next: async () => OTHER_MASTER,
      progress: () => void writer.commit([put(`new${written++}`, 'new'), put('k7', 'changed meanwhile')]),
    });
    await rotation;
    await writer.commit([put('last', 'last')]);
    const after = await openSealed(folder, fixedMasterKey(OTHER_MASTER));
    expect(await textOf(after, 'k7')).toBe('changed meanwhile');
    expect(await textOf(after, 'last')).toBe('last');
    expect(written).toBeGreaterThan(1);
    for (let n = 0; n < written; n++) expect(await textOf(after, `new${n}`)).toBe('new');
    const keys = (await openRaw(folder).list('value', ['AC1', '', 'secrets'])).map(dataKeyOf);
    expect(new Set(keys)).toEqual(new Set([2]));
  });

  it('is finished by the next one after it was interrupted, wherever that was', async () => {
    for (let enough = 0; enough < 3; enough++) {
      const folder = newFolder();
      const engine = await openSealed(folder);
      await fill(engine);
      let left = enough;
      const interrupted = engine.rotate({
        next: async () => OTHER_MASTER,
        progress: () => {
          if (left-- === 0) throw new Error('interrupted');
        },
      });
      await expect(interrupted).rejects.toThrow('interrupted');
      await expectAll(engine);
      await engine.close();
      // Both master keys open it now.
      await expectAll(await openSealed(folder));
      const again = await openSealed(folder, fixedMasterKey(OTHER_MASTER));
      expect(await again.rotate({ next: async () => OTHER_MASTER })).toBe(COUNT - Math.min(COUNT, (enough + 1) * 100));
      await expectAll(again);
      expect((await storeError(() => openSealed(folder))).code).toBe('unusable');
    }
  });

  it('twice at the same time ends with one new key', async () => {
    const folder = newFolder();
    const engines = [await openSealed(folder), await openSealed(folder)];
    await fill(engines[0]);
    const ends = await Promise.allSettled(engines.map((engine) => engine.rotate({ next: async () => OTHER_MASTER })));
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
    const after = await openSealed(folder, fixedMasterKey(OTHER_MASTER));
    await expectAll(after);
    const numbers = (await openRaw(folder).list('value', ['AC1', '', 'secrets'])).map(dataKeyOf);
    expect(new Set(numbers).size).toBe(1);
  });

  it('keeps the old key while a record does not open, and names it', async () => {
    const folder = newFolder();
    const engine = await openSealed(folder);
    await fill(engine);
    const raw = openRaw(folder);
    const whole = (await raw.get('value', value('k9')))!;
    await raw.commit([flip(whole, 400)]);
    const error = await storeError(() => engine.rotate({ next: async () => OTHER_MASTER }));
    expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining('"k9"') });
    await raw.commit([{ op: 'put', table: 'value', key: whole.key, data: whole.data }]);
    expect(await engine.rotate({ next: async () => OTHER_MASTER })).toBe(1);
    await expectAll(engine);
  });
});

describe('a master key in a file', () => {
  const rotationOf = (file: MasterKeyFile) => ({
    next: () => file.next(),
    advance: (ids: readonly string[]) => file.advance(ids),
  });

  it('is exchanged by a rotation, and running processes go on', async () => {
    const folder = newFolder();
    const file = new MasterKeyFile(join(folder, 'master.key'));
    const engine = await openSealed(folder, file);
    const running = await openSealed(folder, file);
    await fill(engine);
    const before = readFileSync(file.path, 'utf8');
    const leftover = join(folder, '.master.key.1.tmp');
    writeFileSync(leftover, before, { mode: 0o600 });
    await engine.rotate(rotationOf(file));
    expect(existsSync(leftover)).toBe(false);
    expect(readFileSync(file.path, 'utf8')).not.toBe(before);
    expect(existsSync(`${file.path}.next`)).toBe(false);
    await expectAll(running);
    await running.commit([put('k0', 'value 0')]);
    await expectAll(await openSealed(folder, file));
  });

  it('is the same key after a rotation that was interrupted before or after the exchange', async () => {
    for (const at of ['before', 'after'] as const) {
      const folder = newFolder();
      const file = new MasterKeyFile(join(folder, 'master.key'));
      const engine = await openSealed(folder, file);
      await fill(engine);
      const interrupted = engine.rotate({
        next: () => file.next(),
        advance: async (ids) => {
          if (at === 'after') await file.advance(ids);
          throw new Error('interrupted');
        },
      });
      await expect(interrupted).rejects.toThrow('interrupted');
      await engine.close();
      const again = await openSealed(folder, file);
      await expectAll(again);
      expect(await again.rotate(rotationOf(file))).toBe(COUNT);
      await expectAll(await openSealed(folder, file));
      expect(existsSync(`${file.path}.next`)).toBe(false);
    }
  });

  it('is not exchanged for a key that opens nothing', async () => {
    const folder = newFolder();
    const file = new MasterKeyFile(join(folder, 'master.key'));
    const engine = await openSealed(folder, file);
    await fill(engine);
    await file.next();
    await file.advance([MASTER.id]);
    await expectAll(await openSealed(folder, file));
  });
});
