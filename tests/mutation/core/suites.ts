// The tests of the core as programs that run in this process, any number of times and on any module: the files of vitest as
// bundles, the specs of as-pect compiled so that they call the core instead of a copy of its sources.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { root } from '../../../tools/root.js';
import { bundle } from '../bundles/bundle.js';

/** Those that kill most for their time come first. */
const FIRST = ['module/call', 'session/session', 'der/der', 'mqtt'].map(
  (name) => `tests/host/core/${name}-vectors.test.ts`,
);
const FOLDERS = ['tests/host/core', 'tests/conformance'];
/** What starts processes, checks other things than the core, or takes a second and more for each of its cases. */
const LEFT_OUT = /heap\.test|instructions|der-mutation|der-signed|module\.test|package\.test|manifest|broker-/;
/** Specs of functions that the core does not export, and of the application. */
const SPECS_LEFT_OUT = /app-|varint/;

const testFiles = () => {
  const filesOf = (folder) => readdirSync(join(root, folder), { recursive: true });
  const all = FOLDERS.flatMap((folder) => filesOf(folder).map((file) => `${folder}/${file.replaceAll('\\', '/')}`));
  const files = all.filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.test(file) && !FIRST.includes(file));
  return { first: FIRST, others: files };
};

const vitestSuite = async (file) => ({ kind: 'vitest', file, source: await bundle(file) });

const TYPES = { ptr: 'usize', u32: 'u32', i32: 'i32' };

/** The exports of the core, declared as another module's. */
function declarations() {
  const folder = join(root, 'assembly/abi');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const exports = files.flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).exports ?? []);
  return exports
    .map(({ name, params, returns }) => {
      const parameters = params.map((param) => `${param.name}: ${TYPES[param.type] ?? 'i32'}`).join(', ');
      return `@external("core", "${name}") export declare function ${name}(${parameters}): ${TYPES[returns]};`;
    })
    .join('\n');
}

/** Where the data of a spec begins: above that of the core, in the same memory. */
const SPEC_BASE = 65_536;

async function spec(file, declared) {
  let binary;
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
      if (name.endsWith('.wasm')) binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${file}: ${error.message}\n${stderr}`);
  return { kind: 'spec', file, binary: Buffer.from(binary) };
}

/** Every suite, in the order in which they are tried. */
export async function makeSuites() {
  const declared = declarations();
  const specs = readdirSync(join(root, 'tests/unit')).filter((f) => f.endsWith('.spec.ts') && !SPECS_LEFT_OUT.test(f));
  const { first, others } = testFiles();
  const suites = [];
  for (const file of first) suites.push({ ...(await vitestSuite(file)), isFirst: true });
  for (const file of specs) suites.push({ ...(await spec(`tests/unit/${file}`, declared)), isFirst: true });
  for (const file of others) suites.push(await vitestSuite(file));
  return suites;
}
