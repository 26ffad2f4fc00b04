import { peripheralAddresses } from '../../../../build/abi/board.js';
import type { BoardWindow } from './board-window.js';
import type { SpiBuses } from './spi-bus.js';
import type { UartPorts } from './uart-ports.js';

type PeripheralName = keyof typeof peripheralAddresses;

/** The bit of CR1 that enables: UE of a UART, SPE of an SPI. */
const ENABLED = 1;
/** Offset of ISR of a UART, and its bits: a byte was received, all were sent, there is room for more. */
const UART_ISR = 0x1c;
const [RXNE, TC, TXE] = [0x20, 0x40, 0x80];
/** Offset of SR of an SPI, and its bits: a byte came back, there is room for more, all were sent. */
const SPI_SR = 0x14;
const [RXP, TXP, TXC] = [0x01, 0x02, 0x1000];

const SPI = /^SPI\d$/;
const PORT = /^(USART|UART|LPUART|SPI)\d$/;
/** The names of all by the addresses of their first register, CR1. */
const nameAt = new Map(
  (Object.entries(peripheralAddresses) as [PeripheralName, number][])
    .filter(([name]) => PORT.test(name))
    .map(([name, address]) => [address, name]),
);

/** The status registers of UARTs and SPI: of those that are enabled, by the HAL or by the application itself. */
export class PortStatus {
  readonly #window: BoardWindow;
  readonly #uart: UartPorts;
  readonly #spi: SpiBuses;
  readonly #used = new Set<PeripheralName>();
  /** The addresses of the others. */
  #unused = [...nameAt.keys()];

  constructor(window: BoardWindow, uart: UartPorts, spi: SpiBuses) {
    this.#window = window;
    this.#uart = uart;
    this.#spi = spi;
  }

  /** A peripheral is used, enabled or not. */
  use(name: PeripheralName): void {
    if (this.#used.has(name) || !PORT.test(name)) return;
    this.#used.add(name);
    this.#unused = this.#unused.filter((address) => nameAt.get(address) !== name);
  }

  /** Brings them up to date. @returns one that the application has enabled since; there may be more */
  look(): PeripheralName | undefined {
    const index = this.#window.indexOfSet(this.#unused, ENABLED);
    const enabled = index < 0 ? undefined : nameAt.get(this.#unused[index]);
    if (enabled) this.use(enabled);
    for (const name of this.#used) {
      if (SPI.test(name)) this.#lookAtSpi(name);
      else this.#lookAtUart(name);
    }
    return enabled;
  }

  #lookAtUart(name: PeripheralName): void {
    const received = this.#uart.waiting(name) > 0 ? RXNE : 0;
    this.#window.write(peripheralAddresses[name] + UART_ISR, TC | TXE | received);
  }

  #lookAtSpi(name: PeripheralName): void {
    const address = peripheralAddresses[name] + SPI_SR;
    const received = this.#spi.waiting(name) > 0 ? RXP : 0;
    // The other bits are the HAL's.
    this.#window.write(address, (this.#window.read(address) & ~RXP) | TXP | TXC | received);
  }
}
