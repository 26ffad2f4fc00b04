import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudRows, measureCloud } from '../../bench/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { openStore } from '../services/local-store.js';
import { usageHeads, usageText } from './usage-table.js';

export interface BenchCloudFlags {
  json?: boolean;
  filter?: string;
}

/** Reads a second from LMDB that are to be reached. */
const LMDB_READS = 5000;

/** `wasmqtt bench --cloud`. @throws UserError when no row is left, or nothing can be measured here */
export async function benchCloudAction({ json, filter = '' }: BenchCloudFlags): Promise<void> {
  const names = cloudRows('cloud');
  if (!names.some((name) => name.includes(filter))) {
    throw new UserError(`--filter ${filter}: no row has this in its name; there are ${names.join(', ')}`);
  }
  const data = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
  try {
    const lmdb = { name: 'cloud', options: ['--data', data], reads: LMDB_READS, open: () => openStore(data) };
    const results = await measureCloud({ cli: process.argv[1], places: [lmdb], filter, progress }).catch((error) => {
      throw new UserError(`bench --cloud: ${reasonOf(error)}`);
    });
    progress('');
    const colours = coloursFor(process.stdout);
    if (!json) process.stdout.write(`${usageHeads}\n`);
    for (const result of results) {
      process.stdout.write(`${json ? JSON.stringify(result) : usageText(result, colours)}\n`);
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
