// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32, wasi/c++/v1/string, wasi/libc++abi.a
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Ht16k33 } from '../../../../host/microvisor/board/peripherals/devices/ht16k33.js';
import { Th02 } from '../../../../host/microvisor/board/peripherals/devices/th02.js';
import { BoardWorld, builtOf, type WorldOptions } from './rig/board-world.js';

const guests = new Map<string, Promise<Uint8Array>>();

/** A world with the guest of this name in `guests/`, which is built once. */
async function worldOf(name: string, options: WorldOptions = {}): Promise<BoardWorld> {
  const source = readFileSync(fileURLToPath(new URL(`guests/${name}.c`, import.meta.url)), 'utf8');
  const module = guests.get(name) ?? builtOf(source);
  guests.set(name, module);
  return BoardWorld.load(await module, options);
}

describe('peripherals under a guest', () => {
  it('a button raises its EXTI interrupt on the edge that was asked for, once it is enabled', async () => {
    const world = await worldOf('peripherals');
    world.run(10);
    world.board.applyPin('PC13', 1);
    world.run(20);
    expect(world.lines).toContain('rising on 8192');
    world.board.applyPin('PC13', 1);
    world.board.applyPin('PC13', 0);
    world.run(30);
    expect(world.lines.filter((line) => line.includes('8192'))).toEqual(['rising on 8192']);
    expect(() => world.board.applyPin('PK1', 1)).toThrow('there is no pin PK1; pins are PA0 to PI15');
  });

  it('pins that the application writes directly are seen when it waits', async () => {
    const world = await worldOf('peripherals');
    world.run(10);
    expect(world.events).toContainEqual({ event: 'pin', pin: 'PB7', level: 1, by: 'application' });
    expect(world.board.gpio?.level('PB7')).toBe(1);
  });

  it('bytes of a UART become lines, and bytes that come in are received', async () => {
    const world = await worldOf('peripherals');
    world.run(10);
    expect(world.events).toContainEqual({ event: 'uartLine', uart: 'USART2', line: 'one byte a call' });
    world.board.feed('USART2', new TextEncoder().encode('hi'));
    world.run(20);
    expect(world.lines).toContain('received hi');
  });

  it('a TH02 on the bus is read, an address without a device is not acknowledged, and a display shows', async () => {
    const world = await worldOf('peripherals');
    const display = new Ht16k33(0x70);
    world.board.plug('I2C1', new Th02(23.5, 40));
    world.board.plug('I2C1', display);
    world.run(10);
    expect(world.lines).toContain('temperature 2350');
    expect(world.lines).toContain('no device: 1, error 4');
    expect([...display.rows.slice(0, 3)]).toEqual([0x3f, 0, 0x06]);
    expect(display.isOn).toBe(true);
  });

  it('a timer raises its update interrupt as often as its registers say, and its compare register is memory', async () => {
    const world = await worldOf('peripherals');
    world.run(1000);
    // 50 ms each: 160 MHz through 16,000 and 500.
    expect(world.lines.at(-1)).toBe('19 updates, compare 1234');
  });
});

describe('an RTOS application', () => {
  it('takes what an interrupt handler puts into a queue, in a more urgent task at once', async () => {
    const world = await worldOf('interrupts');
    world.run(100);
    expect(world.lines).toEqual(['handler: put 0', 'handler: wait refused -4', 'task: network 1, in interrupt 0']);
  });

  it('does the same when interrupts come inside of its calls', async () => {
    const world = await worldOf('interrupts', { interruptEveryCall: true });
    world.run(100);
    expect(world.lines).toEqual(['handler: put 0', 'handler: wait refused -4', 'task: network 1, in interrupt 0']);
  });

  it('waits by asking for the time, without keeping the host', async () => {
    const world = await worldOf('spinning');
    world.run(30_000);
    const [line] = world.log;
    expect(Number(line.split(' ')[0])).toBeGreaterThanOrEqual(10_000);
    expect(Number(line.split(' ')[0])).toBeLessThan(10_400);
    // A more urgent task went on meanwhile.
    expect(world.events.filter(({ event }) => event === 'pin').length).toBeGreaterThan(90);
  });
});

describe('an application with a FreeRTOSConfig.h', () => {
  it('has ticks as long as it says, in C and in C++', async () => {
    const source = `
      #define configTICK_RATE_HZ 100
      #include "task.h"
      #include "mv_syscalls.h"
      static void work(void *) { vTaskDelay(7); vTaskDelete(nullptr); }
      int main() { xTaskCreate(work, "work", 256, nullptr, 1, nullptr); vTaskStartScheduler(); }`;
    const world = await BoardWorld.load(await builtOf(source, 'main.cpp'));
    world.run(69);
    expect(world.events).toEqual([]);
    world.run(70);
    expect(world.events).toContainEqual({ event: 'taskEnded', task: 'work' });
  });
});

describe('a guest that goes wrong', () => {
  it('overflows the stack of a task: the report has the name of the task and its sizes', async () => {
    const world = await worldOf('overflow', { rtos: { leastStack: 1 } });
    expect(() => world.run(100)).toThrow(/the guest trapped in deep: deep has a stack of 2048 bytes and wanted \d+/);
  });

  it('uses more stack than it asked for, and runs on with a report where there is room', async () => {
    const world = await worldOf('overflow');
    world.run(100);
    expect(world.lines).toEqual(['deep is back']);
    const [exceeded] = world.events.filter(({ event }) => event === 'stackExceeded');
    expect(exceeded).toMatchObject({ task: 'deep', size: 2048 });
  });

  it('asserts with the scheduler suspended: the report has the expression, the place and the task', async () => {
    const world = await worldOf('assertion');
    expect(() => world.run(100)).toThrow(/the assertion false failed in fail, .*main\.c:\d+, in the task careful/);
  });

  it('hands a call a pointer that leads out of its memory: it is ended, and the host goes on', async () => {
    const world = await worldOf('pointer');
    expect(() => world.run(100)).toThrow(/a call was given the address 0xfffffff0, where the guest has no 4 bytes/);
  });
});
