import { peripheralAddresses } from '../../../../build/abi/board.js';
import { earlier } from '../../kernel/earlier.js';
import type { BoardWindow } from './board-window.js';

/** Offsets of a timer's registers, and their bits. */
const TIM = { CR1: 0x00, DIER: 0x0c, SR: 0x10, CNT: 0x24, PSC: 0x28, ARR: 0x2c } as const;
const [ENABLED, ONE_PULSE, UPDATE] = [1, 8, 1];

/** Timers whose update interrupt is raised. TIM6 is the time base of the HAL: HAL_GetTick needs no interrupt for it. */
const TIMERS = [
  { name: 'TIM2', irq: 45 },
  { name: 'TIM3', irq: 46 },
  { name: 'TIM4', irq: 47 },
  { name: 'TIM5', irq: 48 },
  { name: 'TIM7', irq: 50 },
  { name: 'TIM15', irq: 69 },
  { name: 'TIM16', irq: 70 },
  { name: 'TIM17', irq: 71 },
] as const;

interface Timer {
  irq: number;
  address: number;
  /** When it updates next, milliseconds; undefined while it does not run. */
  dueAt: number | undefined;
  period: number;
}

/** The update interrupts of the timers: the registers say whether they are wanted, and how often. */
export class UpdateTimers {
  readonly #window: BoardWindow;
  readonly #raise: (irq: number) => void;
  /** Ticks in a millisecond, before the prescaler. */
  readonly #rate: number;
  readonly #timers: Timer[] = TIMERS.map(({ name, irq }) => ({
    irq,
    address: peripheralAddresses[name],
    dueAt: undefined,
    period: 0,
  }));

  /** @param clock hertz of the timers' clock */
  constructor(window: BoardWindow, clock: number, raise: (irq: number) => void) {
    this.#window = window;
    this.#rate = clock / 1000;
    this.#raise = raise;
  }

  /** Looks at the registers, and raises what is due at `now`, in milliseconds. */
  tick(now: number): void {
    for (const timer of this.#timers) this.#look(timer, now);
  }

  /** Milliseconds; undefined when none is due. */
  nextDeadline(): number | undefined {
    let due: number | undefined;
    for (const { dueAt } of this.#timers) due = earlier(due, dueAt);
    return due;
  }

  #look(timer: Timer, now: number): void {
    const { address } = timer;
    const window = this.#window;
    const control = window.read(address + TIM.CR1);
    if (!(control & ENABLED) || !(window.read(address + TIM.DIER) & UPDATE)) {
      timer.dueAt = undefined;
      return;
    }
    const period = ((window.read(address + TIM.PSC) + 1) * (window.read(address + TIM.ARR) + 1)) / this.#rate;
    if (timer.dueAt === undefined || period !== timer.period) {
      timer.period = period;
      timer.dueAt = now + period;
    }
    if (timer.dueAt > now) return;
    // However late it is, one interrupt is pending.
    timer.dueAt += Math.max(1, Math.ceil((now - timer.dueAt) / period)) * period;
    window.write(address + TIM.SR, window.read(address + TIM.SR) | UPDATE);
    if (control & ONE_PULSE) window.write(address + TIM.CR1, control & ~ENABLED);
    this.#raise(timer.irq);
  }
}
