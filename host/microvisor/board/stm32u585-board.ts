import type { Board, BoardGuest } from '../guest/board-port.js';
import { type BlockingFunction, type Coroutine, type Coroutines, GuestFault, SUSPEND } from '../guest/coroutine.js';
import { earlier } from '../kernel/earlier.js';
import type { Kernel } from '../kernel/kernel.js';
import { WINDOW } from './active-registers.js';
import { BoardCalls } from './board-calls.js';
import { InterruptStorm } from './interrupt-storm.js';
import type { AnalogInput } from './peripherals/analog-inputs.js';
import type { GpioPorts } from './peripherals/gpio-ports.js';
import type { I2cDevice } from './peripherals/i2c-bus.js';
import type { SpiDevice } from './peripherals/spi-bus.js';
import { Rtos } from './rtos/rtos.js';
import type { RtosSettings, TaskBody } from './rtos/rtos-ports.js';
import { type Answer, BLOCKED } from './rtos/scheduler.js';
import { rtosMemory } from './rtos-memory.js';
import { Stm32u585Peripherals } from './stm32u585-peripherals.js';

/** A task is a coroutine of the guest. */
interface CoroutineBody extends TaskBody {
  readonly coroutine: Coroutine;
}

/** The board of one guest: its RTOS and its peripherals. */
export class Stm32u585Board implements Board {
  readonly #kernel: Kernel;
  readonly #rtos: Rtos;
  readonly #peripherals: Stm32u585Peripherals;
  readonly #calls: BoardCalls;
  readonly #storm = new InterruptStorm();
  #coroutines: Coroutines | undefined;

  constructor(kernel: Kernel, settings: Partial<RtosSettings> = {}) {
    this.#kernel = kernel;
    const memory = rtosMemory(kernel.memory);
    this.#peripherals = new Stm32u585Peripherals(kernel);
    this.#rtos = new Rtos(
      {
        memory,
        now: () => kernel.now(),
        inInterrupt: () => kernel.inInterrupt || this.#coroutines?.current === undefined,
        spawn: (name, entry, args, stackSize) => this.#spawn(name, entry, args, stackSize),
        fault: (message) => {
          throw new GuestFault(message);
        },
        emit: (event) => kernel.emit(event),
      },
      settings,
    );
    this.#calls = new BoardCalls({ kernel, rtos: this.#rtos, memory, peripherals: this.#peripherals });
  }

  functionOf(name: string): BlockingFunction | undefined {
    const tables = [this.#rtos.calls, this.#calls.functions, this.#peripherals.interrupts.functions];
    const call = tables.find((table) => Object.hasOwn(table, name))?.[name];
    return call && suspending(call);
  }

  /** The pins; undefined before the guest is attached, and for one without the board's sources. */
  get gpio(): GpioPorts | undefined {
    return this.#peripherals.gpio;
  }

  /** Puts a device on an I2C bus: `I2C1` to `I2C4`. */
  plug(bus: string, device: I2cDevice): void {
    this.#peripherals.i2c.plug(bus, device);
  }

  /**
   * Puts a device on an SPI bus: `SPI1` to `SPI3`.
   * @param select the pin of its chip select, for example `PA4`; without it the device is always selected
   */
  plugSpi(bus: string, device: SpiDevice, select?: string): void {
    this.#peripherals.spi.plug(bus, device, select);
  }

  /** Something is at an input of a converter, `ADC1` or `ADC4`. @param channel 0 to 19 */
  connectAnalog(adc: string, channel: number, input: AnalogInput): void {
    this.#peripherals.analog.connect(adc, channel, input);
  }

  /** Bytes come in through a UART, for example `USART2`. */
  feed(uart: string, bytes: Uint8Array): void {
    this.#calls.feed(uart, bytes);
  }

  /** The world applies a level to a pin, for example `PC13`. @throws RangeError when there is no such pin */
  applyPin(pin: string, level: 0 | 1): void {
    this.#peripherals.gpio?.apply(pin, level);
    this.#kernel.wake();
  }

  attach({ exports, coroutines, main }: BoardGuest): void {
    this.#coroutines = coroutines;
    // Interrupt handlers run on its stack: it stays when the scheduler starts.
    this.#rtos.setMain({ ...bodyOf(main), drop: () => {} } as CoroutineBody);
    const addressOf = (name: string) => (exports[name] as { value: number } | undefined)?.value;
    const window = addressOf(WINDOW);
    if (window !== undefined) this.#peripherals.attach(window);
    const tickRate = addressOf('mv_rtos_tick_rate');
    if (tickRate !== undefined) this.#setTickRate(this.#kernel.memory.view.getUint32(tickRate, true));
  }

  registerRead(pointer: number): void {
    this.#storm.moved();
    this.#peripherals.registerRead(pointer);
  }

  registerWritten(pointer: number): void {
    this.#storm.moved();
    this.#peripherals.registerWritten(pointer);
  }

  tick(now: number): void {
    this.#peripherals.tick(now);
    this.#rtos.tick(now);
  }

  nextDeadline(now: number): number | undefined {
    return earlier(this.#rtos.nextDeadline(now), this.#peripherals.nextDeadline());
  }

  next(): Coroutine | undefined {
    return (this.#rtos.next()?.body as CoroutineBody | undefined)?.coroutine;
  }

  left(coroutine: Coroutine): void {
    this.#rtos.left(coroutine.state === 'ended');
  }

  choose(pending: readonly number[], admits: (irq: number) => boolean): number | undefined {
    const { areThere, interrupts } = this.#peripherals;
    if (areThere) return interrupts.choose(pending, admits);
    return this.#kernel.inInterrupt ? undefined : pending.find(admits);
  }

  wakes(pending: readonly number[], admits: (irq: number) => boolean): boolean {
    return this.#peripherals.areThere && this.#peripherals.interrupts.wakes(pending, admits);
  }

  entered(irq: number): void {
    this.#peripherals.entered(irq);
  }

  returned(irq: number): void {
    this.#storm.returned(irq, this.#peripherals.returned(irq));
  }

  nextTick(): number | undefined {
    return this.#rtos.nextTick();
  }

  #setTickRate(hertz: number): void {
    if (hertz < 1 || hertz > 1_000_000)
      throw new GuestFault(`configTICK_RATE_HZ is ${hertz}; it has to be 1 to 1,000,000`);
    this.#rtos.setTickRate(hertz);
  }

  #spawn(name: string, entry: number, args: readonly number[], stackSize: number): TaskBody | undefined {
    try {
      return bodyOf(this.#coroutines!.create({ name, entry: { table: entry }, args, stackSize }));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw new GuestFault(`the task ${name} cannot begin: ${(error as Error).message}`);
    }
  }
}

const bodyOf = (coroutine: Coroutine): CoroutineBody => ({
  coroutine,
  stackSize: coroutine.stackSize,
  answer: (result) => coroutine.answer(result),
  stackPeak: () => coroutine.stackPeak(),
  drop: () => coroutine.drop(),
});

const suspending =
  (call: (...args: number[]) => Answer): BlockingFunction =>
  (...args) => {
    const answer = call(...args);
    return answer === BLOCKED ? SUSPEND : answer;
  };
