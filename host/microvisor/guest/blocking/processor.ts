import { type BlockingFunction, type Coroutine, type Coroutines, SUSPEND } from '../coroutine.js';
import type { FunctionKind } from '../host-function.js';
import { SpinMeter } from './spin-meter.js';

/** The guest has stopped the processor. */
interface Stop {
  coroutine: Coroutine;
  /** Milliseconds of the kernel's clock; infinite when only an interrupt ends it. */
  until: number;
  /** Whether mv_host_wait did it, which says what has ended it. */
  isHostWait: boolean;
  interrupted: boolean;
}

export interface ProcessorOptions {
  /** Milliseconds that a guest has to spin for until it is paused (default 1): see {@link SpinMeter}. */
  spinGrain?: number;
}

/**
 * The one processor of a blocking guest, as its calls use it: a guest stops it in `mv_host_wait` and by spinning, for a time or
 * until there is an interrupt. Nothing but interrupt handlers runs meanwhile.
 */
export class Processor {
  readonly #now: () => number;
  readonly #coroutines: Coroutines;
  readonly #meter: SpinMeter;
  #stop: Stop | undefined;
  /** An interrupt was delivered since the last mv_host_wait: as the event register of Arm's WFE, so that none is missed. */
  #event = false;

  /** @param now milliseconds of the kernel's clock */
  constructor(now: () => number, coroutines: Coroutines, { spinGrain = 1 }: ProcessorOptions) {
    this.#now = now;
    this.#coroutines = coroutines;
    this.#meter = new SpinMeter(spinGrain);
  }

  /** `mv_host_wait`: 1 when an interrupt was delivered, now or since the last time, 0 when the time is up. */
  readonly hostWait: BlockingFunction = (timeout) => {
    if (this.#event) {
      this.#event = false;
      return 1;
    }
    return this.#halt(timeout < 0 ? Number.POSITIVE_INFINITY : this.#now() + timeout, true);
  };

  /** What the guest calls for a function: the others show that it is not spinning. */
  metered(kind: FunctionKind, call: BlockingFunction): BlockingFunction {
    if (kind === 'spinning') return (a, b, c) => this.#spin(call(a, b, c) as number);
    const meter = this.#meter;
    return (...args) => {
      meter.progress();
      return call(...args);
    };
  }

  #spin(result: number): number | typeof SUSPEND {
    const pause = this.#meter.count();
    const { current } = this.#coroutines;
    // An interrupt handler cannot be paused.
    if (pause === 0 || !current) return result;
    current.answer(result);
    return this.#halt(this.#now() + pause, false);
  }

  #halt(until: number, isHostWait: boolean): typeof SUSPEND {
    const coroutine = this.#coroutines.current;
    if (coroutine) this.#stop = { coroutine, until, isHostWait, interrupted: false };
    return SUSPEND;
  }

  /** An interrupt was delivered: the processor goes on. */
  interrupted(): void {
    this.#event = true;
    this.#meter.progress();
    if (this.#stop) this.#stop.interrupted = true;
  }

  /** Whether it stands still at `now`; when it does not, whoever had stopped it can go on. */
  isStopped(now: number): boolean {
    const stop = this.#stop;
    if (!stop) return false;
    if (!stop.interrupted && stop.until > now) return true;
    if (stop.isHostWait) {
      stop.coroutine.answer(stop.interrupted ? 1 : 0);
      this.#event = false;
    }
    this.#stop = undefined;
    return false;
  }

  /** When it goes on by itself, milliseconds; undefined when it runs, or waits for an interrupt alone. */
  get resumesAt(): number | undefined {
    return this.#stop && Number.isFinite(this.#stop.until) ? this.#stop.until : undefined;
  }
}
