import { BOARD_WINDOW, peripheralAddresses } from '../../../build/abi/board.js';
import type { RegisterPlaces, WatchedRegisters } from '../guest/board-port.js';

type PeripheralName = keyof typeof peripheralAddresses;

/** What stands in a register: bytes to send or that came in, or what pins are to be. */
export type ActiveRegister = 'uart data' | 'spi data' | 'pins';

/** A register that does something when it is read or written. */
export interface RegisterUse {
  peripheral: PeripheralName;
  what: ActiveRegister;
}

type Kind = readonly [peripheral: RegExp, what: ActiveRegister, offsets: readonly number[]];

const READS: readonly Kind[] = [
  [/^(USART|UART|LPUART)\d$/, 'uart data', [0x24]], // RDR
  [/^SPI\d$/, 'spi data', [0x30]], // RXDR
];
const WRITES: readonly Kind[] = [
  [/^(USART|UART|LPUART)\d$/, 'uart data', [0x28]], // TDR
  [/^SPI\d$/, 'spi data', [0x20]], // TXDR
  [/^GPIO[A-I]$/, 'pins', [0x14, 0x18, 0x28]], // ODR, BSRR, BRR
];

/** Where they lie in the window. */
function placesOf(kinds: readonly Kind[]): ReadonlyMap<number, RegisterUse> {
  const names = Object.keys(peripheralAddresses) as PeripheralName[];
  const places = kinds.flatMap(([pattern, what, offsets]) =>
    names
      .filter((name) => pattern.test(name))
      .flatMap((peripheral) =>
        offsets.map((offset): [number, RegisterUse] => [
          (peripheralAddresses[peripheral] + offset) % BOARD_WINDOW,
          { peripheral, what },
        ]),
      ),
  );
  return new Map(places);
}

export const registerReads = placesOf(READS);
export const registerWrites = placesOf(WRITES);

const plain = (kinds: readonly Kind[], places: ReadonlyMap<number, RegisterUse>): RegisterPlaces => ({
  addresses: [...places.keys()],
  offsets: [...new Set(kinds.flatMap(([, , offsets]) => offsets))],
});

/** The export of a guest that says where its registers begin. */
export const WINDOW = 'mv_board_window';

export const watchedRegisters: WatchedRegisters = {
  window: WINDOW,
  size: BOARD_WINDOW,
  reads: plain(READS, registerReads),
  writes: plain(WRITES, registerWrites),
};
