// engine: LMDB
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Commit, Engine, RecordChange } from '../../../../host/cloud/store/engine/engine.js';
import { KEPT_COMMITS } from '../../../../host/cloud/store/engine/engine.js';
import { LmdbEngine } from '../../../../host/cloud/store/engine/lmdb-engine.js';
import { fixedMasterKey, MasterKey } from '../../../../host/cloud/store/seal/master-key.js';
import { SealedEngine } from '../../../../host/cloud/store/seal/sealed-engine.js';
import { engineContract } from './engine-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-sealed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const master = fixedMasterKey(new MasterKey(Buffer.alloc(32, 9)));

/** A sealed engine as if its data key had taken no revision: the contract counts from the first commit of the test. */
function withoutKeyRevision(engine: Engine): Engine {
  const down = <T extends { revision: number }>(thing: T): T => ({ ...thing, revision: thing.revision - 1 });
  const up = (change: RecordChange): RecordChange =>
    typeof change.if === 'number' ? { ...change, if: change.if + 1 } : change;
  return {
    place: engine.place,
    get: async (table, key) => (await engine.getMany(table, [key])).map((record) => record && down(record))[0],
    getMany: async (table, keys) => (await engine.getMany(table, keys)).map((record) => record && down(record)),
    list: async (table, prefix, range) => (await engine.list(table, prefix, range)).map(down),
    count: (table, prefix) => engine.count(table, prefix),
    async *scan() {
      for await (const record of engine.scan()) yield down(record);
    },
    async commit(changes): Promise<Commit> {
      const commit = await engine.commit(changes.map(up));
      return commit.committed ? down(commit) : commit;
    },
    async changesSince(revision) {
      const since = await engine.changesSince(revision + 1);
      return { ...down(since), changes: since.changes.map(down) };
    },
    watch: (listener) => engine.watch((revision) => listener(revision - 1)),
    close: () => engine.close(),
  };
}

engineContract(
  'sealed LMDB',
  async (store) => withoutKeyRevision(await SealedEngine.open(new LmdbEngine(join(folder, store)), master)),
  KEPT_COMMITS,
);
