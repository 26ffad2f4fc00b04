import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { typescriptProgram } from '../../../../tools/run-typescript.js';
import { Child } from '../../../interop/child.js';
import { temporaryFolder } from '../../../interop/temporary.js';

const modules = new URL('../../../../node_modules/', import.meta.url).pathname;
const builtFile = new URL('../../../../build/host/mqtt-packet.js', import.meta.url);

/** The package that stands in the place of mqtt-packet: what README of host/mqtt-packet tells users to make. */
const replacement = {
  'package.json': JSON.stringify({ name: 'mqtt-packet', version: '9.0.2', type: 'module', main: 'index.js' }),
  'index.js': `export * from '${builtFile}';\nexport { default } from '${builtFile}';\n`,
};

/**
 * A folder whose node_modules are those of this package, but for mqtt-packet: what an npm override gives. Programs in it
 * must not resolve symbolic links, else its packages would see the mqtt-packet beside them.
 */
export class OverriddenFolder {
  readonly #folder = temporaryFolder();

  constructor() {
    const target = join(this.#folder.folder, 'node_modules');
    mkdirSync(join(target, 'mqtt-packet'), { recursive: true });
    for (const name of readdirSync(modules)) {
      if (name !== 'mqtt-packet') symlinkSync(join(modules, name), join(target, name));
    }
    writeFileSync(join(this.#folder.folder, 'package.json'), JSON.stringify({ type: 'module' }));
    for (const [name, text] of Object.entries(replacement)) writeFileSync(join(target, 'mqtt-packet', name), text);
  }

  /** Runs a program of the folder `programs` there. */
  run(name: string, ...args: string[]): Child {
    const file = join(this.#folder.folder, name);
    copyFileSync(new URL(`programs/${name}`, import.meta.url), file);
    const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
    return new Child(process.execPath, [...flags, ...typescriptProgram(file, ...args)], { cwd: this.#folder.folder });
  }

  remove(): void {
    this.#folder.remove();
  }
}
