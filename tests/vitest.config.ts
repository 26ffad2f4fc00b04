import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { sharesProcess } from './one-process.js';
import { PATIENCE } from './patience.js';

const include = [
  'house',
  'docs',
  'host',
  'interop',
  'conformance',
  'firmware',
  'exhaustive',
  'fuzz',
  'bench',
  'mutation',
].map((folder) => `tests/${folder}/**/*.test.ts`);
const missing = (process.env.WASMQTT_MISSING_TOOLS ?? '').split(',').filter(Boolean);

/** Test files say which programs they need in a line "// needs: openssl, curl". */
function needsMissing(file: string): boolean {
  const [, needs = ''] = /^\/\/ needs: (.*)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return needs.split(', ').some((tool) => missing.includes(tool));
}

/** Test files that are for one engine of the cloud's store say so in a line "// engine: PostgreSQL". */
function engineOf(file: string): string | undefined {
  return /^\/\/ engine: (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
}

const files = readdirSync('tests', { recursive: true, encoding: 'utf8' }).map((file) => `tests/${file}`);
const tests = files.filter((file) => file.endsWith('.test.ts'));
const leftOut = missing.length === 0 ? [] : tests.filter(needsMissing);
const onPostgres = tests.filter((file) => engineOf(file) === 'PostgreSQL');
/** What is said of the cloud, and of others in its store, holds whichever engine keeps its records. */
const inStore = ['tests/host/cloud/', 'tests/host/dojot/pki/'];
const onBoth = tests.filter(
  (file) => inStore.some((folder) => file.startsWith(folder)) && engineOf(file) === undefined,
);
const together = tests.filter(sharesProcess);
const hasPostgres = !missing.includes('postgres');
/** All of these files use one cluster, which some of them stop. */
const onKafka = tests.filter((file) => file.startsWith('tests/kafka/'));
const hasKafka = !missing.includes('kafka');
for (const file of leftOut) console.log(`left out: ${file}`);
if (!hasPostgres) for (const file of [...onPostgres, ...onBoth]) console.log(`left out on PostgreSQL: ${file}`);

const shared = {
  // A test may wait for several things, one after the other.
  testTimeout: 4 * PATIENCE,
  hookTimeout: 4 * PATIENCE,
  expect: { poll: { timeout: PATIENCE } },
  // Debian keeps mosquitto in /usr/sbin, which a plain user's PATH may lack.
  env: { PATH: `${process.env.PATH}:/usr/sbin` },
};
const postgres = {
  ...shared,
  name: 'postgresql',
  include: [...onPostgres, ...onBoth],
  exclude: leftOut,
  globalSetup: 'tests/host/cloud/postgres/provide-postgres.ts',
};
const kafka = {
  ...shared,
  name: 'kafka',
  include: onKafka,
  globalSetup: 'tests/kafka/provide-kafka.ts',
  fileParallelism: false,
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    // One for each core: most files wait for programs that they have started.
    maxWorkers: availableParallelism(),
    projects: [
      { test: { ...shared, name: 'wasmqtt', include, exclude: [...leftOut, ...onPostgres, ...together] } },
      { test: { ...shared, name: 'together', include: together, exclude: leftOut, isolate: false } },
      ...(hasPostgres ? [{ test: postgres }] : []),
      ...(hasKafka ? [{ test: kafka }] : []),
    ],
  },
});
