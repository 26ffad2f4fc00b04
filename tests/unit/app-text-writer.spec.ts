import { parseDecimal } from '../../assembly/app/parse-decimal';
import { ascii, begin, byte, bytes, decimal, length } from '../../assembly/app/text-writer';
import { INPUT, OUTPUT, put, putText } from './bytes';

function text(): string {
  return String.UTF8.decodeUnsafe(OUTPUT, length());
}

function decimalOf(value: i32): string {
  put('');
  begin(OUTPUT, 64);
  decimal(value);
  return text();
}

function parsed(digits: string): i32 {
  return parseDecimal(INPUT, putText(digits));
}

describe('text', () => {
  it('is put together from literals, bytes and numbers', () => {
    putText('xyz');
    begin(OUTPUT, 64);
    ascii('port ');
    decimal(8883);
    byte(0x20);
    bytes(INPUT, 3);
    expect(text()).toBe('port 8883 xyz');
  });

  it('is cut off at the end of its buffer, and nothing is written behind it', () => {
    put('');
    for (let size: u32 = 0; size < 12; size++) {
      memory.fill(OUTPUT, 0xee, 64);
      begin(OUTPUT, size);
      ascii('abc');
      decimal(-12345);
      bytes(INPUT, 3);
      expect(length()).toBe(size);
      expect(load<u8>(OUTPUT + size)).toBe(0xee);
      expect(text()).toBe('abc-12345\0\0\0'.substring(0, min<i32>(size, 9)) + text().substring(9));
    }
  });
});

describe('decimal', () => {
  it('writes every power of ten, what lies before it, and both ends of the range', () => {
    expect(decimalOf(0)).toBe('0');
    let value = 1;
    for (let digits = 1; digits <= 10; digits++) {
      expect(decimalOf(value)).toBe('1' + '0'.repeat(digits - 1));
      expect(decimalOf(-value)).toBe('-1' + '0'.repeat(digits - 1));
      if (value > 1) expect(decimalOf(value - 1)).toBe('9'.repeat(digits - 1));
      value *= 10;
    }
    expect(decimalOf(i32.MAX_VALUE)).toBe('2147483647');
    expect(decimalOf(i32.MIN_VALUE)).toBe('-2147483648');
    expect(decimalOf(1002003004)).toBe('1002003004');
  });
});

describe('parseDecimal', () => {
  it('reads up to nine digits', () => {
    expect(parsed('0')).toBe(0);
    expect(parsed('8883')).toBe(8883);
    expect(parsed('007')).toBe(7);
    expect(parsed('999999999')).toBe(999999999);
  });

  it('refuses everything else with -1', () => {
    expect(parsed('')).toBe(-1);
    expect(parsed('1000000000')).toBe(-1);
    expect(parsed('-1')).toBe(-1);
    expect(parsed('+1')).toBe(-1);
    expect(parsed(' 1')).toBe(-1);
    expect(parsed('1 ')).toBe(-1);
    expect(parsed('1\n')).toBe(-1);
    expect(parsed('1.5')).toBe(-1);
    expect(parsed('0x10')).toBe(-1);
    expect(parsed('12a4')).toBe(-1);
    expect(parsed('/')).toBe(-1);
    expect(parsed(':')).toBe(-1);
    expect(parsed('\u0661')).toBe(-1);
  });

  it('reads back what decimal writes', () => {
    for (let value = 0; value < 100000; value += 37) {
      begin(OUTPUT, 64);
      decimal(value);
      expect(parseDecimal(OUTPUT, length())).toBe(value);
    }
  });
});
