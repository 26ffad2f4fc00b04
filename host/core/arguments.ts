/** Checks of what callers in JavaScript hand in, where no compiler looked at the types. Each error names the field. */

/** The number itself, when it is an integer of the range. */
export function integer(value: unknown, minimum: number, maximum: number, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new TypeError(`${where} must be an integer`);
  if (value < minimum || value > maximum)
    throw new RangeError(`${where} must be ${minimum} to ${maximum}, not ${value}`);
  return value;
}

/** 1 for true; 0 for false and for what is left out. A text such as "false" is neither. */
export function flag(value: unknown, where: string): 0 | 1 {
  if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${where} must be true or false`);
  return value ? 1 : 0;
}

/** The text itself. */
export function string(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new TypeError(`${where} must be a string`);
  return value;
}

/** The array itself. */
export function list<T>(value: T[], where: string): T[] {
  if (!Array.isArray(value)) throw new TypeError(`${where} must be an array`);
  return value;
}

/** Refuses what is no object with named fields. */
export function object(value: unknown, where: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${where} must be an object`);
  }
}
