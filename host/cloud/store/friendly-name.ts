import { StoreError } from './store-error.js';

/** In characters (Unicode code points). */
export const MAX_FRIENDLY_NAME_LENGTH = 64;

const UNFIT = /[\p{Cc}\p{Surrogate}\u2028\u2029]/u;

/** Refuses a name that would not stand on one line. @throws StoreError `invalid-name` */
export function checkFriendlyName(name: string): void {
  const { length } = [...name];
  if (length >= 1 && length <= MAX_FRIENDLY_NAME_LENGTH && !UNFIT.test(name)) return;
  throw new StoreError(
    'invalid-name',
    `a name has 1 to ${MAX_FRIENDLY_NAME_LENGTH} characters and no line breaks; this one has ${length}`,
  );
}
