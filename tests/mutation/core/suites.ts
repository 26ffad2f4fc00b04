// The tests of the core as programs that run in a process any number of times, on any module: the files of vitest as bundles, and
// the specs of as-pect compiled so that they call the core instead of a copy of its sources.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { root } from '../../../tools/root.js';
import { bundle } from '../bundles/bundle.js';
import { FIRST, otherFiles } from './test-files.js';
import type { Suite } from './trial.js';

/** Specs of functions that the core does not export, and of the application. */
const SPECS_LEFT_OUT = /app-|varint/;

async function vitestSuite(file: string, isFirst: boolean): Promise<Suite> {
  return { kind: 'vitest', file, isFirst, source: await bundle(file) };
}

/** An export of the core, as assembly/abi describes it. */
interface Described {
  name: string;
  params: { name: string; type: string }[];
  returns: string;
}

const TYPES: Readonly<Record<string, string>> = { ptr: 'usize', u32: 'u32', i32: 'i32' };

/** Declares the exports of the core as those of another module. */
function declarations(): string {
  const folder = join(root, 'assembly/abi');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const exports: Described[] = files.flatMap(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).exports ?? [],
  );
  return exports
    .map(({ name, params, returns }) => {
      const parameters = params.map((param) => `${param.name}: ${TYPES[param.type] ?? 'i32'}`).join(', ');
      return `@external("core", "${name}") export declare function ${name}(${parameters}): ${TYPES[returns]};`;
    })
    .join('\n');
}

/** The data of a spec begins here, above that of the core in the same memory. */
const SPEC_BASE = 65_536;

async function specSuite(file: string, declared: string): Promise<Suite> {
  let binary: Uint8Array | undefined;
  const options = ['--config', 'tests/unit/as-pect.asconfig.json', '--target', 'noCoverage'];
  const { error, stderr } = await asc.main([file, ...options, '--memoryBase', String(SPEC_BASE)], {
    readFile(name, folder) {
      if (/^assembly\/(der|hex|memory|mqtt|mqtt\/session)\/index\.ts$/.test(name)) return declared;
      try {
        return readFileSync(join(folder, name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile(name, contents) {
      if (name.endsWith('.wasm')) binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`${file}: ${error?.message}\n${stderr}`);
  return { kind: 'spec', file, isFirst: true, binary: Buffer.from(binary) };
}

/** Every suite, in the order in which they are tried. */
export async function makeSuites(): Promise<Suite[]> {
  const declared = declarations();
  const specs = readdirSync(join(root, 'tests/unit')).filter((f) => f.endsWith('.spec.ts') && !SPECS_LEFT_OUT.test(f));
  const suites: Suite[] = [];
  for (const file of FIRST) suites.push(await vitestSuite(file, true));
  for (const file of specs) suites.push(await specSuite(`tests/unit/${file}`, declared));
  for (const file of otherFiles()) suites.push(await vitestSuite(file, false));
  return suites;
}
