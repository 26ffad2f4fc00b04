import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

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

const files = readdirSync('tests', { recursive: true, encoding: 'utf8' }).map((file) => `tests/${file}`);
const leftOut = missing.length === 0 ? [] : files.filter((file) => file.endsWith('.test.ts') && needsMissing(file));
for (const file of leftOut) console.log(`left out: ${file}`);

export default defineConfig({
  test: {
    include,
    exclude: leftOut,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Debian keeps mosquitto in /usr/sbin, which a plain user's PATH may lack.
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
  },
});
