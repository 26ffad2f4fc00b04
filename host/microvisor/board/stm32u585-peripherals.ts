import { peripheralAddresses } from '../../../build/abi/board.js';
import type { BoardEvent } from '../kernel/board-event.js';
import { LogBudget } from '../kernel/families/log-budget.js';
import type { Kernel } from '../kernel/kernel.js';
import { registerReads, registerWrites } from './active-registers.js';
import { AnalogInputs } from './peripherals/analog-inputs.js';
import { BoardWindow } from './peripherals/board-window.js';
import { ExtiLines } from './peripherals/exti-lines.js';
import { GpioPorts } from './peripherals/gpio-ports.js';
import { I2cBuses } from './peripherals/i2c-bus.js';
import { InterruptController } from './peripherals/interrupt-controller.js';
import { LevelInterrupts } from './peripherals/level-interrupts.js';
import { PortStatus } from './peripherals/port-status.js';
import { SpiBuses } from './peripherals/spi-bus.js';
import { UartPorts } from './peripherals/uart-ports.js';
import { UpdateTimers } from './peripherals/update-timers.js';

export type PeripheralName = keyof typeof peripheralAddresses;

/** What there is once the guest has registers. */
interface Registers {
  window: BoardWindow;
  exti: ExtiLines;
  gpio: GpioPorts;
  timers: UpdateTimers;
  levels: LevelInterrupts;
  status: PortStatus;
}

/** The peripherals around one guest. */
export class Stm32u585Peripherals {
  readonly interrupts: InterruptController;
  readonly i2c = new I2cBuses();
  readonly spi = new SpiBuses();
  readonly analog = new AnalogInputs();
  readonly uart: UartPorts;
  readonly #kernel: Kernel;
  /** What an application reports by pins and lines is bounded as its log is; what is beyond it is left out. */
  readonly #budget: LogBudget;
  #registers: Registers | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.interrupts = new InterruptController({
      wake: () => kernel.wake(),
      isFast: (irq) => kernel.interrupts.isFast(irq),
      isHeld: (irq) => kernel.interrupts.isHeld(irq),
    });
    this.#budget = new LogBudget(kernel.limits.logBytes, kernel.limits.logWindow);
    this.uart = new UartPorts((event) => this.#report(event, event.line.length));
  }

  /** The guest has its registers at `base`. */
  attach(base: number): void {
    const kernel = this.#kernel;
    const raise = (irq: number) => this.interrupts.raise(irq);
    const window = new BoardWindow(() => kernel.memory.view, base);
    const exti = new ExtiLines(window, raise);
    const levels = new LevelInterrupts(window, raise);
    const gpio = new GpioPorts(window, exti, (event) => {
      if (event.by === 'application') this.spi.pin(event.pin, event.level);
      this.#report(event, 0);
    });
    const timers = new UpdateTimers(window, kernel.behaviour.clocks.pClk1, (name) => levels.use(name));
    const status = new PortStatus(window, this.uart, this.spi);
    this.#registers = { window, exti, gpio, timers, levels, status };
  }

  /** Whether the guest has registers: one that was built without the board's sources has none, and no NVIC to enable. */
  get areThere(): boolean {
    return this.#registers !== undefined;
  }

  /** The pins; undefined without registers. */
  get gpio(): GpioPorts | undefined {
    return this.#registers?.gpio;
  }

  /** The application, or the world outside, has used a peripheral: its registers are looked at from now on. */
  use(name: PeripheralName): void {
    this.#registers?.levels.use(name);
    this.#registers?.status.use(name);
  }

  /** The application reads a register next that does something then. */
  registerRead(pointer: number): void {
    if (!this.#registers) return;
    const { window } = this.#registers;
    const register = registerReads.get(window.placeOf(pointer));
    if (!register) return;
    const { peripheral, what } = register;
    this.use(peripheral);
    const byte = what === 'uart data' ? this.uart.take(peripheral, 1).at(0) : this.spi.take(peripheral);
    if (byte !== undefined) window.set(pointer, byte);
    this.look();
  }

  /** The application has written a register that does something then. */
  registerWritten(pointer: number): void {
    if (!this.#registers) return;
    const { window, gpio } = this.#registers;
    const register = registerWrites.get(window.placeOf(pointer));
    if (!register) return;
    const { peripheral, what } = register;
    if (what === 'pins') {
      gpio.look();
      return;
    }
    this.use(peripheral);
    const byte = window.get(pointer) & 0xff;
    if (what === 'uart data') this.uart.send(peripheral, Uint8Array.of(byte));
    else this.spi.put(peripheral, byte);
    this.look();
  }

  /** Looks at the registers, and raises what is due. */
  tick(now: number): void {
    if (!this.#registers) return;
    const { gpio, timers } = this.#registers;
    gpio.look();
    timers.tick(now);
    this.look();
  }

  /** Looks at the registers that say what is pending. */
  look(): void {
    if (!this.#registers) return;
    const { exti, status, levels } = this.#registers;
    exti.look();
    const enabled = status.look();
    if (enabled) levels.use(enabled);
    levels.look();
  }

  nextDeadline(): number | undefined {
    return this.#registers?.timers.nextDeadline();
  }

  /** The handler of an interrupt is entered. */
  entered(irq: number): void {
    if (this.interrupts.entered(irq)) this.#kernel.emit({ event: 'interrupt', irq });
    this.#registers?.exti.entered(irq);
  }

  /** It has returned. @returns the peripheral that still asks for it, if one does: the handler has not done its work */
  returned(irq: number): PeripheralName | undefined {
    this.interrupts.returned();
    this.tick(this.#kernel.now());
    this.#registers?.exti.returned(irq);
    return this.#registers?.levels.cause(irq);
  }

  #report(event: BoardEvent, bytes: number): void {
    if (this.#budget.take(bytes, this.#kernel.now())) this.#kernel.emit(event);
  }

  /** The name of the peripheral that a pointer of the guest is for, among those that `names` says; undefined for another one. */
  nameOf(pointer: number, names: RegExp): PeripheralName | undefined {
    const all = Object.entries(peripheralAddresses) as [PeripheralName, number][];
    const some = all.filter(([name]) => names.test(name));
    const found = this.#registers?.window.deviceAddress(
      pointer >>> 0,
      some.map(([, address]) => address),
    );
    return some.find(([, address]) => address === found)?.[0];
  }
}
