import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Abi } from '../../../../build/abi/core.js';
import { BareCore, compile, type ModuleName, moduleBytes } from '../support/bare-core.js';
import { vectors } from '../support/mqtt-vectors.js';

const folder = new URL('../../../../assembly/abi/', import.meta.url);

interface Described {
  name: string;
  simdOnly?: boolean;
  params: { type: string }[];
}

/** The functions in the ABI description of a build of the core, with the types of their parameters. */
function describedIn(build: ModuleName): Map<string, string[]> {
  const functions: Described[] = readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'microvisor.json')
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).exports ?? []);
  return new Map(
    functions
      .filter(({ simdOnly }) => !simdOnly || build === 'core.simd.wasm')
      .map(({ name, params }) => [name, params.map(({ type }) => type)]),
  );
}

/** The ids of the sections of a module, with their sizes in bytes (WebAssembly 5.5.2). */
function sections(name: ModuleName): Map<number, number> {
  const bytes = moduleBytes(name);
  const found = new Map<number, number>();
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    found.set(id, (found.get(id) ?? 0) + size);
    at += size;
  }
  return found;
}

const START_SECTION = 8;

describe.each(['core.wasm', 'core.simd.wasm'] as const)('build/%s', (name) => {
  const module = compile(name);
  const described = describedIn(name);

  it('imports nothing', () => {
    expect(module.imports).toEqual([]);
  });

  it('has no start function', () => {
    expect(sections(name).has(START_SECTION)).toBe(false);
  });

  it('exports the functions of the ABI description and its memory, nothing else', () => {
    const exports = module.exports.map(({ name, kind }) => `${kind} ${name}`);
    const expected = [...described.keys()].map((name) => `function ${name}`);
    expect(exports.sort()).toEqual([...expected, 'memory memory'].sort());
  });

  it('has functions with as many parameters as described', () => {
    const { exports } = new BareCore(name);
    for (const [name, types] of described) {
      expect((exports[name as keyof typeof exports] as unknown as () => number).length, name).toBe(types.length);
    }
  });

  it('names the ABI version of this package', () => {
    expect(new BareCore(name).exports.abi_version()).toBe(Abi.VERSION);
  });

  it('no call makes its memory grow or writes below the memory of the caller', () => {
    const core = new BareCore(name);
    const { memory, heap_base } = core.exports;
    const { byteLength } = memory.buffer;
    const own = () => Buffer.from(memory.buffer.slice(0, heap_base()));
    const before = own();
    for (const vector of vectors) {
      core.decode(vector);
      core.decodeChunk(vector);
    }
    // Calls every function with zeros for lengths and capacities, and an address of the caller for every pointer.
    const address = (heap_base() + 15) & ~15;
    for (const [name, types] of described) {
      const call = core.exports[name as keyof typeof core.exports] as unknown as (...values: number[]) => number;
      call(...types.map((type) => (type === 'ptr' ? address : 0)));
    }
    expect(memory.buffer.byteLength).toBe(byteLength);
    expect(byteLength).toBe(65_536);
    expect(own().equals(before)).toBe(true);
  });

  it('returns the same for the same call: it has no state between calls', () => {
    const used = new BareCore(name);
    for (const vector of vectors) used.decode(vector);
    for (const vector of vectors.filter((_, at) => at % 50 === 0)) {
      expect(used.decode(vector)).toEqual(new BareCore(name).decode(vector));
    }
  });
});

describe('build/core.wasm, the one for firmware', () => {
  it('has at most 2 KB of static data, after which memory of the caller begins', () => {
    expect(new BareCore('core.wasm').exports.heap_base()).toBeLessThanOrEqual(2048);
  });

  it('has at most 20,480 bytes', () => {
    expect(moduleBytes('core.wasm').length).toBeLessThanOrEqual(20_480);
  });
});

describe('build/core.simd.wasm, the one for engines of JavaScript', () => {
  it('has at most 37,000 bytes', () => {
    expect(moduleBytes('core.simd.wasm').length).toBeLessThanOrEqual(37_000);
  });
});

describe('build/app.wasm', () => {
  const app = compile('app.wasm');
  const { functions } = JSON.parse(readFileSync(new URL('microvisor.json', folder), 'utf8'));

  it('imports system calls and mv_host_timer from env, nothing else', () => {
    const { imports } = app;
    expect(new Set(imports.map(({ module, kind }) => `${module} ${kind}`))).toEqual(new Set(['env function']));
    const calls = new Set([...Object.keys(functions), 'mv_host_timer']);
    expect(imports.map(({ name }) => name).filter((name) => !calls.has(name))).toEqual([]);
    expect(imports.map(({ name }) => name)).toContain('mv_host_timer');
  });

  it('exports the entries of a reactive guest', () => {
    const names = app.exports.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['mv_app_start', 'mv_app_timer', 'TIM8_BRK_IRQHandler', 'memory']));
  });

  it('carries no zeros of its buffers: the file stays below 40,000 bytes', () => {
    expect(moduleBytes('app.wasm').length).toBeLessThan(40_000);
  });
});
