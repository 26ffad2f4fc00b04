import { readdirSync } from 'node:fs';
import process from 'node:process';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { Child } from '../../interop/child.js';
import { type EngineName, engineBinary } from './engine-binaries.js';
import { EngineFolder, expected } from './engine-folder.js';

const folder = new EngineFolder();
afterAll(() => folder.remove());

const mains = [folder.main('wasmqtt'), folder.main('wasmqtt/inline')];

/** What a program prints on standard output. */
async function printed(command: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, NO_COLOR: '1' };
  const { code, stdout, stderr } = await new Child(command, args, { cwd: folder.path(), env }).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

/** Runs a test in an engine of npm; where npm has none for this platform, it is skipped and its name says so. */
function inEngine(name: EngineName, title: string, run: (binary: string) => Promise<void>): void {
  const binary = engineBinary(name);
  if (binary === undefined) it.skip(`${title} (needs: ${name}, which npm did not install here)`);
  else it(title, () => run(binary));
}

describe('the small program returns the same', () => {
  it('in Node', async () => {
    for (const main of mains) expect(await printed(process.execPath, main)).toBe(expected);
  });

  inEngine('deno', 'in Deno, without any permission', async (deno) => {
    for (const main of mains) expect(await printed(deno, 'run', '--no-prompt', '--no-remote', main)).toBe(expected);
  });

  inEngine('bun', 'in Bun', async (bun) => {
    for (const main of mains) expect(await printed(bun, 'run', main)).toBe(expected);
  });

  inEngine(
    'workerd',
    'in workerd with Buffer and without, bundled with its conditions as its tools do',
    async (workerd) => {
      expect(await printed(workerd, 'test', await workersOf('wasmqtt'))).toBe(`${expected}\n${expected}`);
    },
  );
});

/** The dates of what workerd offers: from some day on, Buffer is there without a flag. */
const DATES = ['2024-01-01', '2026-11-01'];

/** The configuration of workers. The module of the core is a module of theirs: workerd takes it from imports only. */
async function workersOf(name: string): Promise<string> {
  const outdir = folder.path('worker');
  const main = folder.write(
    'worker.js',
    `import { run } from './run-${name}.js';\nexport default { async test() { console.log(await run()); } };\n`,
  );
  await build({
    entryPoints: [main],
    outdir,
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'error',
  });
  const wasm = readdirSync(outdir).filter((file) => file.endsWith('.wasm'));
  const modules = [
    '(name = "worker.js", esModule = embed "worker/worker.js")',
    ...wasm.map((file) => `(name = "${file}", wasm = embed "worker/${file}")`),
  ].join(', ');
  const services = DATES.map(
    (date) => `(name = "${date}", worker = (compatibilityDate = "${date}", modules = [${modules}]))`,
  );
  return folder.write(
    'worker.capnp',
    `using Workerd = import "/workerd/workerd.capnp";\nconst config :Workerd.Config = (services = [${services.join(', ')}]);\n`,
  );
}
