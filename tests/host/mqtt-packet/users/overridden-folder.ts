import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { Child } from '../../../interop/child.js';
import { temporaryFolder } from '../../../interop/temporary.js';

const modules = new URL('../../../../node_modules/', import.meta.url).pathname;
const builtFile = new URL('../../../../build/host/mqtt-packet.js', import.meta.url);

/** The package that replaces mqtt-packet: the one that the README of host/mqtt-packet tells users to make. */
const replacement = {
  'package.json': JSON.stringify({ name: 'mqtt-packet', version: '9.0.2', type: 'module', main: 'index.js' }),
  'index.js': `export * from '${builtFile}';\nexport { default } from '${builtFile}';\n`,
};

/**
 * A folder whose node_modules are those of this package except for mqtt-packet, as after an npm override. Its programs must
 * not resolve symbolic links, otherwise packages would find the mqtt-packet beside their real folder.
 */
export class OverriddenFolder {
  readonly #folder = temporaryFolder();

  constructor() {
    const target = join(this.#folder.folder, 'node_modules');
    mkdirSync(join(target, 'mqtt-packet'), { recursive: true });
    for (const name of readdirSync(modules)) {
      if (name !== 'mqtt-packet') symlinkSync(join(modules, name), join(target, name));
    }
    for (const [name, text] of Object.entries(replacement)) writeFileSync(join(target, 'mqtt-packet', name), text);
  }

  /** Runs a program of the folder `programs` there; TypeScript is run as the JavaScript module that it means. */
  run(name: string, ...args: string[]): Child {
    const source = new URL(`programs/${name}`, import.meta.url);
    const file = join(this.#folder.folder, name.replace(/\.ts$/, '.mjs'));
    if (file.endsWith(name)) copyFileSync(source, file);
    else writeFileSync(file, transformSync(readFileSync(source, 'utf8'), { loader: 'ts' }).code);
    const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
    return new Child(process.execPath, [...flags, file, ...args], { cwd: this.#folder.folder });
  }

  remove(): void {
    this.#folder.remove();
  }
}
