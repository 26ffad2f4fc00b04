import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { endClient } from './postgres-pool.js';

/** Milliseconds. */
export interface WatchTimes {
  /** between questions whether the server is still there: a dead one sends nothing */
  heartbeat: number;
  /** until the first new attempt; each later one waits twice as long */
  firstPause: number;
  longestPause: number;
}

export const WATCH_TIMES: WatchTimes = { heartbeat: 5000, firstPause: 100, longestPause: 10_000 };

export interface WatchOptions {
  channel: string;
  /** a new client, which is not connected yet */
  client: () => Client;
  /** the revision of the store, asked of this client */
  revision: (client: Client) => Promise<number>;
  times: WatchTimes;
}

/** Tells listeners that the store has grown. LISTEN has a connection of its own, which is made at the first listener. */
export class PostgresWatch {
  readonly #options: WatchOptions;
  /** The revision that each listener was told last. */
  readonly #listeners = new Map<(revision: number) => void, number>();
  readonly #ending = new AbortController();
  #newest: number;
  #isFollowing = false;

  /** @param newest the revision of the store when it was opened */
  constructor(newest: number, options: WatchOptions) {
    this.#newest = newest;
    this.#options = options;
  }

  add(listener: (revision: number) => void): () => void {
    const own = (revision: number) => listener(revision);
    this.#listeners.set(own, this.#newest);
    if (!this.#isFollowing) void this.#follow();
    return () => void this.#listeners.delete(own);
  }

  /** The store is known to have this revision. */
  grown(revision: number): void {
    this.#newest = Math.max(this.#newest, revision);
    for (const [listener, told] of this.#listeners) {
      if (told >= revision) continue;
      this.#listeners.set(listener, revision);
      listener(revision);
    }
  }

  close(): void {
    this.#listeners.clear();
    this.#ending.abort();
  }

  /** Never rejects. A connection that was lost is made again, for as long as it takes. */
  async #follow(): Promise<void> {
    this.#isFollowing = true;
    const { firstPause, longestPause } = this.#options.times;
    let next = firstPause;
    while (!this.#ending.signal.aborted) {
      await this.#listen(() => {
        next = firstPause;
      });
      await this.#wait(next);
      next = Math.min(next * 2, longestPause);
    }
  }

  /** Listens on one connection until it is lost, or the watch is closed. */
  async #listen(connected: () => void): Promise<void> {
    const { channel, client: open, revision, times } = this.#options;
    const client = open();
    const end = () => endClient(client);
    this.#ending.signal.addEventListener('abort', end, { once: true });
    const lost = new Promise<boolean>((resolve) => {
      client.on('error', () => resolve(true));
      client.on('end', () => resolve(true));
    });
    client.on('notification', ({ payload }) => this.grown(Number(payload)));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      // Only now: what came before would else be missed between the two.
      this.grown(await revision(client));
      connected();
      while (!this.#ending.signal.aborted) {
        if (await Promise.race([lost, this.#wait(times.heartbeat)])) break;
        await client.query('select');
      }
    } catch {
      // As good as lost.
    } finally {
      this.#ending.signal.removeEventListener('abort', end);
      end();
    }
  }

  /** False after so many milliseconds, or when the watch is closed. */
  #wait(milliseconds: number): Promise<boolean> {
    return pause(milliseconds, false, { signal: this.#ending.signal, ref: false }).catch(() => false);
  }
}
