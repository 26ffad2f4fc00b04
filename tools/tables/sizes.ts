import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const MODULES = {
  'core.wasm': 'the core, compiled for size: for firmware',
  'core.simd.wasm': 'the same source, compiled for speed: Node takes this one',
  'app.wasm': 'the device application with the codecs that it uses',
} as const;

export type ModuleName = keyof typeof MODULES;

/** Bytes of a built module. */
export const moduleSize = (name: ModuleName): number => statSync(join(root, 'build', name)).size;

/** The modules and their sizes, for docs/firmware.md. */
export function sizesTable(): string {
  const rows = (Object.keys(MODULES) as ModuleName[]).map(
    (name) => `| \`build/${name}\` | ${MODULES[name]} | ${moduleSize(name).toLocaleString('en-US')} |`,
  );
  return ['| module | what it is | bytes |', '| --- | --- | ---: |', ...rows].join('\n');
}
