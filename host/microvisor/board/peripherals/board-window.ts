import { BOARD_WINDOW } from '../../../../build/abi/board.js';

/** The registers of the peripherals, in the memory of the guest. */
export class BoardWindow {
  readonly #view: () => DataView;
  readonly #base: number;

  /**
   * @param view the memory of the guest, another one after it has grown
   * @param base where the window begins
   */
  constructor(view: () => DataView, base: number) {
    this.#view = view;
    this.#base = base;
  }

  /** @param address of the register on the device */
  read(address: number): number {
    return this.#view().getUint32(this.#base + (address % BOARD_WINDOW), true);
  }

  write(address: number, value: number): void {
    this.#view().setUint32(this.#base + (address % BOARD_WINDOW), value >>> 0, true);
  }

  /** Which of these registers has one of the bits set; -1 when none has. */
  indexOfSet(addresses: readonly number[], bits: number): number {
    const view = this.#view();
    for (let index = 0; index < addresses.length; index++) {
      if (view.getUint32(this.#base + (addresses[index] % BOARD_WINDOW), true) & bits) return index;
    }
    return -1;
  }

  /** The register that a pointer of the guest points to. */
  get(pointer: number): number {
    return this.#view().getUint32(pointer, true);
  }

  set(pointer: number, value: number): void {
    this.#view().setUint32(pointer, value >>> 0, true);
  }

  /** Where a pointer of the guest points to in the window; other numbers for what lies outside. */
  placeOf(pointer: number): number {
    return pointer - this.#base;
  }

  /** The address on the device of what the guest points to; undefined outside of the window. */
  deviceAddress(pointer: number, addresses: readonly number[]): number | undefined {
    return addresses.find((address) => this.#base + (address % BOARD_WINDOW) === pointer);
  }
}
