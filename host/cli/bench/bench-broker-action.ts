import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BrokerRow, LoadGenerator, loadRows, NoLoadGenerator, retainedRows } from '../../bench/index.js';
import { reasonOf } from '../../node/reason.js';
import { ensurePki } from '../../pki/index.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import type { BenchFlags } from './bench-action.js';
import { usageHeads, usageText } from './usage-table.js';

/** `wasmqtt bench --broker`. @throws UserError when no row is left, or something that it needs is missing */
export async function benchBrokerAction(flags: BenchFlags): Promise<void> {
  const all = [...loadRows, ...retainedRows];
  const chosen = all.filter(({ benches }) => benches.some((bench) => bench.includes(flags.filter ?? '')));
  if (chosen.length === 0) {
    const names = all.flatMap(({ benches }) => benches).join(', ');
    throw new UserError(`--filter ${flags.filter}: no row has this in its name; there are ${names}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
  const load = await compile();
  try {
    await run(chosen, load, folder, flags);
  } finally {
    load.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(chosen: readonly BrokerRow[], load: LoadGenerator, folder: string, flags: BenchFlags) {
  const colours = coloursFor(process.stdout);
  const tls = await certificates(folder);
  if (!flags.json) process.stdout.write(`${usageHeads}\n`);
  for (const row of chosen) {
    const results = await row.measure({ load, cli: process.argv[1], tls, progress }).catch((error) => {
      throw new UserError(`${row.benches[0]}: ${reasonOf(error)}`);
    });
    progress('');
    for (const result of results) {
      process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${usageText(result, colours)}\n`);
    }
  }
}

async function compile(): Promise<LoadGenerator> {
  const root = dirname(createRequire(import.meta.url).resolve('wasmqtt/package.json'));
  try {
    return await LoadGenerator.compile(root);
  } catch (error) {
    if (error instanceof NoLoadGenerator) throw new UserError(error.message);
    throw error;
  }
}

/** A server certificate for both brokers, as files. */
async function certificates(folder: string) {
  const pki = await ensurePki(join(folder, 'pki'), { deviceSid: `UV${'0'.repeat(32)}` });
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o644 });
    return path;
  };
  return {
    ca: file('ca.pem', pki.ca.certificatePem),
    certificate: file('server.pem', pki.server.certificatePem),
    key: file('server.key', pki.server.privateKeyPem),
  };
}
