import { PAYLOAD_SIZE, payloadBuffer } from '../../assembly/app/memory-map';
import { writeReading } from '../../assembly/app/write-reading';

function reading(count: i32, commands: i32): string {
  memory.fill(payloadBuffer, 0xee, PAYLOAD_SIZE);
  const length = writeReading(count, commands);
  expect(load<u8>(payloadBuffer + length)).toBe(0xee, 'nothing is written behind the text');
  return String.UTF8.decodeUnsafe(payloadBuffer, length);
}

/** The digits after `name`, with the decimal point left out. */
function tenths(text: string): i32 {
  const start = text.indexOf('celsius":') + 9;
  const end = text.indexOf(',', start);
  expect(text.charCodeAt(end - 2)).toBe(46, text);
  return I32.parseInt(text.substring(start, end - 2) + text.substring(end - 1, end));
}

describe('writeReading', () => {
  it('is one line of JSON', () => {
    expect(reading(1, 0)).toBe('{"reading":1,"temperature_celsius":20.7,"commands":0}');
    expect(reading(2, 3)).toBe('{"reading":2,"temperature_celsius":21.4,"commands":3}');
    expect(reading(7, 0)).toBe('{"reading":7,"temperature_celsius":24.9,"commands":0}');
    expect(reading(14, 0)).toBe('{"reading":14,"temperature_celsius":20.0,"commands":0}');
  });

  it('has a temperature from 20.0 to 24.9 degrees, which changes by less than a degree each time', () => {
    let last = tenths(reading(1, 0));
    for (let count = 2; count < 400; count++) {
      const next = tenths(reading(count, 0));
      expect(next).toBeGreaterThan(199);
      expect(next).toBeLessThan(250);
      expect(abs(next - last)).toBeLessThan(10);
      last = next;
    }
  });

  it('stays JSON at the largest counts', () => {
    const text = reading(i32.MAX_VALUE, i32.MAX_VALUE);
    expect(text.startsWith('{"reading":2147483647,"temperature_celsius":')).toBe(true, text);
    expect(text.endsWith(',"commands":2147483647}')).toBe(true, text);
    expect(tenths(text)).toBeGreaterThan(199, text);
    expect(tenths(text)).toBeLessThan(250, text);
  });
});
