/** Where the registers of RCC begin on an STM32U585, outside of the secure alias, and how many words they are (RM0456). */
const BASE = 0x4602_0c00;
const WORDS = 70;

/** Values after reset by the offset of the register; the others are 0. */
const RESET: Record<number, number> = {
  0: 0x0000_0035, // CR: MSIS and MSIK run
  8: 0x4400_0000, // ICSCR1
  12: 0x0008_4210, // ICSCR2
  16: 0x0010_0000, // ICSCR3
  32: 0x0000_6000, // CFGR2
  52: 0x0101_0280, // PLL1DIVR
  60: 0x0101_0280, // PLL2DIVR
  68: 0x0101_0280, // PLL3DIVR
  136: 0xd020_0100, // AHB1ENR
  140: 0xc000_0000, // AHB2ENR1
  // AHBxSMENR and APBxSMENR
  176: 0xffff_ffff,
  180: 0xffff_ffff,
  184: 0xffff_ffff,
  188: 0xffff_ffff,
  196: 0xffff_ffff,
  200: 0xffff_ffff,
  204: 0xffff_ffff,
  208: 0xffff_ffff,
  244: 0x0c00_4400, // CSR
};

/** Fields that hardware keeps equal to what software asks for: offset of the register, mask of what is asked, shift to the answer. */
const FOLLOWING: readonly (readonly [offset: number, asked: number, shift: number])[] = [
  [0x00, 1 << 0, 2], // CR: MSISRDY after MSISON,
  [0x00, 1 << 4, 1], // MSIKRDY,
  [0x00, 1 << 8, 2], // HSIRDY,
  [0x00, 1 << 12, 1], // HSI48RDY,
  [0x00, 1 << 14, 1], // SHSIRDY,
  [0x00, 1 << 16, 1], // HSERDY,
  [0x00, 1 << 24, 1], // PLL1RDY,
  [0x00, 1 << 26, 1], // PLL2RDY,
  [0x00, 1 << 28, 1], // PLL3RDY
  [0x1c, 3, 2], // CFGR1: SWS after SW
  [0xf0, 1 << 0, 1], // BDCR: LSERDY,
  [0xf0, 1 << 7, 4], // LSESYSRDY,
  [0xf0, 1 << 26, 1], // LSIRDY
];

/** The clock control of the device, as far as a program can see it: every clock that it switches on is ready at once. */
export class RccRegisters {
  readonly #words = new Uint32Array(WORDS);

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#words.fill(0);
    for (const [offset, value] of Object.entries(RESET)) this.#words[Number(offset) / 4] = value;
  }

  /** The value of a register; undefined for an address that is not one. */
  read(address: number): number | undefined {
    return this.#has(address) ? this.#words[(address - BASE) / 4] : undefined;
  }

  /** Clears the bits of `mask`, then inverts those of `inverted`. False for an address that is not a register. */
  change(address: number, mask: number, inverted: number): boolean {
    if (!this.#has(address)) return false;
    const offset = address - BASE;
    let word = (this.#words[offset / 4] & ~mask) ^ inverted;
    for (const [register, asked, shift] of FOLLOWING) {
      if (register === offset) word = (word & ~(asked << shift)) | ((word & asked) << shift);
    }
    this.#words[offset / 4] = word;
    return true;
  }

  #has(address: number): boolean {
    return address % 4 === 0 && address >= BASE && address < BASE + WORDS * 4;
  }
}
