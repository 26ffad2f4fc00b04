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
  it('refuses every beginning of the module as malformed', () => {
    expect(interpreter.run('truncations')).toBe('0 opened, 0 refused otherwise');
  });

  it('refuses what is no module, has imports, another ABI version, or lacks a function', () => {
    const nothing = join(folder, 'nothing.wasm');
    writeFileSync(nothing, 'no module at all');
    expect(interpreter.run('open', { module: nothing })).toBe('MODULE_MALFORMED');
    const { imports, version, missing, signature } = foreignModules(folder);
    expect(interpreter.run('open', { module: imports })).toBe('MODULE_IMPORTS');
    expect(interpreter.run('open', { module: 'build/app.wasm' })).toBe('MODULE_IMPORTS');
    expect(interpreter.run('open', { module: version })).toBe('MODULE_ABI_VERSION');
    expect(interpreter.run('open', { module: missing })).toBe('MODULE_EXPORTS');
    expect(interpreter.run('open', { module: signature })).toBe('MODULE_EXPORTS');
  });

  it('refuses a heap that is too small at any block, leaves nothing behind, and allocates nothing after it', () => {
    expect(interpreter.run('heap')).toBe('refused 200, 0 blocks left behind');
  });

  it('refuses a stack below the least, and memory beyond a page', () => {
    expect(interpreter.run('open', { stack: 255 })).toBe('INVALID_ARGUMENT');
    expect(interpreter.run('open', { memory: 65_540 })).toBe('INVALID_ARGUMENT');
  });
});

describe('opening the core as C of wasm2c', () => {
  it('takes nothing from the heap', () => {
    expect(translated.run('heap')).toBe('never refused 200, 0 blocks left behind');
  });
});

describe('both ways', () => {
  const heapBase = (compile('core.wasm').instantiate() as unknown as CoreExports).heap_base();

  it('open with so little memory as the constants take, and not with less', () => {
    for (const engine of [interpreter, translated]) {
      expect(engine.run('open', { memory: heapBase }), engine.name).toBe('opened');
      expect(engine.run('open', { memory: heapBase - 8 }), engine.name).toBe('LINEAR_MEMORY');
      expect(engine.run('open', { memory: 8 }), engine.name).toBe('LINEAR_MEMORY');
      expect(engine.run('open', { memory: 0 }), engine.name).toBe('INVALID_ARGUMENT');
    }
  });

  it('report a trap, refuse work after it, and work again when opened anew', () => {
    for (const engine of [interpreter, translated]) {
      const [result, reason, refused, closed, opened, version, wrapped] = engine.run('trap').split('\n');
      expect(result, engine.name).toBe('-906');
      expect(reason, engine.name).toContain('out of bounds memory access');
      expect(refused, engine.name).toBe('-907 0');
      expect([closed, opened, Number(version) > 0], engine.name).toEqual(['-907', '0', true]);
      expect(wrapped, engine.name).toBe('-906');
    }
  });

  it('keep their result codes apart from those of the core', () => {
    for (let code = -900; code >= -911; code--) expect(results[code]).toBeUndefined();
  });
});
