// needs: wasm2c
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModuleShape } from '../../../../host/microvisor/guest/module/module-shape.js';
import { compileGuest, GuestError, servedCalls } from '../../../../host/microvisor/index.js';
import { GuestWorld } from '../rig/guest-world.js';

const MEMORY = '(memory (export "memory") 1)';
const START = '(func (export "mv_app_start"))';

function assemble(module: string, ...options: string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-module-'));
  try {
    writeFileSync(join(folder, 'guest.wat'), `(module ${module})`);
    const output = join(folder, 'guest.wasm');
    execFileSync('wat2wasm', [...options, '--debug-names', join(folder, 'guest.wat'), '-o', output]);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The lines of a refusal, without their dashes. */
async function problems(module: string, ...options: string[]): Promise<string[]> {
  const error = await compileGuest(assemble(module, ...options), { calls: servedCalls() }).catch((reason) => reason);
  expect(error).toBeInstanceOf(GuestError);
  return (error as Error).message.split('\n- ').slice(1);
}

describe('a module is refused', () => {
  it.each([
    [
      'with another signature of an import',
      `(import "env" "mvGetMicroseconds" (func (param i64) (result i32))) (import "env" "mvNoOp" (func)) ${MEMORY} ${START}`,
      [
        'it imports env.mvGetMicroseconds as (i64) -> i32, which is offered as (i32) -> i32',
        'it imports env.mvNoOp as () -> (), which is offered as () -> i32',
      ],
    ],
    [
      'with what is no function, or of another module',
      `(import "env" "memory" (memory 1)) (import "env" "table" (table 1 funcref)) (import "env" "base" (global i32))
       (import "wasi_snapshot_preview1" "path_open" (func)) (export "memory" (memory 0)) ${START}`,
      [
        'it imports the memory env.memory, which is not offered',
        'it imports the table env.table, which is not offered',
        'it imports the global env.base, which is not offered',
        'it imports the function wasi_snapshot_preview1.path_open, which is not offered',
        'it has 0 memories of its own, and a guest has one',
      ],
    ],
    [
      'with another signature of what the host calls',
      `${MEMORY} ${START} (func (export "mv_irq")) (func (export "TIM2_IRQHandler") (param i32)) (func (export "mv_app_timer") (result i32) i32.const 0)`,
      [
        'it exports mv_irq as () -> (), which is called as (i32) -> ()',
        'it exports TIM2_IRQHandler as (i32) -> (), which is called as () -> ()',
        'it exports mv_app_timer as () -> i32, which is called as () -> ()',
      ],
    ],
    [
      'with more memory than a guest may have',
      `(memory (export "memory") 257) ${START}`,
      ['it begins with 16448 KiB of memory, and may have 16384 KiB'],
    ],
    [
      'when it returns from every call and waits too',
      `(import "env" "mv_host_wait" (func (param i32) (result i32))) ${MEMORY} ${START}`,
      ['it imports env.mv_host_wait, but exports mv_app_start: a guest either waits or returns'],
    ],
  ])('%s', async (_, module, expected) => {
    expect(await problems(module)).toEqual(expected);
  });

  it('with memory that threads share', async () => {
    const module = `(memory (export "memory") 1 2 shared) ${START}`;
    expect(await problems(module, '--enable-threads')).toEqual([
      'its memory is shared between threads, of which a guest has one',
    ]);
  });

  it('with a GuestError, whatever its bytes are', async () => {
    const good = readFileSync('build/app.wasm');
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 0x7fff_ffff;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      // The first kilobyte has types, imports, memory and exports.
      const bytes = Uint8Array.from(good);
      for (let count = random(3); count >= 0; count--) bytes[8 + random(1000)] = random(256);
      const outcome = await compileGuest(bytes, { calls: servedCalls() }).catch((error) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(GuestError);
    }
  });
});

describe('the memory of a module', () => {
  const growing = (limits: string) =>
    `(memory (export "memory") ${limits}) ${START} (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)`;

  it.each([
    ['1', 16],
    ['1 3', 3],
    ['1 1000', 16],
  ])('of %s pages has at most %i', async (limits, most) => {
    const world = await GuestWorld.load(assemble(growing(limits)), { memoryLimit: 16 * 65_536 });
    expect(world.guest.enter('grow', most - 1)).toBe(1);
    expect(world.guest.enter('grow', 1)).toBe(-1);
  });

  it('is limited without a change of anything else', async () => {
    const bytes = assemble(`(import "env" "mvNoOp" (func (result i32))) ${growing('1')} (data (i32.const 8) "kept")`);
    const world = await GuestWorld.load(bytes, { memoryLimit: 300 * 65_536 });
    expect(Buffer.from(world.guest.memory.buffer, 8, 4).toString()).toBe('kept');
    expect(world.guest.enter('grow', 299)).toBe(1);
  });
});

describe('a guest that is ended by itself', () => {
  it('says so for an exception that nothing catches', async () => {
    const module = `(tag $e) ${MEMORY} (func $throws (throw $e)) (func (export "mv_app_start") call $throws)`;
    const world = await GuestWorld.load(assemble(module, '--enable-exceptions'));
    expect(() => world.guest.start()).toThrow(
      'the guest trapped in mv_app_start: an exception was thrown that nothing catches; it is stopped',
    );
  });

  it('cannot be loaded when its start function traps, which is named', async () => {
    const bytes = assemble(`${MEMORY} ${START} (func $begin unreachable) (start $begin)`);
    await expect(GuestWorld.load(bytes)).rejects.toThrow(
      'the guest could not be instantiated: the guest trapped in its start function: unreachable; it is stopped; the stack, innermost first: begin',
    );
  });
});

describe('the shape of a module', () => {
  it('is that which the engine knows', () => {
    const bytes = readFileSync('build/app.wasm');
    const engine = (globalThis as unknown as { WebAssembly: EngineFace }).WebAssembly.Module;
    const module = new engine(bytes);
    const { imports, functions } = readModuleShape(bytes);
    expect(imports.map(({ module: from, name, kind }) => ({ module: from, name, kind }))).toEqual(
      engine.imports(module),
    );
    const exported = engine.exports(module).filter(({ kind }) => kind === 'function');
    expect([...functions.keys()]).toEqual(exported.map(({ name }) => name));
  });
});

interface EngineFace {
  Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): { module: string; name: string; kind: string }[];
    exports(module: object): { name: string; kind: string }[];
  };
}
