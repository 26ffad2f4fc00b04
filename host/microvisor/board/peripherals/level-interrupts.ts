import { peripheralAddresses } from '../../../../build/abi/board.js';
import { interruptHandlers } from '../../../../build/abi/microvisor.js';
import type { BoardWindow } from './board-window.js';

type PeripheralName = keyof typeof peripheralAddresses;

/** What interrupts as long as it is enabled and its state lasts: the bit for both is the same one of two registers. */
interface Source {
  irq: number;
  enable: number;
  status: number;
  bits: number;
}

/** By the kind of a peripheral: the offsets of both registers, their common bits, and what follows its name in the name of the interrupt. */
const KINDS: readonly [name: RegExp, enable: number, status: number, bits: number, suffix: string][] = [
  [/^(USART|UART|LPUART)\d$/, 0x00, 0x1c, 0xf0, ''],
  [/^I2C\d$/, 0x00, 0x18, 0x20, '_EV'],
  [/^SPI\d$/, 0x10, 0x14, 0x08, ''],
  [/^ADC\d$/, 0x04, 0x00, 0x04, ''],
  [/^TIM\d+$/, 0x0c, 0x10, 0x01, ''],
];

const numbers = new Map(Object.entries(interruptHandlers).map(([irq, handler]) => [handler, Number(irq)]));

function sourceOf(name: PeripheralName): Source | undefined {
  const [, enable, status, bits, suffix] = KINDS.find(([pattern]) => pattern.test(name)) ?? [];
  const irq = numbers.get(`${name}${suffix}_IRQHandler`);
  if (enable === undefined || irq === undefined) return undefined;
  const address = peripheralAddresses[name];
  return { irq, enable: address + enable, status: address + status!, bits: bits! };
}

/** The interrupts of peripherals whose registers say that there is something to do: they come again until it is done. */
export class LevelInterrupts {
  readonly #window: BoardWindow;
  readonly #raise: (irq: number) => void;
  /** Those that the application has used. */
  readonly #sources = new Map<PeripheralName, Source>();

  constructor(window: BoardWindow, raise: (irq: number) => void) {
    this.#window = window;
    this.#raise = raise;
  }

  /** The application uses a peripheral: its registers are looked at from now on. */
  use(name: PeripheralName): void {
    if (this.#sources.has(name)) return;
    const source = sourceOf(name);
    if (source) this.#sources.set(name, source);
  }

  /** Looks at the registers. */
  look(): void {
    for (const source of this.#sources.values()) if (this.#lasts(source)) this.#raise(source.irq);
  }

  /** The peripheral that still asks for this interrupt; undefined when none does. */
  cause(irq: number): PeripheralName | undefined {
    for (const [name, source] of this.#sources) if (source.irq === irq && this.#lasts(source)) return name;
    return undefined;
  }

  #lasts({ enable, status, bits }: Source): boolean {
    const wanted = this.#window.read(enable) & bits;
    return wanted !== 0 && (this.#window.read(status) & wanted) !== 0;
  }
}
