import { DerLimit } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import { DerError, formatName } from './der-error.js';

/** Bytes of the stack of the walk: two words for each level. */
const STACK_SIZE = DerLimit.DEPTH * 8;

/**
 * Checks that the bytes are exactly one element of strict DER (X.690), with everything nested in it.
 *
 * @returns the number of elements
 * @throws DerError
 *
 * @example
 * ```ts
 * import { checkDer } from 'wasmqtt';
 *
 * checkDer(Buffer.from('3006020101020102', 'hex')); // => 3
 * ```
 */
export function checkDer(bytes: Uint8Array): number {
  const stack = scratch.reserve(STACK_SIZE + 8);
  const errorOffset = stack + STACK_SIZE;
  const input = scratch.take(bytes.length);
  scratch.u8.set(bytes, input);
  const count = core.der_check(input, bytes.length, stack, DerLimit.DEPTH, errorOffset);
  if (count >= 0) return count;
  const looksLike = formatName(core.key_identify(input, bytes.length));
  throw new DerError(count, scratch.u32[errorOffset >> 2], 'DER element', looksLike);
}
