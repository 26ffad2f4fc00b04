import { randomBytes } from 'node:crypto';

/** 16 random bytes as a positive number that needs all of them (RFC 5280, 4.1.2.2: positive, at most 20 bytes), in lower-case hex. */
export function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** Certificates know whole seconds only. @param time milliseconds since 1970 */
export function wholeSeconds(time: number): Date {
  return new Date(Math.floor(time / 1000) * 1000);
}
