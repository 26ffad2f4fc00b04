import { peripheralAddresses } from '../../../../build/abi/board.js';
import type { BoardWindow } from './board-window.js';

/** Offsets of EXTI's registers. */
const EXTI = { RTSR1: 0x00, FTSR1: 0x04, RPR1: 0x0c, FPR1: 0x10, EXTICR: 0x60, IMR1: 0x80 } as const;
/** The interrupt of line 0; the others follow it. */
const EXTI0_IRQ = 11;
const LINES = 16;
/** The ports as EXTICR counts them. */
const PORTS = 'ABCDEFGHI';
/** A bit that no line has: it stands in what the host wrote, and not in what the application writes. */
const MARK = 0x8000_0000;

interface PendingRegister {
  readonly address: number;
  /** A bit for each line that is pending. */
  pending: number;
  /** Those of them that came since a handler was entered. */
  fresh: number;
}

const bitOf = (irq: number) => (irq >= EXTI0_IRQ && irq < EXTI0_IRQ + LINES ? 1 << (irq - EXTI0_IRQ) : 0);

/** The lines of EXTI: an edge of a pin becomes pending, and raises an interrupt. Writing a one clears what is pending. */
export class ExtiLines {
  readonly #window: BoardWindow;
  readonly #raise: (irq: number) => void;
  readonly #rising = pendingRegister(EXTI.RPR1);
  readonly #falling = pendingRegister(EXTI.FPR1);

  constructor(window: BoardWindow, raise: (irq: number) => void) {
    this.#window = window;
    this.#raise = raise;
  }

  /** A pin of this port has another level. */
  edge(port: string, pin: number, level: 0 | 1): void {
    const line = 1 << pin;
    if (PORTS[(this.#read(EXTI.EXTICR + 4 * (pin >> 2)) >>> (8 * (pin & 3))) & 0xff] !== port) return;
    if (!(this.#read(level === 1 ? EXTI.RTSR1 : EXTI.FTSR1) & line)) return;
    this.look();
    const register = level === 1 ? this.#rising : this.#falling;
    register.pending |= line;
    register.fresh |= line;
    this.#show(register);
    if (this.#read(EXTI.IMR1) & line) this.#raise(EXTI0_IRQ + pin);
  }

  /** Looks at the registers: the application may have cleared lines. */
  look(): void {
    for (const register of [this.#rising, this.#falling]) {
      const value = this.#window.read(register.address);
      if (value === shown(register)) continue;
      register.pending &= ~value;
      this.#show(register);
    }
  }

  /** A handler is entered. */
  entered(irq: number): void {
    for (const register of [this.#rising, this.#falling]) register.fresh &= ~bitOf(irq);
  }

  /** A handler has returned. Whether it wrote a one to the very bit that stood there alone cannot be seen: it is taken to have. */
  returned(irq: number): void {
    const line = bitOf(irq);
    if (line === 0) return;
    this.look();
    for (const register of [this.#rising, this.#falling]) {
      register.pending &= ~(line & ~register.fresh);
      this.#show(register);
    }
  }

  #read(offset: number): number {
    return this.#window.read(peripheralAddresses.EXTI + offset);
  }

  #show(register: PendingRegister): void {
    this.#window.write(register.address, shown(register));
  }
}

const pendingRegister = (offset: number): PendingRegister => ({
  address: peripheralAddresses.EXTI + offset,
  pending: 0,
  fresh: 0,
});

const shown = ({ pending }: PendingRegister) => (pending === 0 ? 0 : (pending | MARK) >>> 0);
