import { StoreError } from './store-error.js';

/** Under contention one of all that try succeeds each time, so this is as many as may reasonably want one record at once. */
const MOST_ATTEMPTS = 64;

/** What an attempt says when another change came between its reading and its commit. */
export const AGAIN = Symbol('again');

/**
 * Reads, decides and commits until nobody else's change came between.
 *
 * @param what the thing that is changed, for the message
 * @param attempt commits with conditions on all that it has read
 * Rejects with StoreError `conflict` after many attempts, and with whatever an attempt rejects with.
 */
export async function attempts<T>(what: string, attempt: () => Promise<T | typeof AGAIN>): Promise<T> {
  for (let count = 0; count < MOST_ATTEMPTS; count++) {
    const outcome = await attempt();
    if (outcome !== AGAIN) return outcome;
  }
  throw new StoreError('conflict', `${what} is being changed by others all the time; nothing was changed; try again`);
}
