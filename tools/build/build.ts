// Builds everything into build/: generated sources, the two WASM modules, the host bundle and its types.
// Usage: npm run build -- [--debug | --only MODULE]
//   --debug        also makes build/*.debug.wasm, with source maps
//   --only MODULE  makes the release build of core or app alone
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import binaryen from 'binaryen';
import { runCommand, UsageError } from '../command.js';
import { generate } from '../generate/generate.js';
import { root } from '../root.js';
import { bundleHost, bundlePage, bundleWeb, inlineModules } from './bundle.js';
import { compile, moduleFile, run, type Target } from './compile.js';
import { appendParts, type Exports } from './parts.js';
import { translate } from './translate.js';

/** Entries of the modules, by name. */
type Modules = Record<'core' | 'app', string>;

async function make(name: string, entry: string, target: Target, abi: Exports): Promise<void> {
  const outFile = moduleFile(name, target);
  await compile(entry, target, outFile);
  if (name === 'core' && target === 'release') appendParts(join(root, outFile), abi);
  validate(outFile, target);
}

/** A release build must be well-typed and use only what wasm3 knows: wasm3 itself does not check. */
function validate(outFile: string, target: Target): void {
  const { Features } = binaryen;
  const { MVP, BulkMemory, BulkMemoryOpt, SignExt, MutableGlobals, NontrappingFPToInt, SIMD128 } = Features;
  const known = MVP | BulkMemory | BulkMemoryOpt | SignExt | MutableGlobals | NontrappingFPToInt;
  const module = binaryen.readBinary(readFileSync(join(root, outFile)));
  module.setFeatures(target === 'simd' ? known | SIMD128 : known);
  const valid = module.validate();
  module.dispose();
  if (!valid) throw new Error(`${outFile} is not a valid WebAssembly module for wasm3`);
}

/** Copies the sources of wasm3, so that a firmware needs nothing but this package. */
function copyEngine(): void {
  const [from, to] = ['node_modules/react-native-webassembly/cpp', 'build/wasm3'].map((path) => join(root, path));
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const files = readdirSync(from).filter((name) => /^(m3_(?!api)\w+\.[ch]|wasm3(_defs)?\.h)$/.test(name));
  for (const name of files) copyFileSync(join(from, name), join(to, name));
}

/** The description of the REST API lies beside the server that serves it. */
async function describeCloud(): Promise<void> {
  // Not before: a single module is built where there is no host.
  const { openApiDocument } = await import('../../host/cloud/rest/openapi.js');
  const document = await openApiDocument();
  writeFileSync(join(root, 'build/host/openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
}

async function buildAll(modules: Modules, simd: string, abi: Exports, targets: readonly Target[]): Promise<void> {
  await Promise.all([
    ...targets.flatMap((target) => Object.entries(modules).map(([name, entry]) => make(name, entry, target, abi))),
    make('core', simd, 'simd', abi), // for engines that compile: the same source, larger and faster
  ]);
  inlineModules();
  await Promise.all([
    bundleHost().then(bundlePage),
    bundleWeb(),
    run('typescript/bin/tsc', ['-p', 'tsconfig.types.json']),
  ]);
  await describeCloud();
  copyEngine();
  const untranslated = translate();
  if (untranslated) console.error(`build: ${untranslated}; only the translated core for firmware needs it`);
}

await runCommand('build', async () => {
  const { values } = parseArgs({ options: { debug: { type: 'boolean' }, only: { type: 'string' } } });
  const { modules, simd }: { modules: Modules; simd: string } = JSON.parse(
    readFileSync(join(root, 'asconfig.json'), 'utf8'),
  );
  const { only } = values;
  if (only !== undefined && only !== 'core' && only !== 'app')
    throw new UsageError(`there is no module ${only}; there are ${Object.keys(modules).join(', ')}`);
  const abi = generate();
  if (only) await make(only, modules[only], 'release', abi);
  else await buildAll(modules, simd, abi, values.debug ? ['release', 'debug'] : ['release']);
  return 0;
});
