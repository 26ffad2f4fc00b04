// needs: clang-14, wasm-ld-14, wasi/stdio.h, libclang_rt.builtins-wasm32, wasi/c++/v1/string, wasi/libc++abi.a
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MvStatus } from '../../../../build/abi/microvisor.js';
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

describe('transfers that end by an interrupt', () => {
  it('call back from it: UART, I2C, SPI and ADC', async () => {
    const world = await worldOf('by-interrupt');
    world.board.plug('I2C1', new Th02());
    world.board.plugSpi('SPI1', { exchange: (sent) => sent.map((byte) => byte * 2) }, 'PA4');
    world.board.connectAnalog('ADC1', 5, () => 3.3);
    world.board.connectAnalog('ADC1', 6, () => 1.65);
    world.run(100);
    expect(world.lines).toEqual([
      'sends 0, again 2',
      'sent, ready 1, in interrupt 1',
      'read 0x50, state 1',
      'bus error 4',
      'answer 2 6',
      'nobody 255',
      'polled 4095 2048',
      'sampled 4095 2048',
      'read 1',
    ]);
    expect(world.events).toContainEqual({ event: 'uartLine', uart: 'USART2', line: 'by interrupt' });
  });

  it('receive what comes in, in pieces, as many bytes as were asked for or until the line is idle', async () => {
    const world = await worldOf('by-interrupt');
    world.run(100);
    const before = world.lines.length;
    world.board.feed('USART2', Uint8Array.of(10, 11));
    world.run(110);
    expect(world.lines.length).toBe(before);
    world.board.feed('USART2', Uint8Array.of(12, 13));
    world.run(120);
    world.board.feed('USART2', Uint8Array.of(20, 21, 22));
    world.run(130);
    expect(world.lines.slice(before)).toEqual(['received 10, 13', '3 bytes to idle, first 20']);
  });
});

describe('interrupts', () => {
  it('come by their priorities, the more urgent within a handler that spins, and wake WFI while they are masked', async () => {
    const world = await worldOf('priorities');
    world.run(100);
    expect(world.lines).toEqual([
      'urgent alone',
      'low begins',
      'urgent within low',
      'low ends',
      'equal after low',
      'awake',
      'urgent alone',
    ]);
    expect(world.guest.exitCode).toBe(0);
  });

  it('that are never cleared are reported with handler and register', async () => {
    const world = await worldOf('storm');
    expect(() => world.run(100)).toThrow(
      /TIM3_IRQHandler is entered again and again: when it returns, TIM3 asks for it still: UIF in its SR is set/,
    );
  });
});

describe('mvPowerSave', () => {
  it('comes back when an interrupt wakes the device that the mode leaves on', async () => {
    const world = await worldOf('power-save');
    world.run(400);
    expect(world.log).toEqual([`0 busy: ${MvStatus.MICROVISORBUSY}, presses 0, updates 0`]);
    world.run(2000);
    expect(world.log.slice(1)).toEqual([`500 sleep: ${MvStatus.OKAY}, presses 0, updates 1`]);
    world.board.applyPin('PC13', 1);
    world.run(2001);
    expect(world.log.slice(2)).toEqual([`2000 stop: ${MvStatus.OKAY}, presses 1, updates 1`]);
    world.run(2600);
    expect(world.guest.nextDeadline(2600)).toBeDefined();
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
