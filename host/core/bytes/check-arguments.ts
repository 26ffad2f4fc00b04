/**
 * Checks of arguments from callers in JavaScript, whose types no compiler checked. Each error names the place, `where` and
 * `field`; only an error joins the two.
 */

function named(where: string, field?: string): string {
  return field === undefined ? where : `${where}: ${field}`;
}

/** @throws TypeError */
function refuse(wanted: string, where: string, field?: string): never {
  throw new TypeError(`${named(where, field)} must be ${wanted}`);
}

const { isArray } = Array;

/** Returns an integer in the range. @throws TypeError, RangeError */
export function integer(value: unknown, minimum: number, maximum: number, where: string, field?: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) refuse('an integer', where, field);
  if (value < minimum || value > maximum) {
    throw new RangeError(`${named(where, field)} must be ${minimum} to ${maximum}, not ${value}`);
  }
  return value;
}

/** 1 for true, 0 for false and undefined. A text such as "false" is refused. @throws TypeError */
export function flag(value: unknown, where: string, field?: string): 0 | 1 {
  return value === true ? 1 : value === false || value === undefined ? 0 : refuse('true or false', where, field);
}

/** Returns a string. @throws TypeError */
export function string(value: unknown, where: string, field?: string): string {
  return typeof value === 'string' ? value : refuse('a string', where, field);
}

/** Names the class of a typed array of any realm; undefined for everything else. */
const classOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as (this: unknown) => string | undefined;

/** Whether the value is a Uint8Array, or a Buffer. One of another realm (a vm context, a window of Electron, jsdom) is one too. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || classOf.call(value) === 'Uint8Array';
}

/** Returns bytes. @throws TypeError */
export function bytes(value: unknown, where: string, field?: string): Uint8Array {
  return value instanceof Uint8Array || isBytes(value) ? value : refuse('a Uint8Array', where, field);
}

/**
 * Bytes of a stream that are handled at once. The core takes addresses below 2 GiB, and a session needs some of them for itself.
 */
export const LARGEST_AT_ONCE = 0x6000_0000;

/**
 * Checks the next chunk of a stream.
 *
 * @param waiting bytes of the stream that wait for it
 * @throws TypeError; RangeError for more than LARGEST_AT_ONCE with those that wait
 */
export function checkChunk(chunk: unknown, waiting: number): void {
  const length = bytes(chunk, 'chunk').length + waiting;
  if (length > LARGEST_AT_ONCE) {
    throw new RangeError(
      `chunk: ${length} bytes are too many at once, at most ${LARGEST_AT_ONCE}: pass smaller chunks`,
    );
  }
}

/** Returns an array. @throws TypeError */
export function list<T>(value: T[], where: string, field?: string): T[] {
  return isArray(value) ? value : refuse('an array', where, field);
}

/** Refuses everything but an object with named fields. @throws TypeError */
export function object(value: unknown, where: string, field?: string): void {
  if (typeof value !== 'object' || value === null || isArray(value)) refuse('an object', where, field);
}
