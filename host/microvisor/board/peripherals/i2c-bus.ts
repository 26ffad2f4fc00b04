/** Something on an I2C bus. */
export interface I2cDevice {
  /** Seven bits. */
  readonly address: number;
  /** The master writes. @returns false when the device does not acknowledge the bytes */
  write(bytes: Uint8Array): boolean;
  /** The master reads so many bytes. */
  read(length: number): Uint8Array;
}

/** HAL_I2C_ERROR_* */
export const I2C_OK = 0;
export const I2C_NOT_ACKNOWLEDGED = 4;

/** The I2C buses by their names (`I2C1`), and what is on them. */
export class I2cBuses {
  readonly #devices = new Map<string, I2cDevice>();

  /** Puts a device on a bus, in the place of the one that had its address. */
  plug(bus: string, device: I2cDevice): void {
    this.#devices.set(`${bus} ${device.address}`, device);
  }

  /**
   * One transfer: a write, then a read. Without either it only asks whether the device is there.
   *
   * @param address seven bits
   * @param into takes what is read
   * @returns I2C_OK or I2C_NOT_ACKNOWLEDGED
   */
  transfer(bus: string, address: number, written: Uint8Array, into: Uint8Array): number {
    const device = this.#devices.get(`${bus} ${address}`);
    if (!device) return I2C_NOT_ACKNOWLEDGED;
    if (written.length > 0 && !device.write(written)) return I2C_NOT_ACKNOWLEDGED;
    if (into.length > 0) into.set(device.read(into.length).subarray(0, into.length));
    return I2C_OK;
  }
}
