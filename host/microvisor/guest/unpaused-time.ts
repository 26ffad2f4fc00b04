import { Departure } from '../kernel/departure.js';
import type { Kernel } from '../kernel/kernel.js';
import { GuestFault } from './coroutine.js';
import { SpinMeter } from './spin-meter.js';

export interface UnpausedTimeOptions {
  /**
   * Lets so many milliseconds pass on the clock of the kernel: for virtual time, which stands still while a guest runs. Default: nothing,
   * since real time passes by itself.
   */
  spend?(milliseconds: number): void;
}

/** Milliseconds that are owed before virtual time passes: whoever asks now and then does not spin. */
const GRAIN = 0.01;
/** The same for other calls of a handler. */
const WORK_GRAIN = 1;
/** Real time passes by itself: it is looked at each so many calls. */
const CALLS = 64;

interface Handler {
  name: string;
  since: number;
}

/**
 * Time for what cannot be paused: interrupt handlers, and all of a reactive guest. Who spins there finds that time passes and that the
 * kernel goes on, as on the device; a handler that spins without end is ended, as Microvisor ends an application whose interrupt hangs.
 */
export class UnpausedTime {
  readonly #kernel: Pick<Kernel, 'now' | 'timePassed' | 'lifecycle' | 'limits'>;
  readonly #spend: UnpausedTimeOptions['spend'];
  readonly #meter = new SpinMeter(GRAIN);
  readonly #workMeter = new SpinMeter(WORK_GRAIN);
  #calls = 0;
  /** Those that run: one may interrupt another. */
  readonly #handlers: Handler[] = [];
  /** Called when time has passed: an interrupt may have become due. */
  onPassed = () => {};

  constructor(kernel: Pick<Kernel, 'now' | 'timePassed' | 'lifecycle' | 'limits'>, options: UnpausedTimeOptions) {
    this.#kernel = kernel;
    this.#spend = options.spend;
  }

  /** The guest is entered. */
  entered(): void {
    this.#meter.clear();
  }

  /** Runs an interrupt handler. */
  during<T>(name: string, handle: () => T): T {
    this.#handlers.push({ name, since: this.#kernel.now() });
    this.#meter.clear();
    this.#workMeter.clear();
    try {
      return handle();
    } finally {
      this.#handlers.pop();
    }
  }

  /** The guest asked for a time or a state. @throws GuestFault when it has done so for too long; Departure when it has ended meanwhile */
  spin(): void {
    this.#meter.spin();
    this.#pay(this.#meter);
  }

  /** The guest made any other call. @throws as `spin` */
  work(): void {
    // Without a handler it is a guest at work, and no wait.
    this.#meter.clear();
    if (this.#handlers.length === 0) return;
    this.#workMeter.work();
    this.#pay(this.#workMeter);
  }

  #pay(meter: SpinMeter): void {
    const pause = this.#spend ? meter.take() : +(++this.#calls % CALLS === 0);
    if (pause === 0) return;
    this.#spend?.(pause);
    const now = this.#kernel.timePassed();
    if (this.#kernel.lifecycle.ended) throw new Departure();
    this.#check(now);
    this.onPassed();
  }

  #check(now: number): void {
    const handler = this.#handlers.at(-1);
    if (!handler) return;
    const { handlerTime } = this.#kernel.limits;
    if (now - handler.since <= handlerTime) return;
    throw new GuestFault(
      `the interrupt handler ${handler.name} has not returned for ${handlerTime} ms; Microvisor ends an application whose interrupt ` +
        'hangs, so let the handler set a flag and wait outside of it',
    );
  }
}
