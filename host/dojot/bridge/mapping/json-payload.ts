import { isUtf8 } from 'node:buffer';

/** Bytes as JSON (RFC 8259), or why they are none: undefined is no value of JSON. */
export function readJson(bytes: Uint8Array): { value: unknown } | { problem: string } {
  if (bytes.length === 0) return { problem: 'it is empty' };
  if (!isUtf8(bytes)) return { problem: 'it is not UTF-8' };
  try {
    return { value: JSON.parse(textOf(bytes)) };
  } catch {
    return { problem: 'it is not JSON' };
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
