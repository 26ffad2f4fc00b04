// engine: LMDB
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { KEPT_COMMITS } from '../../../../host/cloud/store/engine/engine.js';
import { LmdbEngine } from '../../../../host/cloud/store/engine/lmdb-engine.js';
import { engineContract } from './engine-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-engine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

engineContract('LMDB', async (store) => new LmdbEngine(join(folder, store)), KEPT_COMMITS);
