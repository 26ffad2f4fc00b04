// needs: gcc, stdio.h, wasm2c
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CoreExports, results } from '../../../build/abi/core.js';
import { compile } from '../../host/core/support/bare-core.js';
import { temporaryFolder } from '../temporary-folder.js';
import { type Engine, wasm2c, wasm3 } from './engines.js';
import { foreignModules } from './foreign-modules.js';

const folder = temporaryFolder();
let interpreter: Engine;
let translated: Engine;

beforeAll(() => {
  interpreter = wasm3(folder);
  translated = wasm2c(folder);
});

describe('opening the core in wasm3', () => {
  it('refuses every truncation of the module as malformed', () => {
    expect(interpreter.run('truncations')).toBe('0 opened, 0 refused otherwise');
  });

  const nothing = join(folder, 'nothing.wasm');
  writeFileSync(nothing, 'not a module');
  const { imports, version, missing, signature } = foreignModules(folder);
  it.each([
    { what: 'a file that is not a module', options: { module: nothing }, result: 'MODULE_MALFORMED' },
    { what: 'a core with an import', options: { module: imports }, result: 'MODULE_IMPORTS' },
    { what: 'the device application', options: { module: 'build/app.wasm' }, result: 'MODULE_IMPORTS' },
    { what: 'a core with another ABI version', options: { module: version }, result: 'MODULE_ABI_VERSION' },
    { what: 'a core without one of its functions', options: { module: missing }, result: 'MODULE_EXPORTS' },
    { what: 'a core with another signature of a function', options: { module: signature }, result: 'MODULE_EXPORTS' },
    { what: 'a stack below the minimum', options: { stack: 255 }, result: 'INVALID_ARGUMENT' },
    { what: 'more memory than a page', options: { memory: 65_540 }, result: 'INVALID_ARGUMENT' },
  ])('refuses $what with $result', ({ options, result }) => {
    expect(interpreter.run('open', options)).toBe(result);
  });

  it('refuses a heap that runs out at any block, frees all blocks then, and allocates nothing once it is open', () => {
    expect(interpreter.run('heap')).toBe('refused 200, 0 blocks left behind');
  });
});

describe('opening the core as C of wasm2c', () => {
  it('allocates nothing from the heap', () => {
    expect(translated.run('heap')).toBe('never refused 200, 0 blocks left behind');
  });
});

describe('opening the core either way', () => {
  const heapBase = (compile('core.wasm').instantiate() as unknown as CoreExports).heap_base();

  it.each([
    { memory: heapBase, what: 'exactly the constants', result: 'opened' },
    { memory: heapBase - 8, what: 'less than the constants', result: 'LINEAR_MEMORY' },
    { memory: 8, what: 'next to nothing', result: 'LINEAR_MEMORY' },
    { memory: 0, what: 'nothing', result: 'INVALID_ARGUMENT' },
  ])('with room for $what ($memory bytes) gives $result', ({ memory, result }) => {
    for (const engine of [interpreter, translated]) expect(engine.run('open', { memory }), engine.name).toBe(result);
  });

  it('reports a trap, refuses calls after it, and works again once it is closed and opened', () => {
    for (const engine of [interpreter, translated]) {
      const [result, reason, refused, closed, opened, version, wrapped] = engine.run('trap').split('\n');
      expect(result, engine.name).toBe('-906');
      expect(reason, engine.name).toContain('out of bounds memory access');
      expect(refused, engine.name).toBe('-907 0');
      expect([closed, opened, Number(version) > 0], engine.name).toEqual(['-907', '0', true]);
      expect(wrapped, engine.name).toBe('-906');
    }
  });

  it('has result codes of its own, which the core does not use', () => {
    for (let code = -900; code >= -911; code--) expect(results[code]).toBeUndefined();
  });
});
