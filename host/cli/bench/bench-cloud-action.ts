import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CloudPlace, cloudRows, measureCloud } from '../../bench/index.js';
import { isPostgresAddress } from '../../cloud/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { openStore } from '../services/local-store.js';
import { usageHeads, usageText } from './usage-table.js';

export interface BenchCloudFlags {
  json?: boolean;
  filter?: string;
  /** address of an empty database in PostgreSQL, which is measured beside LMDB */
  store?: string;
}

/** Reads a second that are to be reached. */
const LMDB_READS = 5000;
const POSTGRES_READS = 3000;

/** `wasmqtt bench --cloud`. @throws UserError when no row is left, or nothing can be measured here */
export async function benchCloudAction({ json, filter = '', store }: BenchCloudFlags): Promise<void> {
  if (store !== undefined && !isPostgresAddress(store)) {
    throw new UserError('--store: the folder is measured anyway; give the postgres:// address of an empty database');
  }
  const names = [...cloudRows('cloud'), ...(store === undefined ? [] : cloudRows('cloud.postgres'))];
  if (!names.some((name) => name.includes(filter))) {
    throw new UserError(`--filter ${filter}: no row has this in its name; there are ${names.join(', ')}`);
  }
  const data = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
  try {
    const place = (name: string, reads: number, where: { data: string; store: string }): CloudPlace => {
      const options = Object.entries(where).flatMap(([option, text]) => [`--${option}`, text]);
      return { name, reads, options, open: () => openStore(where) };
    };
    // Said in any case: the environment may name another store.
    const places = [place('cloud', LMDB_READS, { data, store: join(data, 'lmdb') })];
    if (store) places.push(place('cloud.postgres', POSTGRES_READS, { data: join(data, 'postgres'), store }));
    const results = await measureCloud({ cli: process.argv[1], places, filter, progress }).catch((error) => {
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
