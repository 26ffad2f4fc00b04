/**
 * Checks of what callers in JavaScript hand in, where no compiler looked at the types. Each error names the place: `where`,
 * and `field` in it; the two are put together only then.
 */

function named(where: string, field?: string): string {
  return field === undefined ? where : `${where}: ${field}`;
}

/** The number itself, when it is an integer of the range. */
export function integer(value: unknown, minimum: number, maximum: number, where: string, field?: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`${named(where, field)} must be an integer`);
  }
  if (value < minimum || value > maximum) {
    throw new RangeError(`${named(where, field)} must be ${minimum} to ${maximum}, not ${value}`);
  }
  return value;
}

/** 1 for true; 0 for false and for what is left out. A text such as "false" is neither. */
export function flag(value: unknown, where: string, field?: string): 0 | 1 {
  if (value === true) return 1;
  if (value === false || value === undefined) return 0;
  throw new TypeError(`${named(where, field)} must be true or false`);
}

/** The text itself. */
export function string(value: unknown, where: string, field?: string): string {
  if (typeof value !== 'string') throw new TypeError(`${named(where, field)} must be a string`);
  return value;
}

/** The bytes themselves. */
export function bytes(value: unknown, where: string, field?: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${named(where, field)} must be a Uint8Array`);
  return value;
}

/** The array itself. */
export function list<T>(value: T[], where: string, field?: string): T[] {
  if (!Array.isArray(value)) throw new TypeError(`${named(where, field)} must be an array`);
  return value;
}

/** Refuses what is no object with named fields. */
export function object(value: unknown, where: string, field?: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${named(where, field)} must be an object`);
  }
}
