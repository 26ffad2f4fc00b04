import {
  varintIsMinimal,
  varintLength,
  varintRead,
  varintSize,
  varintStore,
  varintValue,
} from '../../assembly/memory/bytes';
import { INPUT, OUTPUT, put } from './bytes';
import { hexAt } from './mqtt-records';

function written(value: u32, hex: string): void {
  put('');
  const length: i32 = hex.length >> 1;
  expect(varintSize(value)).toBe(length, hex);
  expect(varintStore(<i32>OUTPUT, value)).toBe(<i32>OUTPUT + length, hex);
  expect(hexAt(OUTPUT, length)).toBe(hex);
  expect(load<u8>(OUTPUT + length)).toBe(0xee, 'nothing is written behind it');
  const read = varintRead(<i32>OUTPUT, <i32>OUTPUT + 64);
  expect(varintLength(read)).toBe(length, hex);
  expect(varintValue(read)).toBe(value, hex);
  expect(varintIsMinimal(read)).toBe(true, hex);
}

/** Bytes of the variable byte integer in `hex`, whose end is the end of the input. */
function length(hex: string): i32 {
  const read = varintRead(<i32>INPUT, <i32>(INPUT + put(hex)));
  return read < 0 ? read : varintLength(read);
}

/** Whether the variable byte integer of `length` bytes at an offset of the input is minimal. */
function minimal(offset: i32, length: i32): bool {
  return varintIsMinimal(varintRead(<i32>INPUT + offset, <i32>INPUT + offset + length));
}

describe('the variable byte integer (MQTT 1.5.5)', () => {
  it('is written as in table 1-1, at the edges of every size', () => {
    written(0, '00');
    written(1, '01');
    written(127, '7f');
    written(128, '8001');
    written(16383, 'ff7f');
    written(16384, '808001');
    written(2097151, 'ffff7f');
    written(2097152, '80808001');
    written(268435455, 'ffffff7f');
  });

  it('is read back for values of every bit length', () => {
    for (let bits = 1; bits <= 28; bits++) {
      const value: u32 = (0xffffffff >>> (32 - bits)) ^ (0x5a5a5a5 >>> (29 - bits));
      const end = varintStore(<i32>OUTPUT, value);
      expect(end - <i32>OUTPUT).toBe(varintSize(value));
      expect(varintValue(varintRead(<i32>OUTPUT, end))).toBe(value);
    }
  });

  it('has no length while its end is missing', () => {
    expect(length('')).toBe(0);
    expect(length('80')).toBe(0);
    expect(length('ffff')).toBe(0);
    expect(length('808080')).toBe(0);
  });

  it('has four bytes at most', () => {
    expect(length('ffffffff')).toBe(-1);
    expect(length('8080808000')).toBe(-1);
    expect(length('ffffffffff')).toBe(-1);
    expect(length('80808000')).toBe(4);
  });

  it('is not minimal when its last byte of several is zero (MQTT-1.5.5-1)', () => {
    put('00 8000 808000 80808000 8100 8001');
    expect(minimal(0, 1)).toBe(true);
    expect(minimal(1, 2)).toBe(false);
    expect(minimal(3, 3)).toBe(false);
    expect(minimal(6, 4)).toBe(false);
    expect(minimal(10, 2)).toBe(false);
    expect(minimal(12, 2)).toBe(true);
  });
});
