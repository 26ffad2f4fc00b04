import { peripheralAddresses } from '../../../build/abi/board.js';
import { GuestFault } from '../guest/coroutine.js';
import { Departure } from '../kernel/departure.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Rtos } from './rtos/rtos.js';
import type { RtosMemory } from './rtos/rtos-ports.js';
import { type Answer, FOREVER } from './rtos/scheduler.js';
import type { Task } from './rtos/task.js';
import { WaitList } from './rtos/wait-list.js';
import type { PeripheralName, Stm32u585Peripherals } from './stm32u585-peripherals.js';

const UART = /^(USART|UART|LPUART)\d$/;
const I2C = /^I2C\d$/;
const SPI = /^SPI\d$/;
const ADC = /^ADC\d$/;
/** Bytes that one transfer carries at most: sizes in the HAL are 16 bits. */
const LONGEST_TRANSFER = 65_536 + 2;
const LONGEST_TEXT = 256;

const isPeripheral = (name: string): name is PeripheralName => Object.hasOwn(peripheralAddresses, name);

/** Everything that these calls work on. */
export interface BoardCallParts {
  kernel: Kernel;
  rtos: Rtos;
  memory: RtosMemory;
  peripherals: Stm32u585Peripherals;
}

/** What the sources of the board ask of the host: time, registers, transfers, asserts. A result may be that the task waits. */
export class BoardCalls {
  readonly #parts: BoardCallParts;
  readonly #receiving = new WaitList<Task>();

  constructor(parts: BoardCallParts) {
    this.#parts = parts;
  }

  readonly functions: Readonly<Record<string, (...args: number[]) => Answer>> = {
    HAL_GetTick: () => Math.floor(this.#parts.kernel.microseconds() / 1000) | 0,
    mv_board_registers_changed: () => {
      this.#parts.peripherals.tick(this.#parts.kernel.now());
      return 0;
    },
    mv_board_uart_transmit: (uart, data, length) => {
      const bytes = this.#parts.memory.copy(data, Math.min(length >>> 0, LONGEST_TRANSFER));
      this.#parts.peripherals.uart.send(this.#uart(uart), bytes);
      return 0;
    },
    mv_board_uart_receive: (uart, into, length, timeout) =>
      this.#receive(this.#uart(uart), into, length >>> 0, timeout >>> 0),
    mv_board_i2c_transfer: (i2c, address, data, written, into, length) =>
      this.#transfer(i2c, (address >>> 1) & 0x7f, [data, written >>> 0], [into, length >>> 0]),
    mv_board_spi_transfer: (spi, data, into, length) => this.#exchange(spi, data, into, length >>> 0),
    mv_board_adc_convert: (adc, channel, bits) =>
      this.#parts.peripherals.analog.convert(this.#used(adc, ADC) ?? 'ADC', channel, bits),
    mv_board_assert: (expression, file, line, name) => this.#assert(expression, file, line, name),
    NVIC_SystemReset: () => {
      this.#parts.kernel.lifecycle.restart();
      throw new Departure();
    },
  };

  /** Bytes come in through a UART. */
  feed(uart: string, bytes: Uint8Array): void {
    const { peripherals } = this.#parts;
    if (isPeripheral(uart)) peripherals.use(uart);
    peripherals.uart.feed(uart, bytes);
    this.#parts.rtos.wake(this.#receiving);
    this.#parts.kernel.wake();
  }

  #uart(pointer: number): string {
    return this.#used(pointer, UART) ?? 'UART';
  }

  /** The peripheral that a pointer is for, which is used now. */
  #used(pointer: number, names: RegExp): string | undefined {
    const { peripherals } = this.#parts;
    const name = peripherals.nameOf(pointer, names);
    if (name) peripherals.use(name);
    return name;
  }

  #receive(uart: string, into: number, length: number, timeout: number): Answer {
    const { peripherals, memory, rtos } = this.#parts;
    const take = () => {
      const bytes = peripherals.uart.take(uart, length);
      memory.write(into, bytes);
      return bytes.length;
    };
    const wait = {
      list: this.#receiving,
      attempt: () => (peripherals.uart.waiting(uart) >= length ? take() : undefined),
      expire: take,
    };
    return rtos.wait('HAL_UART_Receive', wait, timeout === FOREVER ? FOREVER : timeout);
  }

  #transfer(i2c: number, address: number, [data, written]: number[], [into, length]: number[]): number {
    const { peripherals, memory } = this.#parts;
    if (written > LONGEST_TRANSFER || length > LONGEST_TRANSFER) throw new GuestFault('an I2C transfer is too long');
    const bytes = new Uint8Array(length);
    const bus = this.#used(i2c, I2C) ?? 'I2C';
    const result = peripherals.i2c.transfer(bus, address, memory.copy(data, written), bytes);
    memory.write(into, bytes);
    return result;
  }

  /** Either pointer may be 0: zeros are sent, what is received is dropped. */
  #exchange(spi: number, data: number, into: number, length: number): number {
    const { peripherals, memory } = this.#parts;
    if (length > LONGEST_TRANSFER) throw new GuestFault('an SPI transfer is too long');
    const sent = data === 0 ? new Uint8Array(length) : memory.copy(data, length);
    const received = peripherals.spi.transfer(this.#used(spi, SPI) ?? 'SPI', sent);
    if (into !== 0) memory.write(into, received);
    return 0;
  }

  #assert(expression: number, file: number, line: number, name: number): never {
    const { memory, rtos } = this.#parts;
    const text = (address: number) => (address === 0 ? '' : memory.text(address, LONGEST_TEXT));
    const task = rtos.current?.name ?? 'main';
    throw new GuestFault(
      `the assertion ${text(expression)} failed in ${text(name)}, ${text(file)}:${line}, in the task ${task}`,
    );
  }
}
