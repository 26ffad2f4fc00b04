import { interruptHandlers, MvStatus } from '../../../../build/abi/microvisor.js';
import { NOTIFICATION } from '../handle-kinds.js';
import type { Services } from '../services.js';
import type { Calls } from '../statuses.js';
import type { Lifecycle } from './lifecycle.js';

const { OKAY, INVALIDINTERRUPT, INVALIDVECTOR, UNAVAILABLE } = MvStatus;

/** The interrupts that wait for the guest, and the six calls about fast ones. */
export class Interrupts {
  readonly #services: Services;
  readonly #lifecycle: Pick<Lifecycle, 'ended'>;
  #pending: number[] = [];
  /** The fast interrupts by their numbers: whether each is enabled. */
  readonly #fast = new Map<number, boolean>();
  #masked = false;

  constructor(services: Services, lifecycle: Pick<Lifecycle, 'ended'>) {
    this.#services = services;
    this.#lifecycle = lifecycle;
  }

  readonly calls: Calls = {
    mvSetFastInterrupt: (irq) => this.#set(irq),
    mvClearFastInterrupt: (irq) => this.#change(irq, () => this.#fast.delete(irq)),
    mvEnableFastInterrupt: (irq) => this.#change(irq, () => this.#fast.set(irq, true)),
    mvDisableFastInterrupt: (irq) => this.#change(irq, () => this.#fast.set(irq, false)),
    mvEnableAllFastInterrupts: () => {
      this.#masked = false;
      return OKAY;
    },
    mvDisableAllFastInterrupts: () => {
      this.#masked = true;
      return OKAY;
    },
  };

  /** Pends an interrupt once more. False when too many are pending already: it is lost. */
  pend(irq: number): boolean {
    if (this.#pending.length >= this.#services.limits.pendingInterrupts) return false;
    this.#pending.push(irq);
    this.#services.wake();
    return true;
  }

  /** Whether there is an interrupt to deliver now. */
  get pending(): boolean {
    return this.#next() >= 0;
  }

  /** The interrupt to deliver next, if any: fast ones first, else in their order. */
  take(): number | undefined {
    const next = this.#next();
    if (next <= 0) return next === 0 ? this.#pending.shift() : undefined;
    return this.#pending.splice(next, 1)[0];
  }

  isFast(irq: number): boolean {
    return this.#fast.has(irq);
  }

  /** Whether it is fast and switched off: it stays pending. */
  isHeld(irq: number): boolean {
    return this.#masked ? this.#fast.has(irq) : this.#fast.get(irq) === false;
  }

  /** Whether the application is notified by this interrupt. */
  isForNotifications(irq: number): boolean {
    return this.#services.handles.all(NOTIFICATION).some((buffer) => buffer.irq === irq);
  }

  /** The application is to be restarted. */
  restart(): void {
    this.#pending = [];
    this.#fast.clear();
    this.#masked = false;
  }

  #next(): number {
    if (this.#fast.size === 0) return this.#pending.length > 0 ? 0 : -1;
    const fast = this.#masked ? -1 : this.#pending.findIndex((irq) => this.#fast.get(irq));
    return fast >= 0 ? fast : this.#pending.findIndex((irq) => !this.#fast.has(irq));
  }

  #set(irq: number) {
    // The code is being shut down.
    if (this.#lifecycle.ended) return UNAVAILABLE;
    if (interruptHandlers[irq] === undefined || this.isForNotifications(irq)) return INVALIDINTERRUPT;
    if (!this.#services.hasHandler(irq)) return INVALIDVECTOR;
    // It only marks: another call enables it.
    if (!this.#fast.has(irq)) this.#fast.set(irq, false);
    return OKAY;
  }

  #change(irq: number, change: () => void) {
    if (this.#lifecycle.ended) return UNAVAILABLE;
    if (!this.#fast.has(irq)) return INVALIDINTERRUPT;
    change();
    return OKAY;
  }
}
