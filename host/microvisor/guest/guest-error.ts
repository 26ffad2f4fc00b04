/**
 * A module that cannot be a guest, or a guest that cannot be entered: the message lists everything that is wrong.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { compileGuest, GuestError, servedCalls } from 'wasmqtt/microvisor';
 *
 * try {
 *   await compileGuest(readFileSync(modulePath('core.wasm')), { calls: servedCalls() });
 * } catch (error) {
 *   error instanceof GuestError; // => true
 * }
 * ```
 */
export class GuestError extends Error {
  override name = 'GuestError';
}
