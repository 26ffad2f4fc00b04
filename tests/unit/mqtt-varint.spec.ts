import { varintIsMinimal, varintLength, varintSize, varintStore, varintValue } from '../../assembly/memory/bytes';
import { INPUT, OUTPUT, put } from './bytes';
import { hexAt } from './mqtt-records';

function written(value: u32, hex: string): void {
  put('');
  const length: i32 = hex.length >> 1;
  expect(varintSize(value)).toBe(length, hex);
  expect(varintStore(<i32>OUTPUT, value)).toBe(<i32>OUTPUT + length, hex);
  expect(hexAt(OUTPUT, length)).toBe(hex);
  expect(load<u8>(OUTPUT + length)).toBe(0xee, 'nothing is written behind it');
  expect(varintLength(<i32>OUTPUT, <i32>OUTPUT + 64)).toBe(length, hex);
  expect(varintValue(<i32>OUTPUT, length)).toBe(value, hex);
  expect(varintIsMinimal(<i32>OUTPUT, length)).toBe(true, hex);
}

/** Bytes of the variable byte integer in `hex`, whose end is the end of the input. */
function length(hex: string): i32 {
  return varintLength(<i32>INPUT, <i32>(INPUT + put(hex)));
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
      expect(varintValue(<i32>OUTPUT, varintLength(<i32>OUTPUT, end))).toBe(value);
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
    expect(varintIsMinimal(<i32>INPUT, 1)).toBe(true);
    expect(varintIsMinimal(<i32>INPUT + 1, 2)).toBe(false);
    expect(varintIsMinimal(<i32>INPUT + 3, 3)).toBe(false);
    expect(varintIsMinimal(<i32>INPUT + 6, 4)).toBe(false);
    expect(varintIsMinimal(<i32>INPUT + 10, 2)).toBe(false);
    expect(varintIsMinimal(<i32>INPUT + 12, 2)).toBe(true);
  });
});
