// Where in the sources an instruction of build/core.wasm comes from: a second build with names and a source map has the same code.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../../tools/build/compile.js';
import { root } from '../../../tools/root.js';
import { Reader, readModule } from './module.js';

/** The names of functions by index, from the custom section "name". */
function readNames({ sections }) {
  for (const { id, content } of sections) {
    if (id !== 0) continue;
    const reader = new Reader(content);
    const text = () => Buffer.from(reader.take(reader.unsigned())).toString();
    if (text() !== 'name') continue;
    while (reader.at < content.length) {
      const part = reader.byte();
      const end = reader.unsigned() + reader.at;
      if (part === 1) return Array.from({ length: reader.unsigned() }, () => [reader.unsigned(), text()][1]);
      reader.at = end;
    }
  }
  throw new Error('the build with names has none');
}

/** What stands at these bytes of the module: the function's name, and file, line and text of the source. */
class Places {
  #shift;
  #names;
  #map;
  #texts = new Map();

  constructor(module, named, map) {
    this.#names = readNames(named);
    this.#map = map;
    this.#shift = named.codeStart - module.codeStart;
  }

  functionName(index) {
    return this.#names[index].replace(/^assembly\//, '');
  }

  /** Of the instruction at this byte of the file; what has no place of its own belongs to the one before. */
  of(index, at) {
    const { originalSource: file, originalLine: line } = this.#map.findEntry(0, at + this.#shift);
    const name = this.functionName(index);
    if (!file?.startsWith('assembly/')) return { function: name };
    if (!this.#texts.has(file)) this.#texts.set(file, readFileSync(join(root, file), 'utf8').split('\n'));
    return { function: name, file, line: line + 1, text: this.#texts.get(file)[line].trim() };
  }
}

/** @param module build/core.wasm, from readModule */
export async function findPlaces(module) {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-names-'));
  const outFile = join(folder, 'core.wasm');
  try {
    const { modules } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8'));
    await compile(modules.core, 'release', outFile, true);
    const named = readModule(readFileSync(outFile));
    const code = ({ sections }) => sections.find(({ id }) => id === 10).content;
    if (!code(named).equals(code(module)))
      throw new Error('build/core.wasm is not what the sources give: run "npm run build" and this again');
    return new Places(module, named, new SourceMap(JSON.parse(readFileSync(`${outFile}.map`, 'utf8'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The mutants with their places and keys. A key names a mutant as long as the text of its line stays. */
export function described(list, places) {
  const seen = new Map();
  return list.map((mutant) => {
    const place = places.of(mutant.function, mutant.at);
    const key = `${place.function} | ${place.text ?? ''} | ${mutant.change}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { ...mutant, place, key: count === 1 ? key : `${key} | ${count}` };
  });
}
