import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import * as wasmqtt from '../../../host/core/index.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { derVectors } from '../core/support/der-vectors.js';
import { smallProgram } from './programs/small-program.js';

export const root = join(import.meta.dirname, '../../..');

const certificates = derVectors.filter(({ kind, error }) => kind === 'certificate' && error === undefined);
/** The longest certificate among the vectors, in hex digits. */
const CERTIFICATE = certificates.reduce((long, { hex }) => (hex.length > long.length ? hex : long), '');

/** What the small program returns on the sources, in this engine. */
export const expected = smallProgram(wasmqtt, CERTIFICATE);

/** Files of a program that uses the package as any project does: by its name, from node_modules. */
export class EngineFolder {
  readonly #folder = temporaryFolder();

  constructor() {
    mkdirSync(this.path('node_modules'));
    symlinkSync(root, this.path('node_modules/wasmqtt'));
    this.write('package.json', JSON.stringify({ name: 'program', type: 'module', dependencies: { wasmqtt: '*' } }));
    const source = readFileSync(join(import.meta.dirname, 'programs/small-program.ts'), 'utf8');
    this.write('small-program.js', transformSync(source, { loader: 'ts' }).code);
    for (const name of ['wasmqtt', 'wasmqtt/inline'] as const) {
      this.write(`run-${lastName(name)}.js`, runs(name));
      // Without top-level await, which CommonJS does not have.
      this.write(
        `main-${lastName(name)}.js`,
        `import { run } from './run-${lastName(name)}.js';\nrun().then(console.log);\n`,
      );
    }
  }

  /** A program that prints what the small program returns with this import. */
  main(name: 'wasmqtt' | 'wasmqtt/inline'): string {
    return this.path(`main-${lastName(name)}.js`);
  }

  path(...names: string[]): string {
    return join(this.#folder.folder, ...names);
  }

  write(name: string, text: string): string {
    const file = this.path(name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    this.#folder.remove();
  }
}

const lastName = (name: string) => name.split('/').at(-1);

const runs = (name: string) => `
import * as wasmqtt from '${name}';
import { smallProgram } from './small-program.js';
export async function run() {
  await wasmqtt.init();
  return smallProgram(wasmqtt, '${CERTIFICATE}');
}
`;
