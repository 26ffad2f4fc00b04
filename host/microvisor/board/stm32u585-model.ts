import { boardImports } from '../../../build/abi/board.js';
import type { BoardModel } from '../guest/board-port.js';
import { type FunctionKind, i32s, type Offer } from '../guest/host-function.js';
import { watchedRegisters } from './active-registers.js';
import type { RtosSettings } from './rtos/rtos-ports.js';
import { Stm32u585Board } from './stm32u585-board.js';

export interface Stm32u585Options {
  rtos?: Partial<RtosSettings>;
  /** Called with each board that is made, so that devices can be put on it. */
  onBoard?(board: Stm32u585Board): void;
}

/** Applications wait by asking for the time, or for what is in a queue, again and again. */
const SPINNING =
  /^HAL_GetTick$|Get(Tick|SysTimer)Count|(Waiting|Available)(FromISR)?$|^os(MessageQueue|Semaphore)Get(Count|Space)$|FlagsGet$|GetState$|IsRunning$|IsTimerActive$/;
/** What never lets its task wait: it comes from interrupts, or only touches the board. */
const PLAIN = /FromISR$|^(__[gs]et_|NVIC_|mv_board_(registers|uart_transmit|i2c|spi|adc|assert)|xPortIsInside)/;

function kindOf(name: string): FunctionKind {
  if (SPINNING.test(name)) return 'spinning';
  return PLAIN.test(name) ? 'plain' : 'blocking';
}

/**
 * The board for applications in C and C++: an STM32U585 with FreeRTOS and CMSIS-RTOS v2, as the headers in `include/` declare them.
 * One model serves any number of guests.
 *
 * @example
 * ```ts
 * import { type AnalogInput, createDevice, Ht16k33, type I2cDevice, type RtosSettings, type SpiDevice } from 'wasmqtt/microvisor';
 * import { type Stm32u585Board, type Stm32u585Options, stm32u585, Th02 } from 'wasmqtt/microvisor';
 *
 * const display: I2cDevice = new Ht16k33();
 * const echo: SpiDevice = { exchange: (sent) => sent };
 * const half: AnalogInput = () => 1.65;
 * const rtos: Partial<RtosSettings> = { preemptAtCalls: true };
 * const onBoard = (board: Stm32u585Board) => {
 *   board.plug('I2C1', display);
 *   board.plug('I2C1', new Th02(19));
 *   board.plugSpi('SPI1', echo, 'PA4');
 *   board.connectAnalog('ADC1', 3, half);
 * };
 * const options: Stm32u585Options = { rtos, onBoard };
 * // int main(void) { return 0; }
 * const start = '0061736d010000000105016000017f030201000503010001071102066d656d6f72790200046d61696e0000';
 * const guest = Buffer.from(`${start}0a0601040041000b`, 'hex');
 * const device = await createDevice({ guest, board: stm32u585(options) });
 * (await device.until('exit')).code; // => 0
 * ```
 */
export function stm32u585({ rtos, onBoard }: Stm32u585Options = {}): BoardModel {
  return {
    name: 'STM32U585',
    offers,
    registers: watchedRegisters,
    create: (kernel) => {
      const board = new Stm32u585Board(kernel, rtos);
      onBoard?.(board);
      return board;
    },
  };
}

const offers: Readonly<Record<string, Offer>> = Object.fromEntries(
  Object.entries(boardImports).map(([name, { params, results }]) => [
    name,
    { signature: i32s(params, results), kind: kindOf(name) },
  ]),
);
