import { describe, expect, it } from 'vitest';
import { BOARD_WINDOW, peripheralAddresses } from '../../../../build/abi/board.js';
import { BoardWindow } from '../../../../host/microvisor/board/peripherals/board-window.js';
import { Ht16k33 } from '../../../../host/microvisor/board/peripherals/devices/ht16k33.js';
import { Th02 } from '../../../../host/microvisor/board/peripherals/devices/th02.js';
import { ExtiLines } from '../../../../host/microvisor/board/peripherals/exti-lines.js';
import { GpioPorts } from '../../../../host/microvisor/board/peripherals/gpio-ports.js';
import { LevelInterrupts } from '../../../../host/microvisor/board/peripherals/level-interrupts.js';
import { SpiBuses } from '../../../../host/microvisor/board/peripherals/spi-bus.js';
import { UartPorts } from '../../../../host/microvisor/board/peripherals/uart-ports.js';
import { UpdateTimers } from '../../../../host/microvisor/board/peripherals/update-timers.js';
import type { PinEvent, UartEvent } from '../../../../host/microvisor/kernel/board-event.js';

const BASE = 0x400;
const [GPIOA, GPIOB, EXTI, TIM3] = [
  peripheralAddresses.GPIOA,
  peripheralAddresses.GPIOB,
  peripheralAddresses.EXTI,
  peripheralAddresses.TIM3,
];

function window(): BoardWindow {
  const view = new DataView(new ArrayBuffer(BASE + BOARD_WINDOW));
  return new BoardWindow(() => view, BASE);
}

function pins() {
  const registers = window();
  const events: PinEvent[] = [];
  const raised: number[] = [];
  const exti = new ExtiLines(registers, (irq) => raised.push(irq));
  const gpio = new GpioPorts(registers, exti, (event) => events.push(event));
  return { registers, gpio, exti, events, raised };
}

describe('pins', () => {
  it('are set and reset by BSRR, where setting wins, and by BRR', () => {
    const { registers, gpio, events } = pins();
    registers.write(GPIOA, 0b0101);
    registers.write(GPIOA + 0x18, 0x0003_0001);
    gpio.look();
    expect(registers.read(GPIOA + 0x14)).toBe(1);
    expect(registers.read(GPIOA + 0x18)).toBe(0);
    registers.write(GPIOA + 0x28, 1);
    gpio.look();
    expect(events.map(({ pin, level }) => `${pin} ${level}`)).toEqual(['PA0 1', 'PA0 0']);
  });

  it('that are inputs have the level that the world applies', () => {
    const { gpio } = pins();
    gpio.apply('PB3', 1);
    expect(gpio.level('PB3')).toBe(1);
    expect(gpio.level('PA3')).toBe(0);
  });

  it('raise the interrupt of their line only for the port that EXTI takes the line from, and the edge that is asked for', () => {
    const { registers, gpio, raised } = pins();
    registers.write(EXTI + 0x60, 1 << 24); // line 3 from port B
    registers.write(EXTI + 0x04, 1 << 3); // falling
    registers.write(EXTI + 0x80, 1 << 3);
    gpio.apply('PA3', 1);
    gpio.apply('PA3', 0);
    gpio.apply('PB3', 1);
    expect(raised).toEqual([]);
    gpio.apply('PB3', 0);
    expect(raised).toEqual([14]);
    expect(registers.read(EXTI + 0x10) & 0xffff).toBe(1 << 3);
    expect(GPIOB - GPIOA).toBe(0x400);
  });
});

describe('the lines of EXTI', () => {
  const [RPR1, FPR1] = [EXTI + 0x0c, EXTI + 0x10];
  const twoLines = () => {
    const parts = pins();
    const { registers, gpio } = parts;
    registers.write(EXTI + 0x60, 0); // all from port A
    for (const offset of [0x00, 0x04, 0x80]) registers.write(EXTI + offset, 0b11);
    gpio.apply('PA0', 1);
    gpio.apply('PA1', 1);
    return { ...parts, pending: (address: number) => registers.read(address) & 0xffff };
  };

  it('are cleared by writing ones, each for itself', () => {
    const { registers, exti, pending } = twoLines();
    expect(pending(RPR1)).toBe(0b11);
    registers.write(RPR1, 0b01);
    exti.look();
    expect(pending(RPR1)).toBe(0b10);
    registers.write(RPR1, 0b10);
    exti.look();
    expect(pending(RPR1)).toBe(0);
  });

  it('are not cleared by writing zeros, and none is set by writing ones', () => {
    const { registers, exti, pending } = twoLines();
    registers.write(RPR1, 0);
    registers.write(FPR1, 0b01);
    exti.look();
    expect([pending(RPR1), pending(FPR1)]).toEqual([0b11, 0]);
  });

  it('are clear when their handler has returned, but for an edge that came meanwhile', () => {
    const { gpio, exti, pending } = twoLines();
    exti.entered(11);
    gpio.apply('PA0', 0);
    exti.returned(11);
    expect([pending(RPR1), pending(FPR1)]).toEqual([0b10, 0b01]);
  });
});

describe('timers', () => {
  it('raise one interrupt, however late they are looked at, and stop after one pulse', () => {
    const registers = window();
    const raised: string[] = [];
    const timers = new UpdateTimers(registers, 1_000_000, (name) => raised.push(name));
    registers.write(TIM3 + 0x28, 999); // 1 ms a count
    registers.write(TIM3 + 0x2c, 9);
    registers.write(TIM3 + 0x0c, 1);
    registers.write(TIM3, 1);
    timers.tick(0);
    expect(timers.nextDeadline()).toBe(10);
    timers.tick(35);
    expect(raised).toEqual(['TIM3']);
    expect(timers.nextDeadline()).toBe(40);
    registers.write(TIM3, 1 | 8);
    timers.tick(40);
    timers.tick(41);
    expect(raised).toEqual(['TIM3', 'TIM3']);
    expect(timers.nextDeadline()).toBe(undefined);
  });

  it('count, from what the application writes, and set the flag of their update without an interrupt too', () => {
    const registers = window();
    const raised: string[] = [];
    const timers = new UpdateTimers(registers, 1_000_000, (name) => raised.push(name));
    registers.write(TIM3 + 0x28, 999);
    registers.write(TIM3 + 0x2c, 9);
    registers.write(TIM3, 1);
    timers.tick(0);
    timers.tick(4);
    expect(registers.read(TIM3 + 0x24)).toBe(4);
    registers.write(TIM3 + 0x24, 7);
    timers.tick(5);
    timers.tick(6);
    expect([registers.read(TIM3 + 0x24), registers.read(TIM3 + 0x10)]).toEqual([8, 0]);
    timers.tick(9);
    expect([registers.read(TIM3 + 0x24), registers.read(TIM3 + 0x10)]).toEqual([1, 1]);
    expect([raised, timers.nextDeadline()]).toEqual([[], undefined]);
  });

  it('have a status that zeros clear and ones leave', () => {
    const registers = window();
    const timers = new UpdateTimers(registers, 1_000_000, () => {});
    for (const [offset, value] of [
      [0x2c, 9],
      [0x0c, 1],
      [0x00, 1],
    ])
      registers.write(TIM3 + offset, value);
    timers.tick(0);
    timers.tick(1);
    registers.write(TIM3 + 0x10, 0xffff_ffff);
    timers.tick(1);
    expect(registers.read(TIM3 + 0x10)).toBe(1);
    registers.write(TIM3 + 0x10, ~1);
    timers.tick(1);
    expect(registers.read(TIM3 + 0x10)).toBe(0);
  });
});

describe('an interrupt of a peripheral', () => {
  it('comes again as long as its state lasts and it is enabled, once the peripheral is used', () => {
    const registers = window();
    const raised: number[] = [];
    const levels = new LevelInterrupts(registers, (irq) => raised.push(irq));
    const USART2 = peripheralAddresses.USART2;
    registers.write(USART2, 0x20);
    registers.write(USART2 + 0x1c, 0xe0);
    levels.look();
    expect(raised).toEqual([]);
    levels.use('USART2');
    levels.look();
    levels.look();
    expect(raised).toEqual([62, 62]);
    expect(levels.cause(62)).toBe('USART2');
    registers.write(USART2 + 0x1c, 0xc0);
    levels.look();
    expect([raised.length, levels.cause(62)]).toEqual([2, undefined]);
  });
});

describe('an SPI bus', () => {
  it('reaches the device whose chip select is low, and reads ones where nobody drives it', () => {
    const spi = new SpiBuses();
    const frames: number[] = [];
    const device = (name: number) => ({
      selected: () => frames.push(name),
      exchange: (sent: Uint8Array) => sent.map((byte) => byte + name),
    });
    spi.plug('SPI1', device(1), 'PA4');
    spi.plug('SPI1', device(2), 'PB0');
    expect([...spi.transfer('SPI1', Uint8Array.of(7))]).toEqual([0xff]);
    spi.pin('PB0', 0);
    spi.pin('PB0', 0);
    expect([...spi.transfer('SPI1', Uint8Array.of(7, 8))]).toEqual([9, 10]);
    spi.pin('PB0', 1);
    spi.pin('PA4', 0);
    expect([...spi.transfer('SPI1', Uint8Array.of(7))]).toEqual([8]);
    expect(frames).toEqual([2, 1]);
  });
});

describe('a UART', () => {
  it('makes lines of bytes, without their ends, and of a long line several', () => {
    const events: UartEvent[] = [];
    const uart = new UartPorts((event) => events.push(event));
    uart.send('USART1', new TextEncoder().encode('one\r\n\ntw'));
    uart.send('USART2', new TextEncoder().encode('other\n'));
    uart.send('USART1', new TextEncoder().encode(`o\n${'x'.repeat(5000)}\n`));
    expect(events.map(({ uart: name, line }) => `${name} ${line.length}`)).toEqual([
      'USART1 3',
      'USART1 0',
      'USART2 5',
      'USART1 3',
      'USART1 4096',
      'USART1 904',
    ]);
  });
});

describe('devices', () => {
  it('a TH02 measures temperature and humidity, also under an address of two bytes', () => {
    const th02 = new Th02(-12.25, 60);
    th02.write(Uint8Array.of(0x03, 0x11));
    th02.write(Uint8Array.of(0x01));
    const [high, low] = th02.read(2);
    expect(((high << 8) | low) / 4 / 32 - 50).toBe(-12.25);
    th02.write(Uint8Array.of(0x03, 0x01));
    th02.write(Uint8Array.of(0x00, 0x01));
    const [first, second] = th02.read(2);
    expect(((first << 8) | second) / 16 / 16 - 24).toBe(60);
    th02.write(Uint8Array.of(0x11));
    expect(th02.read(1)[0]).toBe(0x50);
  });

  it('a HT16K33 is switched on, dimmed and written, from one end of its memory to the other', () => {
    const display = new Ht16k33(0x71);
    for (const command of [0x21, 0x83, 0xe5]) display.write(Uint8Array.of(command));
    expect(display).toMatchObject({ address: 0x71, isRunning: true, isOn: true, blink: 1, brightness: 5 });
    display.write(Uint8Array.of(0x0f, 1, 2));
    expect([display.rows[15], display.rows[0]]).toEqual([1, 2]);
  });
});
