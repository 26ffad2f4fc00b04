import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

/** The tables that tests write: each row is one run of `wasmqtt doctor`, so the tables hold what was asserted too. */
export const TRAP_TABLES: Readonly<Record<string, string>> = {
  traps: 'tests/host/cli/doctor/doctor-traps.test.ts',
  'connect-traps': 'tests/host/cli/doctor/connect-traps.test.ts',
};

/** Runs these tests, one after the other since they write one document, docs/doctor.md. They need openssl and mosquitto (npm run setup). */
export function writeTrapTables(names: readonly string[]): void {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const files = names.map((name) => TRAP_TABLES[name]);
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--no-file-parallelism', '--config', 'tests/vitest.config.ts', ...files],
    {
      cwd: root,
      stdio: ['ignore', process.stderr, 'inherit'],
      env: { ...process.env, WASMQTT_WRITE_DOCS: '1' },
    },
  );
  if (status !== 0) throw new Error('the tests of wasmqtt doctor failed, so the tables of traps were not written');
}
