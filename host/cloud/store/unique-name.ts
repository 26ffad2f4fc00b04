import { StoreError } from './store-error.js';
import { quote } from './values/value-limits.js';

/** The longest unique name, in characters. */
export const MAX_NAME_LENGTH = 64;

/** Without what ends a part of an address. */
export const UNIQUE_NAME_PATTERN = /^[!-"$&-.0->@-~](?:[ -"$&-.0->@-~]{0,62}[!-"$&-.0->@-~])?$/;
/** What is tidied away in an address. */
const DOTS = /^\.\.?$/;
const LIKE_A_SID = /^[A-Z]{2}[0-9a-fA-F]{32}$/;

/**
 * Refuses a unique name that could not stand wherever a SID does.
 *
 * @param name 1 to 64 printable ASCII characters without `/`, `?`, `#` and `%`, no space at its ends, not itself like a SID
 * @throws StoreError `invalid-name`
 */
export function checkUniqueName(name: string): void {
  if (typeof name === 'string' && UNIQUE_NAME_PATTERN.test(name) && !DOTS.test(name) && !LIKE_A_SID.test(name)) return;
  const shown = typeof name === 'string' ? quote(name) : 'the given value';
  const rule = `1 to ${MAX_NAME_LENGTH} printable ASCII characters without / ? # %, no space at its ends, and not the form of a SID`;
  throw new StoreError('invalid-name', `${shown} cannot be a unique name; use ${rule}`);
}
