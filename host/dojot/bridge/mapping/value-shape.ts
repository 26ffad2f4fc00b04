import { isUtf8 } from 'node:buffer';
import { readJson, textOf } from './json-payload.js';

/** What goes over: the bytes as they are, or in JSON with where they come from. */
export type ValueShape = 'raw' | 'json';

export const VALUE_SHAPES: readonly ValueShape[] = ['raw', 'json'];

/**
 * JSON of fields and bytes: bytes that are JSON stand under `name` as they are, others as a text under `nameText`, and what is no UTF-8 in
 * base64 under `nameBase64`.
 */
export function wrapped(fields: Record<string, unknown>, name: string, bytes: Uint8Array): Buffer {
  const head = JSON.stringify(fields).slice(0, -1);
  if ('value' in readJson(bytes)) {
    return Buffer.concat([Buffer.from(`${head},${JSON.stringify(name)}:`), bytes, Buffer.from('}')]);
  }
  const other = isUtf8(bytes)
    ? { [`${name}Text`]: textOf(bytes) }
    : { [`${name}Base64`]: Buffer.from(bytes).toString('base64') };
  return Buffer.from(`${head},${JSON.stringify(other).slice(1)}`);
}
