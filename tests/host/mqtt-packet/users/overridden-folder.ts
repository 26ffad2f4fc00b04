import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { Child } from '../../../interop/child.js';
import { temporaryFolder } from '../../../interop/temporary.js';

const modules = new URL('../../../../node_modules/', import.meta.url).pathname;
const builtFile = new URL('../../../../build/host/mqtt-packet.js', import.meta.url);

const guide = readFileSync(new URL('../../../../docs/drop-in.md', import.meta.url), 'utf8');

/** The text of the code block in docs/drop-in.md that begins with this line, without that line. */
function fromGuide(firstLine: string): string {
  const found = guide.split(/^```\w*\n/m).find((block) => block.startsWith(`${firstLine}\n`));
  if (!found) throw new Error(`docs/drop-in.md has no code block that begins with ${firstLine}`);
  return found.slice(firstLine.length, found.indexOf('```')).replaceAll('wasmqtt/mqtt-packet', builtFile.href);
}

/** What stands for mqtt-packet: this codec, this codec with `lenient` for callers without options, or mqtt-packet itself. */
export type Codec = 'strict' | 'lenient' | 'mqtt-packet';

/** The files of the package that replaces mqtt-packet: those that docs/drop-in.md tells users to make. */
const replacement = (codec: Codec) => ({
  'package.json': JSON.stringify({ name: 'mqtt-packet', version: '9.0.2', type: 'module', main: 'index.js' }),
  'index.js':
    codec === 'lenient'
      ? fromGuide('// index.js')
      : `export * from '${builtFile}';\nexport { default } from '${builtFile}';\n`,
});

/**
 * A folder whose node_modules are those of this package except for mqtt-packet, as after an npm override. Its programs must
 * not resolve symbolic links, otherwise packages would find the mqtt-packet beside their real folder.
 */
export class OverriddenFolder {
  readonly #folder = temporaryFolder();

  constructor(codec: Codec = 'strict') {
    const target = join(this.#folder.folder, 'node_modules');
    mkdirSync(target);
    for (const name of readdirSync(modules)) {
      if (name !== 'mqtt-packet' || codec === 'mqtt-packet') symlinkSync(join(modules, name), join(target, name));
    }
    if (codec === 'mqtt-packet') return;
    mkdirSync(join(target, 'mqtt-packet'));
    for (const [name, text] of Object.entries(replacement(codec)))
      writeFileSync(join(target, 'mqtt-packet', name), text);
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
