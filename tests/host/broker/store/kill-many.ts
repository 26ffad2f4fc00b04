import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRounds } from './kill-rounds.js';

/** Kills the broker 20 times during 100,000 messages each: `npm run test:kill`, or with other numbers `-- 5 20000`. */
const [rounds = 20, messages = 100_000] = process.argv.slice(2).map(Number);
const directory = mkdtempSync(join(tmpdir(), 'wasmqtt-kill-'));
try {
  const { acknowledged, kills, missing, doubled } = await killRounds(directory, rounds, messages);
  console.log(`${acknowledged} messages acknowledged, ${kills} kills`);
  console.log(`${missing.length} missing, ${doubled.length} of QoS 2 doubled`);
  process.exitCode = missing.length + doubled.length === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
