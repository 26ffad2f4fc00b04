import { MvPowerSavingMode, MvStatus } from '../../../../build/abi/microvisor.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Board } from '../board-port.js';
import { type BlockingFunction, type Coroutine, type Coroutines, SUSPEND } from '../coroutine.js';
import type { FunctionKind } from '../host-function.js';
import { SpinMeter } from '../spin-meter.js';
import type { UnpausedTime } from '../unpaused-time.js';
import { endsPowerSave } from './power-save.js';

/** The guest has stopped the processor. */
interface Stop {
  coroutine: Coroutine;
  /** Milliseconds of the kernel's clock; infinite when only an interrupt ends it. */
  until: number;
  /** The interrupts that end it, and that are delivered meanwhile; undefined: all. */
  isEndedBy?(irq: number): boolean;
  /** What the call that has stopped it returns; undefined: what it would have without. */
  answer?(interrupted: boolean): number;
  interrupted: boolean;
}

export interface ProcessorOptions {
  /** Milliseconds that a guest has to spin for until it is paused (default 1): see {@link SpinMeter}. */
  spinGrain?: number;
}

/** What a processor works for. */
export interface ProcessorParts {
  kernel: Pick<Kernel, 'now' | 'interrupts'>;
  coroutines: Coroutines;
  board: Pick<Board, 'nextTick'> | undefined;
  time: UnpausedTime;
}

/**
 * The one processor of a blocking guest, as its calls use it: a guest stops it in `mv_host_wait`, in `mvPowerSave` and by spinning, for a
 * time or until there is an interrupt. Nothing but interrupt handlers runs meanwhile.
 */
export class Processor {
  readonly #parts: ProcessorParts;
  readonly #meter: SpinMeter;
  #stop: Stop | undefined;
  #turnTime: number | undefined;
  /** An interrupt was delivered since the last mv_host_wait: as the event register of Arm's WFE, so that none is missed. */
  #event = false;

  constructor(parts: ProcessorParts, { spinGrain = 1 }: ProcessorOptions) {
    this.#parts = parts;
    this.#meter = new SpinMeter(spinGrain);
  }

  /** `mv_host_wait`: 1 when an interrupt was delivered, now or since the last time, 0 when the time is up. */
  readonly hostWait: BlockingFunction = (timeout) => {
    if (this.#event) {
      this.#event = false;
      return 1;
    }
    const until = timeout < 0 ? Number.POSITIVE_INFINITY : this.#parts.kernel.now() + timeout;
    const answer = (interrupted: boolean) => {
      this.#event = false;
      return interrupted ? 1 : 0;
    };
    return this.#halt({ until, answer });
  };

  /** `mvPowerSave`, which comes back after the wake-up. @param ask the kernel, which may refuse it */
  powerSave(ask: BlockingFunction): BlockingFunction {
    return (mode) => {
      const status = ask(mode);
      if (status !== MvStatus.OKAY) return status;
      const { kernel, board } = this.#parts;
      // The tick of the RTOS is an interrupt too. In STOP its timer stands still.
      const tick = mode === MvPowerSavingMode.SLEEP ? board?.nextTick(kernel.now()) : undefined;
      return this.#halt({
        until: tick ?? Number.POSITIVE_INFINITY,
        isEndedBy: (irq) => endsPowerSave(mode, irq, kernel.interrupts.isForNotifications(irq)),
        answer: () => MvStatus.OKAY,
      });
    };
  }

  /** What the guest calls for a function: a call that waits for nothing costs time, the more if it only asks. */
  metered(kind: FunctionKind, call: BlockingFunction): BlockingFunction {
    const { coroutines, time } = this.#parts;
    const meter = this.#meter;
    if (kind === 'spinning') {
      return (a, b, c) => {
        if (!coroutines.current) time.spin();
        const result = call(a, b, c) as number;
        if (!coroutines.current) return result;
        meter.spin();
        return this.#pay(result);
      };
    }
    return (...args) => {
      if (!coroutines.current) time.work();
      const result = call(...args);
      meter.work();
      return kind === 'plain' ? result : this.#pay(result);
    };
  }

  /** An interrupt handler cannot be paused: for it time passes otherwise. */
  #pay(result: ReturnType<BlockingFunction>): ReturnType<BlockingFunction> {
    const { coroutines, kernel } = this.#parts;
    const { current } = coroutines;
    if (!current) return result;
    const pause = this.#stop ? 0 : this.#meter.take();
    if (pause === 0) return result;
    // Who gives way again and again waits too; what the call returns then is known elsewhere.
    if (result !== SUSPEND) current.answer(result as number);
    return this.#halt({ until: kernel.now() + pause });
  }

  #halt(stop: Omit<Stop, 'coroutine' | 'interrupted'>): typeof SUSPEND {
    const coroutine = this.#parts.coroutines.current;
    if (coroutine) this.#stop = { ...stop, coroutine, interrupted: false };
    return SUSPEND;
  }

  /** Another turn begins. When it is at another time, nothing is owed any more. */
  turn(now: number): void {
    if (now !== this.#turnTime) this.#meter.paid();
    this.#turnTime = now;
  }

  /** Whether this interrupt is delivered, as long as the processor stands still as it does. */
  readonly admits = (irq: number): boolean => this.#stop?.isEndedBy?.(irq) ?? true;

  /** An interrupt is pending that cannot be delivered now: it ends a wait all the same, as that of WFI. */
  woken(): void {
    if (this.#stop?.answer) this.#stop.interrupted = true;
  }

  /** An interrupt was delivered: the processor goes on. */
  interrupted(): void {
    this.#event = true;
    this.#meter.clear();
    if (this.#stop) this.#stop.interrupted = true;
  }

  /** Whether it stands still at `now`; when it does not, whoever had stopped it can go on. */
  isStopped(now: number): boolean {
    const stop = this.#stop;
    if (!stop) return false;
    if (!stop.interrupted && stop.until > now) return true;
    if (stop.answer) stop.coroutine.answer(stop.answer(stop.interrupted));
    this.#stop = undefined;
    return false;
  }

  /** When it goes on by itself, milliseconds; undefined when it runs, or waits for an interrupt alone. */
  get resumesAt(): number | undefined {
    return this.#stop && Number.isFinite(this.#stop.until) ? this.#stop.until : undefined;
  }
}
