// engine: LMDB
import { describe, expect, it } from 'vitest';
import type { ArchiveSecret } from '../../../../host/cloud/store/archive/archive-key.js';
import { exportRecords } from '../../../../host/cloud/store/archive/export-records.js';
import { importRecords } from '../../../../host/cloud/store/archive/import-records.js';
import type { Engine } from '../../../../host/cloud/store/engine/engine.js';
import { storeError } from '../cloud-rig.js';
import { MASTER, OTHER_MASTER, openSealed, put, textOf } from '../seal/seal-rig.js';

const WITH_MASTER: ArchiveSecret = { kind: 'master', key: MASTER };
const WITH_PHRASE: ArchiveSecret = { kind: 'passphrase', passphrase: 'correct horse' };

async function exported(engine: Engine, secret: ArchiveSecret = WITH_MASTER): Promise<Buffer> {
  const pieces = [];
  for await (const piece of exportRecords(engine, secret)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Buffer, size = 1000): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function contents(engine: Engine): Promise<string[]> {
  const all = [];
  for await (const { table, key, data } of engine.scan()) all.push(`${table} ${key.join('/')} ${Buffer.from(data)}`);
  return all;
}

async function filled(): Promise<Engine> {
  const engine = await openSealed();
  await engine.commit([
    put('a', 'one'),
    put('b', 'two'),
    { op: 'put', table: 'meta', key: ['device-sid'], data: Buffer.from('first') },
    { op: 'put', table: 'device_name', key: ['AC1', 'pump'], data: Buffer.from('UV1') },
    { op: 'put', table: 'bundle', key: ['AC1', 'ff'], data: Buffer.alloc(600_000, 'wasm') },
  ]);
  return engine;
}

describe('an export', () => {
  it.each([
    ['the master key', WITH_MASTER],
    ['a pass-phrase', WITH_PHRASE],
  ])('brings every record into another store (%s)', async (_, secret) => {
    const from = await filled();
    const to = await openSealed();
    expect(await importRecords(to, inPieces(await exported(from, secret)), secret)).toBe(5);
    expect(await contents(to)).toEqual(await contents(from));
  });

  it('of an empty store is one too', async () => {
    const to = await openSealed();
    expect(await importRecords(to, inPieces(await exported(await openSealed())), WITH_MASTER)).toBe(0);
    expect(await contents(to)).toEqual([]);
  });

  it('is of one moment, whatever is written meanwhile', async () => {
    const from = await openSealed();
    await from.commit(Array.from({ length: 1000 }, (_, n) => put(`k${String(n).padStart(4, '0')}`, 'x'.repeat(1000))));
    const pieces = [];
    for await (const piece of exportRecords(from, WITH_MASTER)) {
      pieces.push(piece);
      // The first piece says what opens the rest.
      if (pieces.length === 1) continue;
      await from.commit([
        put('k0999', 'changed'),
        { op: 'remove', table: 'value', key: ['AC1', '', 'secrets', 'k0998'] },
        put('new', 'new'),
      ]);
    }
    const to = await openSealed();
    expect(await importRecords(to, inPieces(Buffer.concat(pieces)), WITH_MASTER)).toBe(1000);
    expect(await textOf(to, 'k0999')).toBe('x'.repeat(1000));
    expect(await textOf(to, 'k0998')).toBe('x'.repeat(1000));
    expect(await textOf(to, 'new')).toBeUndefined();
  });

  it('holds no value in the clear', async () => {
    const bytes = await exported(await filled());
    expect(bytes.includes('pump')).toBe(false);
    expect(bytes.includes(Buffer.from('one').toString('base64'))).toBe(false);
    expect(bytes.includes('wasmwasm')).toBe(false);
  });
});

describe('an import writes nothing', () => {
  const refused = async (bytes: Buffer, secret: ArchiveSecret = WITH_MASTER) => {
    const to = await openSealed();
    const error = await storeError(() => importRecords(to, inPieces(bytes), secret));
    expect(await contents(to)).toEqual([]);
    return error;
  };

  it('when the file is cut off, wherever', async () => {
    const bytes = await exported(await filled());
    const lengths = [0, 1, 20, 150, 250, 400, 300_000, bytes.length - 300, bytes.length - 1];
    for (const length of lengths) {
      const error = await refused(bytes.subarray(0, length));
      expect(['damaged', 'unusable'], `${length}`).toContain(error.code);
      expect(error.message).not.toMatch(/undefined|JSON/);
    }
  });

  it('when any byte of it was changed', async () => {
    const bytes = await exported(await filled());
    const places = Array.from({ length: 60 }, (_, n) => (n < 40 ? n * 7 : Math.floor((bytes.length / 20) * (n - 40))));
    for (const place of places) {
      const changed = Buffer.from(bytes);
      changed[place] ^= 0x04;
      expect(['damaged', 'unusable'], `byte ${place}`).toContain((await refused(changed)).code);
    }
  });

  it('when something follows it, or a piece is missing, twice or elsewhere', async () => {
    const bytes = await exported(await filled());
    const header = bytes.indexOf('\n') + 1;
    const first = header + 4 + bytes.readUInt32BE(header);
    const [line, one, rest] = [bytes.subarray(0, header), bytes.subarray(header, first), bytes.subarray(first)];
    expect(rest.length).toBeGreaterThan(0);
    for (const parts of [
      [bytes, Buffer.from('x')],
      [line, rest],
      [line, one],
      [line, one, one, rest],
      [line, rest, one],
      [bytes, rest],
    ]) {
      expect((await refused(Buffer.concat(parts))).code).toBe('damaged');
    }
  });

  it.each([
    ['another master key', WITH_MASTER, { kind: 'master', key: OTHER_MASTER } as const, MASTER.id],
    ['a pass-phrase instead of a master key', WITH_MASTER, WITH_PHRASE, 'leave --passphrase-file out'],
    ['a master key instead of a pass-phrase', WITH_PHRASE, WITH_MASTER, '--passphrase-file'],
    [
      'another pass-phrase',
      WITH_PHRASE,
      { kind: 'passphrase', passphrase: 'no' } as const,
      'the pass-phrase is another one',
    ],
  ])('with %s', async (_, made, given, words) => {
    expect((await refused(await exported(await filled(), made), given)).message).toContain(words);
  });

  it('when it is not an export, or one of a later version', async () => {
    expect((await refused(Buffer.from('{"hello":1}\n'))).message).toContain('not an export');
    expect((await refused(Buffer.alloc(100_000))).message).toContain('not an export');
    const later = Buffer.from('{"format":"wasmqtt-store-export","version":2,"key":{}}\n');
    expect((await refused(later)).message).toContain('later version');
  });

  it('when it asks for a pass-phrase that costs too much', async () => {
    const key = { kind: 'passphrase', N: 2 ** 30, r: 8, p: 1, salt: 'AAAA' };
    const line = `${JSON.stringify({ format: 'wasmqtt-store-export', version: 1, key })}\n`;
    expect((await refused(Buffer.from(line), WITH_PHRASE)).code).toBe('damaged');
  });

  it('when the store is not empty, unless they are to be merged', async () => {
    const bytes = await exported(await filled());
    const to = await openSealed();
    await to.commit([
      put('a', 'mine'),
      put('c', 'mine'),
      { op: 'put', table: 'meta', key: ['device-sid'], data: Buffer.from('own') },
    ]);
    expect((await storeError(() => importRecords(to, inPieces(bytes), WITH_MASTER))).code).toBe('already-exists');
    expect(await textOf(to, 'a')).toBe('mine');
    await importRecords(to, inPieces(bytes), WITH_MASTER, { merge: true });
    expect(await Promise.all(['a', 'b', 'c'].map((key) => textOf(to, key)))).toEqual(['one', 'two', 'mine']);
    expect(await contents(to)).toContain('meta device-sid own');
  });

  it('when it would put another CA in the place of one; and merged, it takes back no revocation', async () => {
    const from = await openSealed();
    const certificate = { op: 'put', table: 'pki_certificate', key: ['CA', '01'], data: Buffer.from('valid') } as const;
    const ca = (text: string) => ({ op: 'put', table: 'pki_ca', key: ['CA'], data: Buffer.from(text) }) as const;
    await from.commit([ca('key 1'), certificate]);
    const bytes = await exported(from);
    const to = await openSealed();
    await to.commit([ca('key 2'), { ...certificate, data: Buffer.from('revoked') }]);
    const merge = () => importRecords(to, inPieces(bytes), WITH_MASTER, { merge: true });
    expect((await storeError(merge)).code).toBe('already-exists');
    await to.commit([ca('key 1')]);
    await merge();
    expect(await contents(to)).toContain('pki_certificate CA/01 revoked');
  });

  it('when it would give a unique name to something else', async () => {
    const bytes = await exported(await filled());
    const to = await openSealed();
    await to.commit([{ op: 'put', table: 'device_name', key: ['AC1', 'pump'], data: Buffer.from('UV2') }]);
    const error = await storeError(() => importRecords(to, inPieces(bytes), WITH_MASTER, { merge: true }));
    expect(error).toMatchObject({ code: 'already-exists', message: expect.stringContaining('"pump"') });
    expect(await textOf(to, 'a')).toBeUndefined();
  });
});
