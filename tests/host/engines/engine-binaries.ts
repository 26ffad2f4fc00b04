import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:process';

const require = createRequire(import.meta.url);

/** Programs in the packages that npm installs for this platform; where a system has two C libraries, the usual one comes first. */
const CANDIDATES = {
  deno: [`@deno/${platform}-${arch}-glibc/deno`, `@deno/${platform}-${arch}/deno`, `@deno/win32-${arch}-msvc/deno.exe`],
  bun: [
    `@oven/bun-${platform}-${arch}/bin/bun`,
    `@oven/bun-${platform}-aarch64/bin/bun`,
    `@oven/bun-windows-${arch}/bin/bun.exe`,
    // Its install script, where it is allowed to run, moves the program here; before that a short text lies here.
    'bun/bin/bun.exe',
  ],
  workerd: [`@cloudflare/workerd-${platform}-${arch === 'x64' ? '64' : arch}/bin/workerd`],
};

/** Bytes; no engine is smaller. */
const SMALLEST = 1_000_000;

export type EngineName = keyof typeof CANDIDATES;

/** The program of an engine; undefined where npm has none for this platform. */
export function engineBinary(name: EngineName): string | undefined {
  for (const candidate of CANDIDATES[name]) {
    try {
      const file = require.resolve(candidate);
      if (statSync(file).size > SMALLEST) return file;
    } catch {
      // Not the package of this platform.
    }
  }
  return undefined;
}
