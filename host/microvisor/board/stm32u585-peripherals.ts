import { peripheralAddresses } from '../../../build/abi/board.js';
import type { BoardEvent } from '../kernel/board-event.js';
import { LogBudget } from '../kernel/families/log-budget.js';
import type { Kernel } from '../kernel/kernel.js';
import { BoardWindow } from './peripherals/board-window.js';
import { GpioPorts } from './peripherals/gpio-ports.js';
import { I2cBuses } from './peripherals/i2c-bus.js';
import { InterruptController } from './peripherals/interrupt-controller.js';
import { UartPorts } from './peripherals/uart-ports.js';
import { UpdateTimers } from './peripherals/update-timers.js';

type PeripheralName = keyof typeof peripheralAddresses;

/** The peripherals around one guest. */
export class Stm32u585Peripherals {
  readonly interrupts: InterruptController;
  readonly i2c = new I2cBuses();
  readonly uart: UartPorts;
  readonly #kernel: Kernel;
  /** What an application reports by pins and lines is bounded as its log is; what is beyond it is left out. */
  readonly #budget: LogBudget;
  #window: BoardWindow | undefined;
  #gpio: GpioPorts | undefined;
  #timers: UpdateTimers | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.interrupts = new InterruptController((irq) => void kernel.interrupts.pend(irq));
    this.#budget = new LogBudget(kernel.limits.logBytes, kernel.limits.logWindow);
    this.uart = new UartPorts((event) => this.#report(event, event.line.length));
  }

  /** The guest has its registers at `base`. */
  attach(base: number): void {
    const kernel = this.#kernel;
    const raise = (irq: number) => this.interrupts.raise(irq);
    this.#window = new BoardWindow(() => kernel.memory.view, base);
    this.#gpio = new GpioPorts(this.#window, raise, (event) => this.#report(event, 0));
    this.#timers = new UpdateTimers(this.#window, kernel.behaviour.clocks.pClk1, raise);
  }

  /** Whether the guest has registers: one that was built without the board's sources has none, and no NVIC to enable. */
  get areThere(): boolean {
    return this.#window !== undefined;
  }

  /** The pins; undefined without registers. */
  get gpio(): GpioPorts | undefined {
    return this.#gpio;
  }

  /** Looks at the registers, and raises what is due. */
  tick(now: number): void {
    this.#gpio?.look();
    this.#timers?.tick(now);
  }

  nextDeadline(): number | undefined {
    return this.#timers?.nextDeadline();
  }

  #report(event: BoardEvent, bytes: number): void {
    if (this.#budget.take(bytes, this.#kernel.now())) this.#kernel.emit(event);
  }

  /** The name of the peripheral that a pointer of the guest is for, among those that `names` says; undefined for another one. */
  nameOf(pointer: number, names: RegExp): PeripheralName | undefined {
    const all = Object.entries(peripheralAddresses) as [PeripheralName, number][];
    const some = all.filter(([name]) => names.test(name));
    const found = this.#window?.deviceAddress(
      pointer >>> 0,
      some.map(([, address]) => address),
    );
    return some.find(([, address]) => address === found)?.[0];
  }
}
