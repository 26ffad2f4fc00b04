import { randomBytes } from 'node:crypto';
import { hexDecode, hexEncode } from '../core/index.js';
import { keep, type Row } from './measure.js';

const SIZES = { '1k': 1 << 10, '64k': 1 << 16, '1m': 1 << 20 };

/** Hex from bytes to a string and back, against Buffer, which does not report bad digits. */
export function hexRows(): Row[] {
  return Object.entries(SIZES).flatMap(([name, size]): Row[] => [
    {
      bench: `hex.encode.${name}`,
      peer: 'Buffer',
      make: () => {
        const bytes = randomBytes(size);
        return {
          units: 1,
          ours: () => keep(hexEncode(bytes).length),
          theirs: () => keep(bytes.toString('hex').length),
        };
      },
    },
    {
      bench: `hex.decode.${name}`,
      peer: 'Buffer',
      make: () => {
        const text = randomBytes(size).toString('hex');
        return {
          units: 1,
          ours: () => keep(hexDecode(text).length),
          theirs: () => keep(Buffer.from(text, 'hex').length),
        };
      },
    },
  ]);
}
