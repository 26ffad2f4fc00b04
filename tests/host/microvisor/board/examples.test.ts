// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32, wasi/c++/v1/string, wasi/libc++abi.a
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BoardWorld, built, examples } from './rig/board-world.js';

const load = async (name: string) => BoardWorld.load(await built(join(examples, name)));

describe('the examples', () => {
  it('bare: sleeps until an interrupt, or until a second has passed', async () => {
    const world = await load('bare');
    world.run(5000);
    expect(world.log).toEqual([
      '0 woken, connected, 1 interrupts',
      '1000 a second has passed, connected, 1 interrupts',
      '2000 a second has passed, connected, 1 interrupts',
    ]);
    expect(world.guest.exitCode).toBe(0);
  });

  it('tasks: one task measures and toggles the LED, another one logs', async () => {
    const world = await load('tasks');
    world.run(1200);
    expect(world.log).toEqual(['0 reading 1 at 0 ms', '500 reading 2 at 500 ms', '1000 reading 3 at 1000 ms']);
    const pins = world.events.filter(({ event }) => event === 'pin');
    expect(pins).toEqual([1, 0, 1].map((level) => ({ event: 'pin', pin: 'PA5', level, by: 'application' })));
    expect(world.board.gpio?.level('PA5')).toBe(1);
  });

  it('tasks: the same run again has the same trace', async () => {
    const module = await built(join(examples, 'tasks'));
    const worlds = [await BoardWorld.load(module), await BoardWorld.load(module)];
    for (const world of worlds) world.run(60_000);
    expect(worlds[0].log.length).toBe(121);
    expect(worlds[1].events).toEqual(worlds[0].events);
    expect(worlds[1].log).toEqual(worlds[0].log);
  });

  it('cpp: classes are tasks, and a task that has done its work ends', async () => {
    const world = await load('cpp');
    world.run(5000);
    expect(world.lines).toEqual(['single: 1, several: 0', 'single: 1, several: 1', 'single: 1, several: 2']);
    expect(world.events).toContainEqual({ event: 'taskEnded', task: 'presser' });
  });
});
