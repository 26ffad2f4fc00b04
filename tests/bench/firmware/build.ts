import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AOT,
  compile,
  HEAP,
  here,
  interpreted,
  link,
  maskedTo,
  object,
  target,
  translated,
} from '../../firmware/toolchain.js';

const HERE = 'tests/bench/firmware';
const NATIVE = ['text', 'properties', 'decode', 'encode'];

/** bench.c over one engine, with sizes from the linker's map. */
export interface Program {
  elf: string;
  /** Bytes of each group of objects in the program, by its name. */
  sizes: Map<string, Sizes>;
}

export interface Sizes {
  text: number;
  data: number;
  bss: number;
}

export type Variant = 'wasm3' | 'aot' | 'aot-os' | 'aot-os-mask';

/** The linear memory of masked addresses: the smallest power of two with room for what bench.c does. */
const MASK = 8_192;

/** Compiles the plugin that counts instructions. */
export function buildPlugin(folder: string): string {
  const file = join(folder, 'plugin.so');
  compile(here, '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', `${HERE}/plugin.c`, '-o', file);
  return file;
}

const INCLUDES = ['jobs.h', 'native/native.h'].map((name) => `#include "${name}"\n`).join('');

const bytes = (name: string, data: Uint8Array) =>
  `const uint8_t ${name}[] = {${data.join(',')}};\nconst uint32_t ${name}_size = ${data.length};\n`;

/** Writes the module as a C array, as firmware has it. */
function writeModule(folder: string): string {
  const file = join(folder, 'module.c');
  writeFileSync(file, `${INCLUDES}${bytes('data_module', readFileSync('build/core.wasm'))}`);
  return file;
}

/** Writes the longest certificate of the vectors, and the core's table of properties for native C. */
function writeData(folder: string): string {
  const { vectors }: { vectors: { name: string; hex: string }[] } = JSON.parse(
    readFileSync('tests/vectors/der.json', 'utf8'),
  );
  const certificate = vectors.find(({ name }) => name === 'every known extension')!;
  const [, properties] = /PROPERTY_TABLE.*\[(.*?)\]/.exec(readFileSync('build/abi/assembly.ts', 'utf8'))!;
  const table = `const uint32_t native_properties[43] = {${properties.replaceAll(/\d+/g, '$&u')}};\n`;
  const file = join(folder, 'data.c');
  writeFileSync(file, `${INCLUDES}${bytes('data_certificate', Buffer.from(certificate.hex, 'hex'))}${table}`);
  return file;
}

/** Compiles bench.c with one engine for the emulated device. */
export function buildProgram(parent: string, variant: Variant): Program {
  const folder = join(parent, variant);
  mkdirSync(folder, { recursive: true });
  const bounds = variant === 'aot-os-mask' ? maskedTo(MASK) : [];
  const options = variant === 'wasm3' ? [] : [...AOT, ...bounds];
  const { engine, binding } =
    variant === 'wasm3'
      ? interpreted(target, folder)
      : translated(target, folder, variant === 'aot' ? '-O2' : '-Os', bounds);
  const native = NATIVE.map((name) => object(target, folder, `${HERE}/native/${name}.c`, '-O2'));
  const data = [writeModule(folder), writeData(folder)].map((source) =>
    object(target, folder, source, '-Os', `-I${HERE}`, ...options),
  );
  const ours = ['bench', 'jobs'].map((name) => object(target, folder, `${HERE}/${name}.c`, '-Os', ...options));
  const elf = join(folder, 'bench.elf');
  const map = join(folder, 'bench.map');
  link(
    target,
    elf,
    '-Os',
    engine,
    ...binding,
    ...native,
    ...data,
    ...ours,
    'tests/firmware/heap.c',
    HEAP,
    `-Wl,-Map=${map}`,
  );
  return { elf, sizes: readSizes(readFileSync(map, 'utf8'), { engine: [engine], binding, module: [data[0]] }) };
}

/** Sizes by the linker's map. Its lines are " .text.name  0xaddress  0xsize object"; a long name has a line of its own. */
function readSizes(map: string, groups: Record<string, string[]>): Map<string, Sizes> {
  const sizes = new Map(Object.keys(groups).map((name) => [name, { text: 0, data: 0, bss: 0 }]));
  const kept = map.slice(map.indexOf('Linker script and memory map'));
  for (const [, section, size, file] of kept.matchAll(/^ \.(\w+)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$/gm)) {
    const group = Object.keys(groups).find((name) => groups[name].includes(file));
    const kind = { text: 'text', rodata: 'text', data: 'data', bss: 'bss' }[section] as keyof Sizes | undefined;
    if (group && kind) sizes.get(group)![kind] += Number.parseInt(size, 16);
  }
  return sizes;
}

/** The addresses of functions of a program, by name. */
export function symbols(elf: string): Map<string, string> {
  const text = execFileSync('arm-none-eabi-nm', [elf], { encoding: 'utf8' });
  return new Map([...text.matchAll(/^([0-9a-f]+) [tT] (\S+)$/gm)].map(([, address, name]) => [name, address]));
}
