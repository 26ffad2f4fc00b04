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
  it('refuses every truncation of the module, as malformed or, exactly before the parts, for lack of them', () => {
    expect(interpreter.run('truncations')).toBe('0 opened, 1 refused for lack of parts, 0 refused otherwise');
  });

  const nothing = join(folder, 'nothing.wasm');
  writeFileSync(nothing, 'not a module');
  const { imports, version, missing, signature, stripped } = foreignModules(folder);
  it.each([
    ['a file that is not a module', 'MODULE_MALFORMED', { module: nothing }],
    ['a core with an import', 'MODULE_IMPORTS', { module: imports }],
    ['the device application', 'MODULE_IMPORTS', { module: 'build/app.wasm' }],
    ['a core without its parts, as wasm-strip leaves it', 'MODULE_PARTS', { module: stripped }],
    ['a core with another ABI version', 'MODULE_ABI_VERSION', { module: version }],
    ['a core without one of its functions', 'MODULE_EXPORTS', { module: missing }],
    ['a core with another signature of a function', 'MODULE_EXPORTS', { module: signature }],
    ['a stack below the minimum', 'INVALID_ARGUMENT', { stack: 255 }],
    ['more memory than a page', 'INVALID_ARGUMENT', { memory: 65_540 }],
  ])('refuses %s with %s', (_, result, options) => {
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
    ['exactly the constants', heapBase, 'opened'],
    ['less than the constants', heapBase - 8, 'LINEAR_MEMORY'],
    ['next to nothing', 8, 'LINEAR_MEMORY'],
    ['nothing', 0, 'INVALID_ARGUMENT'],
  ])('with room for %s (%i bytes) gives %s', (_, memory, result) => {
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
    for (let code = -900; code >= -913; code--) expect(results[code]).toBeUndefined();
  });
});
