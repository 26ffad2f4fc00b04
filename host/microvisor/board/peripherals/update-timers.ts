import { peripheralAddresses } from '../../../../build/abi/board.js';
import { earlier } from '../../kernel/earlier.js';
import type { BoardWindow } from './board-window.js';

/** Offsets of a timer's registers, and their bits. */
const TIM = { CR1: 0x00, DIER: 0x0c, SR: 0x10, CNT: 0x24, PSC: 0x28, ARR: 0x2c } as const;
const [ENABLED, ONE_PULSE, UPDATE] = [1, 8, 1];

/** Timers whose update interrupt is raised. TIM6 is the time base of the HAL: HAL_GetTick needs no interrupt for it. */
const TIMERS = ['TIM2', 'TIM3', 'TIM4', 'TIM5', 'TIM7', 'TIM15', 'TIM16', 'TIM17'] as const;
export type TimerName = (typeof TIMERS)[number];

interface Timer {
  name: TimerName;
  address: number;
  /** What SR holds: writing a zero to a bit clears it, writing a one does nothing. */
  status: number;
  /** What CNT was set to by the host: another value is the application's. */
  count: number;
  /** How it counts; undefined while it does not. */
  run: Run | undefined;
}

/** Times are milliseconds. */
interface Run {
  /** What the counter was at `since`. */
  from: number;
  since: number;
  /** Of one count. */
  step: number;
  /** Counts until it begins again. */
  length: number;
  /** When it updates next. */
  dueAt: number;
  /** Whether the application wants the interrupt. */
  isWanted: boolean;
}

/** The timers: they count, and their updates become flags and interrupts, as the registers say. */
export class UpdateTimers {
  readonly #window: BoardWindow;
  readonly #updated: (name: TimerName) => void;
  /** Ticks in a millisecond, before the prescaler. */
  readonly #rate: number;
  readonly #timers: Timer[] = TIMERS.map((name) => ({
    name,
    address: peripheralAddresses[name],
    status: 0,
    count: 0,
    run: undefined,
  }));

  /**
   * @param clock hertz of the timers' clock
   * @param updated called with each timer that has updated: its interrupt is wanted
   */
  constructor(window: BoardWindow, clock: number, updated: (name: TimerName) => void) {
    this.#window = window;
    this.#rate = clock / 1000;
    this.#updated = updated;
  }

  /** Looks at the registers, and reports what is due at `now`, in milliseconds. */
  tick(now: number): void {
    for (const timer of this.#timers) this.#look(timer, now);
  }

  /** Milliseconds; undefined when no interrupt is due. */
  nextDeadline(): number | undefined {
    let due: number | undefined;
    for (const { run } of this.#timers) due = earlier(due, run?.isWanted ? run.dueAt : undefined);
    return due;
  }

  #look(timer: Timer, now: number): void {
    const { address } = timer;
    const window = this.#window;
    const status = window.read(address + TIM.SR);
    if (status !== timer.status) this.#setStatus(timer, timer.status & status);
    const control = window.read(address + TIM.CR1);
    timer.run = control & ENABLED ? this.#runOf(timer, now) : undefined;
    const { run } = timer;
    if (!run) return;
    this.#setCount(timer, Math.floor(run.from + (now - run.since) / run.step) % run.length);
    if (run.dueAt > now) return;
    // However late it is, one interrupt is pending.
    const period = run.length * run.step;
    run.dueAt += Math.max(1, Math.ceil((now - run.dueAt) / period)) * period;
    this.#setStatus(timer, timer.status | UPDATE);
    if (control & ONE_PULSE) window.write(address + TIM.CR1, control & ~ENABLED);
    if (run.isWanted) this.#updated(timer.name);
  }

  /** How it counts by its registers: as before, unless they have changed. */
  #runOf({ address, count, run: before }: Timer, now: number): Run {
    const window = this.#window;
    const isWanted = (window.read(address + TIM.DIER) & UPDATE) !== 0;
    const step = (window.read(address + TIM.PSC) + 1) / this.#rate;
    const length = window.read(address + TIM.ARR) + 1;
    const from = window.read(address + TIM.CNT);
    if (before && from === count && before.step === step && before.length === length && before.isWanted === isWanted) {
      return before;
    }
    return { from, since: now, step, length, dueAt: now + Math.max(1, length - from) * step, isWanted };
  }

  #setCount(timer: Timer, count: number): void {
    timer.count = count;
    this.#window.write(timer.address + TIM.CNT, count);
  }

  #setStatus(timer: Timer, status: number): void {
    timer.status = status;
    this.#window.write(timer.address + TIM.SR, status);
  }
}
