// Where in the sources an instruction of build/core.wasm comes from: a second build with names and a source map has the same code.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../../tools/build/compile.js';
import { root } from '../../../tools/root.js';
import { type Module, Reader, readList, readModule, SECTION, sectionOf } from './module.js';
import type { Mutant } from './probes.js';

/** The part of the section "name" with the names of functions. */
const FUNCTION_NAMES = 1;

/** An entry of that part: the index, which is the place in the list, and the name. */
function nameOf(reader: Reader): string {
  reader.unsigned();
  return Buffer.from(reader.take(reader.unsigned())).toString();
}

/** Where in the sources an instruction comes from. */
export interface Place {
  function: string;
  file?: string;
  line?: number;
  /** Of the line. */
  text?: string;
}

/** The names of functions by index, from the custom section "name". */
function readNames({ sections }: Module): string[] {
  for (const { id, content } of sections) {
    if (id !== SECTION.CUSTOM) continue;
    const reader = new Reader(content);
    const text = () => Buffer.from(reader.take(reader.unsigned())).toString();
    if (text() !== 'name') continue;
    while (reader.at < content.length) {
      const part = reader.byte();
      const end = reader.unsigned() + reader.at;
      if (part === FUNCTION_NAMES) return readList(content.subarray(reader.at), nameOf);
      reader.at = end;
    }
  }
  throw new Error('the build with names has no names');
}

/** Names of functions, and places of instructions. */
export class Places {
  /** How far the code of the build with names lies behind that of the module. */
  readonly #shift: number;
  readonly #names: string[];
  readonly #map: SourceMap;
  readonly #texts = new Map<string, string[]>();

  constructor(module: Module, named: Module, map: SourceMap) {
    this.#names = readNames(named);
    this.#map = map;
    this.#shift = named.codeStart - module.codeStart;
  }

  functionName(index: number): string {
    return this.#names[index].replace(/^assembly\//, '');
  }

  /** The place of the instruction at this byte of the file. An instruction without one has the place of the one before. */
  of(index: number, at: number): Place {
    // Types have it that one of the two is always there.
    const entry: Partial<SourceMapping> = this.#map.findEntry(0, at + this.#shift);
    const { originalSource: file, originalLine: line } = entry;
    const name = this.functionName(index);
    if (!file?.startsWith('assembly/') || line === undefined) return { function: name };
    return { function: name, file, line: line + 1, text: this.#lines(file)[line].trim() };
  }

  #lines(file: string): string[] {
    const known = this.#texts.get(file);
    if (known) return known;
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    this.#texts.set(file, lines);
    return lines;
  }
}

/** Builds the core again, with names. `module` is build/core.wasm. */
export async function findPlaces(module: Module): Promise<Places> {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-names-'));
  const outFile = join(folder, 'core.wasm');
  try {
    const { modules }: { modules: { core: string } } = JSON.parse(readFileSync(join(root, 'asconfig.json'), 'utf8'));
    await compile(modules.core, 'release', outFile, true);
    const named = readModule(readFileSync(outFile));
    const code = (one: Module) => sectionOf(one, SECTION.CODE).content;
    if (!code(named).equals(code(module)))
      throw new Error('build/core.wasm is not a build of these sources: run "npm run build" and this again');
    return new Places(module, named, new SourceMap(JSON.parse(readFileSync(`${outFile}.map`, 'utf8'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A mutant with its place, and a key that names it as long as the text of its line stays. */
export interface PlacedMutant extends Mutant {
  place: Place;
  key: string;
}

/** The mutants with their places and keys. */
export function described(list: readonly Mutant[], places: Places): PlacedMutant[] {
  const seen = new Map<string, number>();
  return list.map((mutant) => {
    const place = places.of(mutant.function, mutant.at);
    const key = `${place.function} | ${place.text ?? ''} | ${mutant.change}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { ...mutant, place, key: count === 1 ? key : `${key} | ${count}` };
  });
}
