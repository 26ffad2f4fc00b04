/** The highest number of an interrupt of the STM32U585. */
const MOST_INTERRUPTS = 141;
/** An interrupt has this number in IPSR. */
const FIRST_EXCEPTION = 16;

/** The NVIC: an interrupt is let through once the application has enabled it and does not mask all. */
export class InterruptController {
  readonly #pend: (irq: number) => void;
  readonly #enabled = new Set<number>();
  readonly #priorities = new Map<number, number>();
  #grouping = 0;
  #mask = 0;
  /** Pended by the application itself, and not delivered yet. */
  readonly #pended = new Set<number>();
  /** The handler that runs. */
  active: number | undefined;

  /** @param pend makes an interrupt pending */
  constructor(pend: (irq: number) => void) {
    this.#pend = pend;
  }

  readonly functions: Readonly<Record<string, (...args: number[]) => number>> = {
    NVIC_EnableIRQ: (irq) => this.#set(irq, () => this.#enabled.add(irq)),
    NVIC_DisableIRQ: (irq) => this.#set(irq, () => this.#enabled.delete(irq)),
    NVIC_GetEnableIRQ: (irq) => (this.#enabled.has(irq) ? 1 : 0),
    NVIC_SetPendingIRQ: (irq) => this.#set(irq, () => this.raise(irq)),
    NVIC_ClearPendingIRQ: (irq) => this.#set(irq, () => this.#pended.delete(irq)),
    NVIC_GetPendingIRQ: (irq) => (this.#pended.has(irq) ? 1 : 0),
    NVIC_SetPriority: (irq, priority) => this.#set(irq, () => this.#priorities.set(irq, priority)),
    NVIC_GetPriority: (irq) => this.#priorities.get(irq) ?? 0,
    NVIC_SetPriorityGrouping: (group) => {
      this.#grouping = group & 7;
      return 0;
    },
    NVIC_GetPriorityGrouping: () => this.#grouping,
    __get_IPSR: () => (this.active === undefined ? 0 : this.active + FIRST_EXCEPTION),
    __get_PRIMASK: () => this.#mask,
    __set_PRIMASK: (mask) => {
      this.#mask = mask & 1;
      return 0;
    },
  };

  /** A peripheral, or the application, pends an interrupt; while it is pending that does nothing. */
  raise(irq: number): void {
    if (this.#pended.has(irq)) return;
    this.#pended.add(irq);
    this.#pend(irq);
  }

  /** Whether this interrupt may be delivered now. */
  accepts(irq: number): boolean {
    return this.#mask === 0 && this.#enabled.has(irq);
  }

  isEnabled(irq: number): boolean {
    return this.#enabled.has(irq);
  }

  /** It is delivered: it can become pending again. */
  delivered(irq: number): void {
    this.#pended.delete(irq);
  }

  #set(irq: number, work: () => void): number {
    if (irq >= 0 && irq < MOST_INTERRUPTS) work();
    return 0;
  }
}
