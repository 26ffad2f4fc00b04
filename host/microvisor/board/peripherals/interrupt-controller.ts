/** The highest number of an interrupt of the STM32U585. */
const MOST_INTERRUPTS = 141;
/** An interrupt has this number in IPSR. */
const FIRST_EXCEPTION = 16;
/** Bits of a priority; registers have them at their upper end. */
const PRIORITY_BITS = 4;
const PRIORITIES = (1 << PRIORITY_BITS) - 1;

/** What the controller needs of the kernel. */
export interface InterruptPorts {
  /** Asks for a turn: there may be something to deliver. */
  wake(): void;
  /** Whether an interrupt is fast: it comes before all others, whatever its priority. */
  isFast(irq: number): boolean;
  /** Whether it stays pending for now, because it is fast and switched off. */
  isHeld(irq: number): boolean;
}

/**
 * The NVIC: an interrupt is let through once the application has enabled it, does not mask it, and runs no handler that is as urgent. A
 * lower number of priority is more urgent; among equal ones the lower number of the interrupt comes first.
 */
export class InterruptController {
  readonly #ports: InterruptPorts;
  readonly #enabled = new Set<number>();
  readonly #priorities = new Map<number, number>();
  #grouping = 0;
  #primask = 0;
  #basepri = 0;
  /** Those that peripherals or the application itself have pended. The kernel keeps its own. */
  readonly #pended = new Set<number>();
  /** Those whose handlers run, each interrupted by the one behind it. */
  readonly #active: number[] = [];

  constructor(ports: InterruptPorts) {
    this.#ports = ports;
  }

  readonly functions: Readonly<Record<string, (...args: number[]) => number>> = {
    NVIC_EnableIRQ: (irq) => this.#set(irq, () => this.#enabled.add(irq)),
    NVIC_DisableIRQ: (irq) => this.#set(irq, () => this.#enabled.delete(irq)),
    NVIC_GetEnableIRQ: (irq) => (this.#enabled.has(irq) ? 1 : 0),
    NVIC_SetPendingIRQ: (irq) => this.#set(irq, () => this.raise(irq)),
    NVIC_ClearPendingIRQ: (irq) => this.#set(irq, () => this.#pended.delete(irq)),
    NVIC_GetPendingIRQ: (irq) => (this.#pended.has(irq) ? 1 : 0),
    NVIC_GetActive: (irq) => (this.#active.includes(irq) ? 1 : 0),
    NVIC_SetPriority: (irq, priority) => this.#set(irq, () => this.#priorities.set(irq, priority & PRIORITIES)),
    NVIC_GetPriority: (irq) => this.#priority(irq),
    NVIC_SetPriorityGrouping: (group) => {
      this.#grouping = group & 7;
      return 0;
    },
    NVIC_GetPriorityGrouping: () => this.#grouping,
    __get_IPSR: () => (this.#active.length === 0 ? 0 : this.#active.at(-1)! + FIRST_EXCEPTION),
    __get_PRIMASK: () => this.#primask,
    __set_PRIMASK: (mask) => {
      this.#primask = mask & 1;
      return 0;
    },
    __get_BASEPRI: () => this.#basepri,
    __set_BASEPRI: (level) => {
      this.#basepri = level & (PRIORITIES << (8 - PRIORITY_BITS));
      return 0;
    },
  };

  /** A peripheral, or the application, pends an interrupt; while it is pending that does nothing. */
  raise(irq: number): void {
    if (this.#pended.has(irq)) return;
    this.#pended.add(irq);
    this.#ports.wake();
  }

  /**
   * What is to be delivered now, if anything.
   *
   * @param pending what the kernel has pended
   * @param admits which interrupts may be delivered at all
   */
  choose(pending: readonly number[], admits: (irq: number) => boolean): number | undefined {
    return this.#primask === 0 ? this.#first(pending, admits) : undefined;
  }

  /** Whether something is pending that would be delivered without PRIMASK: it ends a wait. */
  wakes(pending: readonly number[], admits: (irq: number) => boolean): boolean {
    return this.#primask !== 0 && this.#first(pending, admits) !== undefined;
  }

  #first(pending: readonly number[], admits: (irq: number) => boolean): number | undefined {
    let chosen: number | undefined;
    const consider = (irq: number) => {
      if (!this.#mayInterrupt(irq) || !admits(irq)) return;
      if (chosen === undefined || this.#rank(irq) < this.#rank(chosen)) chosen = irq;
    };
    for (const irq of pending) consider(irq);
    for (const irq of this.#pended) consider(irq);
    return chosen;
  }

  /** Its handler is entered: it can become pending again. @returns whether it was pended here, and not by the kernel */
  entered(irq: number): boolean {
    this.#active.push(irq);
    return this.#pended.delete(irq);
  }

  returned(): void {
    this.#active.pop();
  }

  #mayInterrupt(irq: number): boolean {
    if (!this.#enabled.has(irq) || this.#ports.isHeld(irq)) return false;
    const priority = this.#priority(irq);
    if (this.#basepri !== 0 && priority >= this.#basepri >> (8 - PRIORITY_BITS)) return false;
    const running = this.#active.at(-1);
    return running === undefined || this.#level(priority) < this.#level(this.#priority(running));
  }

  /** Lower ones first. */
  #rank(irq: number): number {
    return (this.#ports.isFast(irq) ? -1 : this.#priority(irq)) * MOST_INTERRUPTS + irq;
  }

  #priority(irq: number): number {
    return this.#priorities.get(irq) ?? 0;
  }

  /** The part of a priority by which handlers interrupt each other; the rest of it only orders them. */
  #level(priority: number): number {
    return priority >> Math.max(0, this.#grouping - (7 - PRIORITY_BITS));
  }

  #set(irq: number, work: () => void): number {
    if (irq >= 0 && irq < MOST_INTERRUPTS) work();
    return 0;
  }
}
