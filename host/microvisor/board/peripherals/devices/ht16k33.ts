import type { I2cDevice } from '../i2c-bus.js';

const ROWS = 16;
/** The first bits of a command say what it is, the others its value (data sheet of the HT16K33). */
const COMMAND = { RAM: 0x00, SYSTEM: 0x20, DISPLAY: 0x80, DIMMING: 0xe0 } as const;

/**
 * A HT16K33, which drives LEDs of a segment or matrix display.
 *
 * @example
 * ```ts
 * import { Ht16k33 } from 'wasmqtt/microvisor';
 *
 * const display = new Ht16k33(0x71);
 * for (const command of [[0x21], [0x83], [0x00, 0x3f]]) display.write(Uint8Array.from(command));
 * [display.isOn, display.blink, display.rows[0]]; // => [ true, 1, 63 ]
 * ```
 */
export class Ht16k33 implements I2cDevice {
  readonly address: number;
  /** What the display memory holds, a byte for each row. */
  readonly rows = new Uint8Array(ROWS);
  /** Whether it oscillates and shows what it holds. */
  isRunning = false;
  isOn = false;
  /** 0 to 15. */
  brightness = 15;
  /** 0: it does not blink; 1 to 3: at 2, 1 and 0.5 Hz. */
  blink = 0;
  #pointer = 0;

  /** @param address 0x70 to 0x77, as its solder bridges say */
  constructor(address = 0x70) {
    this.address = address;
  }

  write([command, ...data]: Uint8Array): boolean {
    const [kind, value] = [command & 0xf0, command & 0x0f];
    if (kind === COMMAND.SYSTEM) this.isRunning = (value & 1) === 1;
    else if (kind === COMMAND.DISPLAY) {
      this.isOn = (value & 1) === 1;
      this.blink = (value >> 1) & 3;
    } else if (kind === COMMAND.DIMMING) this.brightness = value;
    else if (kind === COMMAND.RAM) {
      this.#pointer = value;
      for (const byte of data) {
        this.rows[this.#pointer] = byte;
        this.#pointer = (this.#pointer + 1) % ROWS;
      }
    }
    return true;
  }

  read(length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => this.rows[(this.#pointer + index) % ROWS]);
  }
}
