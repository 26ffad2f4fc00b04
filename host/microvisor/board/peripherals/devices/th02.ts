import type { I2cDevice } from '../i2c-bus.js';

/** Registers of the TH02, by its data sheet. */
const REGISTER = { STATUS: 0x00, DATA_H: 0x01, DATA_L: 0x02, CONFIG: 0x03, ID: 0x11 } as const;
const START = 0x01;
const TEMPERATURE = 0x10;
const ID = 0x50;

/**
 * A TH02: measures temperature and relative humidity, which a test sets. A conversion takes no time.
 *
 * @example
 * ```ts
 * import { Th02 } from 'wasmqtt/microvisor';
 *
 * const sensor = new Th02(21.5, 45);
 * // CONFIG: start, temperature; then DATA_H and DATA_L.
 * sensor.write(Uint8Array.of(0x03, 0x11));
 * sensor.write(Uint8Array.of(0x01));
 * const [high, low] = sensor.read(2);
 * ((high << 8) | low) / 4 / 32 - 50; // => 21.5
 * ```
 */
export class Th02 implements I2cDevice {
  readonly address = 0x40;
  /** Degrees Celsius, -40 to 85. */
  temperature: number;
  /** Per cent, 0 to 100. */
  humidity: number;
  #pointer = 0;
  readonly #registers = new Uint8Array(256);

  constructor(temperature = 21.5, humidity = 45) {
    this.temperature = temperature;
    this.humidity = humidity;
    this.#registers[REGISTER.ID] = ID;
  }

  write(bytes: Uint8Array): boolean {
    [this.#pointer] = bytes;
    for (const value of bytes.subarray(1)) {
      if (this.#pointer === REGISTER.CONFIG) this.#configure(value);
      this.#pointer = (this.#pointer + 1) & 0xff;
    }
    return true;
  }

  read(length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => this.#registers[(this.#pointer + index) & 0xff]);
  }

  #configure(value: number): void {
    this.#registers[REGISTER.CONFIG] = value & ~START;
    if ((value & START) === 0) return;
    // 14 bits of (t + 50) * 32, or 12 of (h + 24) * 16, to the left of their 16.
    const sample = value & TEMPERATURE ? ((this.temperature + 50) * 32) << 2 : ((this.humidity + 24) * 16) << 4;
    this.#registers[REGISTER.DATA_H] = sample >> 8;
    this.#registers[REGISTER.DATA_L] = sample & 0xff;
  }
}
