import { reasonOf } from '../../node/reason.js';
import type { Scope } from '../store/values/scope.js';
import type { CloudClient } from './rest-client.js';
import { CloudClientError } from './rest-client-error.js';
import { isFinal, type PlannedWrite, type PresentValues } from './write-plan.js';

export interface WriteAllOptions {
  /** ends the writing between two calls; then what was written is undone */
  signal?: AbortSignal;
  /** milliseconds between attempts to undo, for a cloud that is away for a moment; default 500, 2000, 5000 */
  pauses?: readonly number[];
}

/** A value that could not be put back after a failure. */
export interface Unrestored {
  write: PlannedWrite;
  /** what it holds: the new value, or either of the two */
  holds: 'new' | 'unknown';
}

/**
 * Not all values could be written. What had been written was undone, except for `unrestored`.
 *
 * @example
 * ```ts
 * import { CloudClient, Store, startCloud, type Unrestored, WriteAllError, writeAll } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-undo');
 * const { accountSid, authToken } = await store.accounts.create('plant');
 * const cloud = await startCloud({ store });
 * const client = new CloudClient({ url: cloud.url, accountSid, authToken });
 * const left: Unrestored[] = [];
 * try {
 *   // The second cannot be updated, as it is not there.
 *   await writeAll(client, { kind: 'account' }, [
 *     { store: 'configs', key: 'interval', value: '30', how: 'create' },
 *     { store: 'configs', key: 'missing', value: '1', how: 'update', before: '0' },
 *   ], new Map());
 * } catch (error) {
 *   if (!(error instanceof WriteAllError)) throw error;
 *   left.push(...error.unrestored);
 * }
 * [left, await client.list({ kind: 'account' }, 'configs')]; // => [ [], [] ]
 * await cloud.close();
 * await store.close();
 * ```
 */
export class WriteAllError extends Error {
  /** the write that failed; undefined when the signal ended the writing */
  readonly failed: PlannedWrite | undefined;
  readonly unrestored: readonly Unrestored[];

  constructor(failed: PlannedWrite | undefined, unrestored: readonly Unrestored[], cause: unknown) {
    super(describe(failed, unrestored, cause), { cause });
    this.name = 'WriteAllError';
    this.failed = failed;
    this.unrestored = unrestored;
  }
}

/**
 * Reads what a scope holds. @throws CloudClientError
 *
 * @example
 * ```ts
 * import { CloudClient, readPresent, Store, startCloud } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-present');
 * const { accountSid, authToken } = await store.accounts.create('plant');
 * await store.values(accountSid).create({ kind: 'account' }, 'configs', 'interval', '60');
 * const cloud = await startCloud({ store });
 * const { configs, secrets } = await readPresent(new CloudClient({ url: cloud.url, accountSid, authToken }), { kind: 'account' });
 * [configs.get('interval'), secrets.size]; // => [ '60', 0 ]
 * await cloud.close();
 * await store.close();
 * ```
 */
export async function readPresent(client: CloudClient, scope: Scope): Promise<PresentValues & { dates: SecretDates }> {
  const configs = await client.list(scope, 'configs');
  const secrets = await client.list(scope, 'secrets');
  return {
    configs: new Map(configs.map(({ key, value = '' }) => [key, value])),
    secrets: new Map(secrets.map(({ key }) => [key, undefined])),
    dates: new Map(secrets.map(({ key, date }) => [key, date])),
  };
}

/** When each secret was last written. Only this shows whether one was replaced. */
export type SecretDates = ReadonlyMap<string, string>;

/**
 * Writes all values or none, as far as REST calls allow it, which have no transactions.
 *
 * The writes are made one after the other, best in the order of `planWrites`. When one fails, those before it are undone
 * in reverse order: old configs are written back, new values are deleted. A replaced secret cannot be put back, because
 * it cannot be read. Replaced secrets come last, so this matters only when there are several of them, or when the answer
 * to the last write is lost; then the secret's date shows whether it was written. After the first replaced secret, a
 * write that fails is tried again before anything is given up.
 *
 * @throws WriteAllError with what could not be put back
 *
 * @example
 * ```ts
 * import { CloudClient, planWrites, readPresent, type SecretDates, Store, startCloud } from 'wasmqtt/cloud';
 * import { type Scope, writeAll, type WriteAllOptions } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-write-all');
 * const { accountSid, authToken } = await store.accounts.create('plant');
 * const cloud = await startCloud({ store });
 * const client = new CloudClient({ url: cloud.url, accountSid, authToken });
 * const scope: Scope = { kind: 'account' };
 * const present = await readPresent(client, scope);
 * const dates: SecretDates = present.dates;
 * const { writes } = planWrites(present, [{ store: 'configs', key: 'interval', value: '30' }]);
 * const options: WriteAllOptions = { pauses: [500] };
 * await writeAll(client, scope, writes, dates, options);
 * (await client.fetch(scope, 'configs', 'interval')).value; // => '30'
 * await cloud.close();
 * await store.close();
 * ```
 */
export async function writeAll(
  client: CloudClient,
  scope: Scope,
  writes: readonly PlannedWrite[],
  dates: SecretDates,
  { signal, pauses = [500, 2000, 5000] }: WriteAllOptions = {},
): Promise<void> {
  const calls = new Calls(client, scope, dates, pauses);
  for (const [index, write] of writes.entries()) {
    const done = writes.slice(0, index);
    if (signal?.aborted) throw new WriteAllError(undefined, await calls.undo(done), signal.reason);
    const isAfterFinal = done.some(isFinal);
    try {
      await (isAfterFinal ? calls.persist(() => calls.write(write)) : calls.write(write));
    } catch (error) {
      const doubtful = mayBeDone(error);
      if (doubtful && index === writes.length - 1 && (await calls.holdsNew(write)) === true) return;
      throw new WriteAllError(write, await calls.undo(done, doubtful ? write : undefined), error);
    }
  }
}

/** Dates have whole seconds, so an old date proves nothing if it is recent; a minute allows for clocks that differ. */
const TELLING_AGE = 60_000;

class Calls {
  readonly #client: CloudClient;
  readonly #scope: Scope;
  readonly #dates: SecretDates;
  readonly #pauses: readonly number[];
  #isGone = false;

  constructor(client: CloudClient, scope: Scope, dates: SecretDates, pauses: readonly number[]) {
    this.#client = client;
    this.#scope = scope;
    this.#dates = dates;
    this.#pauses = pauses;
  }

  async write({ store, key, value, how }: PlannedWrite): Promise<void> {
    await this.#client[how](this.#scope, store, key, value);
  }

  /** Undoes writes, the last one first. `doubtful` came after them, and may or may not have been done. */
  async undo(done: readonly PlannedWrite[], doubtful?: PlannedWrite): Promise<Unrestored[]> {
    const unrestored: Unrestored[] = [];
    if (doubtful) unrestored.push(...(await this.#undoOne(doubtful, 'unknown')));
    for (const write of [...done].reverse()) unrestored.push(...(await this.#undoOne(write, 'new')));
    return unrestored.reverse();
  }

  async #undoOne(write: PlannedWrite, holds: Unrestored['holds']): Promise<Unrestored[]> {
    if (isFinal(write)) {
      const isNew = holds === 'new' || (await this.holdsNew(write));
      return isNew === false ? [] : [{ write, holds: isNew ? 'new' : 'unknown' }];
    }
    try {
      await this.persist(() => this.#putBack(write));
      return [];
    } catch {
      return [{ write, holds }];
    }
  }

  async #putBack({ store, key, how, before = '' }: PlannedWrite): Promise<void> {
    if (how === 'update') {
      await this.#client.update(this.#scope, store, key, before);
      return;
    }
    try {
      await this.#client.delete(this.#scope, store, key);
    } catch (error) {
      if ((error as CloudClientError).code !== 'not-found') throw error;
    }
  }

  /** Whether a write whose answer was lost was done; undefined when that cannot be known. */
  async holdsNew({ store, key, value, how }: PlannedWrite): Promise<boolean | undefined> {
    try {
      const found = await this.persist(() => this.#client.fetch(this.#scope, store, key));
      if (store === 'configs') return found.value === value;
      if (how === 'create') return true;
      const before = this.#dates.get(key) ?? '';
      if (found.date !== before) return true;
      return Math.abs(Date.now() - Date.parse(before)) > TELLING_AGE ? false : undefined;
    } catch (error) {
      return (error as CloudClientError).code === 'not-found' ? false : undefined;
    }
  }

  /** Tries again after a pause while the cloud fails or is away. If it stays away, each later call is tried only once. */
  async persist<T>(action: () => Promise<T>): Promise<T> {
    for (const pause of this.#isGone ? [] : this.#pauses) {
      try {
        return await action();
      } catch (error) {
        if (!mayBeDone(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    try {
      return await action();
    } catch (error) {
      this.#isGone ||= mayBeDone(error);
      throw error;
    }
  }
}

function mayBeDone(error: unknown): boolean {
  return !(error instanceof CloudClientError) || error.mayBeDone;
}

function describe(failed: PlannedWrite | undefined, unrestored: readonly Unrestored[], cause: unknown): string {
  const what = failed ? `${nameOf(failed)} could not be written: ${reasonOf(cause)}` : 'the writing was ended';
  if (unrestored.length === 0) return `${what}; the old values are kept`;
  const list = (kind: Unrestored['holds'], words: string) => {
    const names = unrestored.filter(({ holds }) => holds === kind).map(({ write }) => nameOf(write));
    return names.length === 0 ? '' : `; ${names.join(', ')} ${words}`;
  };
  const lost = unrestored.some(({ write }) => isFinal(write));
  return (
    `${what}${list('new', 'already hold the new value and could not be put back')}` +
    `${list('unknown', 'may hold the new value or the old one')}${lost ? ' (a secret cannot be read, so its old value is lost)' : ''}` +
    '; the other old values are kept; once the cloud answers, run the same command again, which writes all of them'
  );
}

function nameOf({ store, key }: PlannedWrite): string {
  return `${store === 'configs' ? 'config' : 'secret'} ${key}`;
}
