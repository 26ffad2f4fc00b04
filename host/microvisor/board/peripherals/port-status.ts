import { peripheralAddresses } from '../../../../build/abi/board.js';
import type { BoardWindow } from './board-window.js';
import type { SpiBuses } from './spi-bus.js';
import type { UartPorts } from './uart-ports.js';

type PeripheralName = keyof typeof peripheralAddresses;

/** Offset of CR1, and the bit of it that enables: UE of a UART, SPE of an SPI. */
const CR1 = 0x00;
const ENABLED = 1;
/** Offset of ISR of a UART, and its bits: a byte was received, all were sent, there is room for more. */
const UART_ISR = 0x1c;
const [RXNE, TC, TXE] = [0x20, 0x40, 0x80];
/** Offset of SR of an SPI, and its bits: a byte came back, there is room for more, all were sent. */
const SPI_SR = 0x14;
const [RXP, TXP, TXC] = [0x01, 0x02, 0x1000];

const named = (pattern: RegExp) =>
  (Object.keys(peripheralAddresses) as PeripheralName[]).filter((name) => pattern.test(name));
const UARTS = named(/^(USART|UART|LPUART)\d$/);
const SPIS = named(/^SPI\d$/);
const ALL = [...UARTS, ...SPIS];

/** The status registers of UARTs and SPI: of those that are enabled, by the HAL or by the application itself. */
export class PortStatus {
  readonly #window: BoardWindow;
  readonly #uart: UartPorts;
  readonly #spi: SpiBuses;
  readonly #used = new Set<PeripheralName>();

  constructor(window: BoardWindow, uart: UartPorts, spi: SpiBuses) {
    this.#window = window;
    this.#uart = uart;
    this.#spi = spi;
  }

  /** A peripheral is used, enabled or not. */
  use(name: PeripheralName): void {
    this.#used.add(name);
  }

  /** Brings them up to date. @returns those that the application has enabled since the last time */
  look(): PeripheralName[] {
    const enabled = ALL.filter((name) => !this.#used.has(name) && this.#isEnabled(name));
    for (const name of enabled) this.use(name);
    for (const name of UARTS) {
      if (!this.#used.has(name)) continue;
      const received = this.#uart.waiting(name) > 0 ? RXNE : 0;
      this.#window.write(peripheralAddresses[name] + UART_ISR, TC | TXE | received);
    }
    for (const name of SPIS) {
      if (!this.#used.has(name)) continue;
      const address = peripheralAddresses[name] + SPI_SR;
      const received = this.#spi.waiting(name) > 0 ? RXP : 0;
      // The other bits are the HAL's.
      this.#window.write(address, (this.#window.read(address) & ~RXP) | TXP | TXC | received);
    }
    return enabled;
  }

  #isEnabled(name: PeripheralName): boolean {
    return (this.#window.read(peripheralAddresses[name] + CR1) & ENABLED) !== 0;
  }
}
