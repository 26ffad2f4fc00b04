/** Something on an SPI bus. */
export interface SpiDevice {
  /** Its chip select went low: a frame begins. */
  selected?(): void;
  /** The master sends bytes and gets as many back. */
  exchange(sent: Uint8Array): Uint8Array;
}

/** What a bus reads that nobody drives. */
const NOTHING = 0xff;

/** Bytes of the FIFO of a bus; more are lost, as on the device. */
const FIFO = 16;

interface Plugged {
  device: SpiDevice;
  /** The pin of its chip select; undefined: it is always selected. */
  select: string | undefined;
  isSelected: boolean;
}

/** The SPI buses by their names (`SPI1`), and what is on them. */
export class SpiBuses {
  readonly #buses = new Map<string, Plugged[]>();
  /** What came back for bytes that were sent one by one. */
  readonly #received = new Map<string, number[]>();

  /** Puts a device on a bus. @param select the pin of its chip select, for example `PA4`; without it the device is always selected */
  plug(bus: string, device: SpiDevice, select: string | undefined): void {
    const plugged = this.#buses.get(bus) ?? [];
    this.#buses.set(bus, plugged);
    plugged.push({ device, select, isSelected: select === undefined });
  }

  /** The application drives a pin: it may be a chip select. */
  pin(pin: string, level: 0 | 1): void {
    for (const plugged of this.#buses.values()) {
      for (const one of plugged) {
        if (one.select !== pin) continue;
        if (level === 0 && !one.isSelected) one.device.selected?.();
        one.isSelected = level === 0;
      }
    }
  }

  /** One transfer with the device that is selected. @returns as many bytes as are sent */
  transfer(bus: string, sent: Uint8Array): Uint8Array {
    const received = new Uint8Array(sent.length).fill(NOTHING);
    const device = this.#buses.get(bus)?.find(({ isSelected }) => isSelected)?.device;
    if (device) received.set(device.exchange(sent).subarray(0, sent.length));
    return received;
  }

  /** Sends a byte; what comes back waits for {@link take}. */
  put(bus: string, byte: number): void {
    const received = this.#received.get(bus) ?? [];
    this.#received.set(bus, received);
    const [answer] = this.transfer(bus, Uint8Array.of(byte));
    if (received.length < FIFO) received.push(answer);
  }

  /** The next byte that came back; undefined when there is none. */
  take(bus: string): number | undefined {
    return this.#received.get(bus)?.shift();
  }

  /** Bytes that came back and were not taken. */
  waiting(bus: string): number {
    return this.#received.get(bus)?.length ?? 0;
  }
}
