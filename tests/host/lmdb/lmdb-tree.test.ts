import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { expect, it, onTestFinished } from 'vitest';
import { prepareLmdbFolder } from '../../../host/lmdb/lmdb-folder.js';
import { findLmdbFault } from '../../../host/lmdb/lmdb-tree.js';
import { openLmdb } from '../../../host/lmdb/open-lmdb.js';

type Lmdb = RootDatabase<Uint8Array, (string | number)[]>;

function newStore(): { lmdb: Lmdb; path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-lmdb-'));
  prepareLmdbFolder(folder);
  const lmdb: Lmdb = openLmdb(folder, 'bytes');
  onTestFinished(async () => {
    await lmdb.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { lmdb, path: join(folder, 'data.mdb') };
}

it('finds nothing wrong with a new store', () => {
  expect(findLmdbFault(newStore().path)).toBeUndefined();
});

it('finds nothing wrong with stores in which anything was put, replaced and removed', async () => {
  const { lmdb, path } = newStore();
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 60; round++) {
    lmdb.transactionSync(() => {
      for (let n = 0; n < 200; n++) {
        const key = ['table', `${random(20)}`.repeat(1 + random(40)), random(3000)];
        if (random(3) === 0) lmdb.removeSync(key);
        else lmdb.putSync(key, Buffer.alloc(random(10) === 0 ? random(20_000) : random(300), n));
      }
    });
    expect(findLmdbFault(path), `round ${round}`).toBeUndefined();
  }
});

it('finds nothing wrong while another handle writes, as long as the moment is held', async () => {
  const { lmdb, path } = newStore();
  const writing = (async () => {
    for (let n = 0; n < 300; n++) {
      await lmdb.childTransaction(() => void lmdb.putSync(['k', n % 50], Buffer.alloc(n * 13)));
    }
  })();
  for (let n = 0; n < 100; n++) {
    const transaction = lmdb.useReadTransaction();
    expect(findLmdbFault(path)).toBeUndefined();
    transaction.done();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writing;
});
