import { PAYLOAD_SIZE, payloadBuffer } from './memory-map';
import { ascii, begin, byte, decimal, length } from './text-writer';

/**
 * Writes a reading into the payload buffer as JSON and returns its length. It has the number of the reading, a simulated
 * temperature from 20.0 to 24.9 degrees Celsius, and the number of commands received.
 */
export function writeReading(count: i32, commands: i32): u32 {
  const step = (count * 7) % 98;
  const tenths = 200 + (step < 49 ? step : 98 - step);
  begin(payloadBuffer, PAYLOAD_SIZE);
  ascii('{"reading":');
  decimal(count);
  ascii(',"temperature_celsius":');
  decimal(tenths / 10);
  byte(0x2e);
  decimal(tenths % 10);
  ascii(',"commands":');
  decimal(commands);
  byte(0x7d);
  return length();
}
