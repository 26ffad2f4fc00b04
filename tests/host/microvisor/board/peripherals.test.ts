import { describe, expect, it } from 'vitest';
import { BOARD_WINDOW, peripheralAddresses } from '../../../../build/abi/board.js';
import { BoardWindow } from '../../../../host/microvisor/board/peripherals/board-window.js';
import { Ht16k33 } from '../../../../host/microvisor/board/peripherals/devices/ht16k33.js';
import { Th02 } from '../../../../host/microvisor/board/peripherals/devices/th02.js';
import { GpioPorts } from '../../../../host/microvisor/board/peripherals/gpio-ports.js';
import { InterruptController } from '../../../../host/microvisor/board/peripherals/interrupt-controller.js';
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
  const gpio = new GpioPorts(
    registers,
    (irq) => raised.push(irq),
    (event) => events.push(event),
  );
  return { registers, gpio, events, raised };
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
    expect(registers.read(EXTI + 0x10)).toBe(1 << 3);
    expect(GPIOB - GPIOA).toBe(0x400);
  });
});

describe('timers', () => {
  it('raise one interrupt, however late they are looked at, and stop after one pulse', () => {
    const registers = window();
    const raised: number[] = [];
    const timers = new UpdateTimers(registers, 1_000_000, (irq) => raised.push(irq));
    registers.write(TIM3 + 0x28, 999); // 1 ms a count
    registers.write(TIM3 + 0x2c, 9);
    registers.write(TIM3 + 0x0c, 1);
    registers.write(TIM3, 1);
    timers.tick(0);
    expect(timers.nextDeadline()).toBe(10);
    timers.tick(35);
    expect(raised).toEqual([46]);
    expect(timers.nextDeadline()).toBe(40);
    registers.write(TIM3, 1 | 8);
    timers.tick(40);
    timers.tick(41);
    expect(raised).toEqual([46, 46]);
    expect(timers.nextDeadline()).toBe(undefined);
  });
});

describe('the interrupt controller', () => {
  it('lets through what is enabled, unless all are masked, and pends what is pending once', () => {
    const pended: number[] = [];
    const nvic = new InterruptController((irq) => pended.push(irq));
    expect(nvic.accepts(51)).toBe(false);
    nvic.functions.NVIC_EnableIRQ(51);
    nvic.functions.NVIC_EnableIRQ(-5);
    expect(nvic.accepts(51)).toBe(true);
    nvic.functions.__set_PRIMASK(1);
    expect(nvic.accepts(51)).toBe(false);
    nvic.functions.NVIC_SetPendingIRQ(51);
    nvic.functions.NVIC_SetPendingIRQ(51);
    expect(pended).toEqual([51]);
    expect(nvic.functions.NVIC_GetPendingIRQ(51)).toBe(1);
    nvic.delivered(51);
    expect(nvic.functions.NVIC_GetPendingIRQ(51)).toBe(0);
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
