import type { CloudClient } from './rest-client.js';
import { CloudClientError } from './rest-client-error.js';
import { reasonOf } from '../store/store-error.js';
import type { Scope } from '../store/scope.js';
import { isFinal, type PlannedWrite, type PresentValues } from './write-plan.js';

export interface WriteAllOptions {
  /** ends the writing between two calls; what was written is undone then */
  signal?: AbortSignal;
  /** waits in milliseconds between attempts to undo, for a cloud that is away for a moment; default 0.5, 2 and 5 seconds */
  pauses?: readonly number[];
}

/** A value that could not be put back after a failure. */
export interface Unrestored {
  write: PlannedWrite;
  /** what it holds: the new value, or one of the two */
  holds: 'new' | 'unknown';
}

/** Not all values could be written. What had been written is undone, but for `unrestored`. */
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

/** Reads what a scope holds. @throws CloudClientError */
export async function readPresent(client: CloudClient, scope: Scope): Promise<PresentValues & { dates: SecretDates }> {
  const configs = await client.list(scope, 'configs');
  const secrets = await client.list(scope, 'secrets');
  return {
    configs: new Map(configs.map(({ key, value = '' }) => [key, value])),
    secrets: new Map(secrets.map(({ key }) => [key, undefined])),
    dates: new Map(secrets.map(({ key, date }) => [key, date])),
  };
}

/** When each secret was written last: the only thing that tells whether one was replaced. */
export type SecretDates = ReadonlyMap<string, string>;

/**
 * Writes all values or none, as far as REST calls without transactions allow it.
 *
 * The writes are done one after the other, best in the order of `planWrites`. When one fails, those before it are undone
 * in reverse: old configs are written back, what was new is deleted. A secret that was replaced cannot be put back, nobody
 * can read it; since replaced secrets come last, that can only happen when there are several of them, or when the answer
 * to the last write is lost, and then its date tells. Once a secret is replaced, the ones after it are tried again
 * before anything is given up.
 *
 * @throws WriteAllError with what could not be put back
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
    const isBehindFinal = done.some(isFinal);
    try {
      await (isBehindFinal ? calls.persist(() => calls.write(write)) : calls.write(write));
    } catch (error) {
      const doubtful = mayBeDone(error);
      if (doubtful && index === writes.length - 1 && (await calls.holdsNew(write)) === true) return;
      throw new WriteAllError(write, await calls.undo(done, doubtful ? write : undefined), error);
    }
  }
}

/** A date tells nothing about a write that came within the same second; a minute allows for clocks that differ. */
const TELLING_AGE = 60_000;

class Calls {
  #isGone = false;

  constructor(
    private readonly client: CloudClient,
    private readonly scope: Scope,
    private readonly dates: SecretDates,
    private readonly pauses: readonly number[],
  ) {}

  async write({ store, key, value, how }: PlannedWrite): Promise<void> {
    await this.client[how](this.scope, store, key, value);
  }

  /** Undoes writes, the last first; `doubtful` was the last, and nobody knows whether it was done. */
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
      await this.client.update(this.scope, store, key, before);
      return;
    }
    try {
      await this.client.delete(this.scope, store, key);
    } catch (error) {
      if ((error as CloudClientError).code !== 'not-found') throw error;
    }
  }

  /** Whether a write whose answer was lost was done; undefined when nobody can tell. */
  async holdsNew({ store, key, value, how }: PlannedWrite): Promise<boolean | undefined> {
    try {
      const found = await this.persist(() => this.client.fetch(this.scope, store, key));
      if (store === 'configs') return found.value === value;
      if (how === 'create') return true;
      const before = this.dates.get(key) ?? '';
      if (found.date !== before) return true;
      return Math.abs(Date.now() - Date.parse(before)) > TELLING_AGE ? false : undefined;
    } catch (error) {
      return (error as CloudClientError).code === 'not-found' ? false : undefined;
    }
  }

  /** Tries again after a pause while the cloud fails or is away; once it stayed away, each later call has one attempt. */
  async persist<T>(action: () => Promise<T>): Promise<T> {
    for (const pause of this.#isGone ? [] : this.pauses) {
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
  if (unrestored.length === 0) return `${what}; the old values stand`;
  const list = (kind: Unrestored['holds'], words: string) => {
    const names = unrestored.filter(({ holds }) => holds === kind).map(({ write }) => nameOf(write));
    return names.length === 0 ? '' : `; ${names.join(', ')} ${words}`;
  };
  const lost = unrestored.some(({ write }) => isFinal(write));
  return (
    `${what}${list('new', 'already hold the new value and could not be put back')}` +
    `${list('unknown', 'may hold the new value or the old one')}${lost ? ' (a secret cannot be read, so its old value is lost)' : ''}` +
    '; the other old values stand; once the cloud answers, run the same command again, which writes all of them'
  );
}

function nameOf({ store, key }: PlannedWrite): string {
  return `${store === 'configs' ? 'config' : 'secret'} ${key}`;
}
