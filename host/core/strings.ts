import { Result } from '../../build/abi/core.js';
import { MqttError } from './errors.js';
import { scratch } from './instance.js';

/**
 * Copies a string as UTF-8 into scratch memory; gives address and length in bytes.
 * @throws TypeError when it is no string, MqttError UTF8_INVALID when it holds half of a surrogate pair.
 */
export function writeText(text: unknown, where: string): [number, number] {
  if (typeof text !== 'string') throw new TypeError(`${where} must be a string`);
  const length = Buffer.byteLength(text, 'utf8');
  // Buffer would write U+FFFD in the place of half a surrogate pair and so change the text.
  if (length !== text.length && !text.isWellFormed()) throw new MqttError(Result.UTF8_INVALID, -1, where);
  const address = scratch.take(length);
  scratch.u8.write(text, address, length, 'utf8');
  return [address, length];
}

/** Copies bytes into scratch memory; gives address and length. Throws TypeError when they are no Uint8Array. */
export function writeBytes(bytes: unknown, where: string): [number, number] {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`${where} must be a Uint8Array`);
  const address = scratch.take(bytes.length);
  scratch.u8.set(bytes, address);
  return [address, bytes.length];
}

/** What Buffer.toString calls; Node has them on every Buffer, its types do not. */
interface Slices {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** The text of bytes that are ASCII. */
export function asciiText(source: Buffer, start: number, end: number): string {
  return (source as unknown as Slices).latin1Slice(start, end);
}

/** The text of bytes that are valid UTF-8. */
export function utf8Text(source: Buffer, start: number, end: number): string {
  return (source as unknown as Slices).utf8Slice(start, end);
}
