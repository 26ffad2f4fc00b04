import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { reasonOf } from '../../../../node/reason.js';
import { StoreError } from '../../store-error.js';
import type { PostgresAddress } from './postgres-address.js';
import { isLost, isWorthAnother, postgresError, unknownOutcome } from './postgres-errors.js';

/** A statement with its parameters. A lasting one is parsed once for each connection, where connections last. */
export interface Statement {
  text: string;
  values?: unknown[];
  isLasting?: boolean;
}

export type Row = Record<string, unknown>;

/** Runs a statement within a transaction. */
export type Run = (statement: Statement) => Promise<Row[]>;

/** Milliseconds, and how many connections there are. */
export interface PoolLimits {
  connections: number;
  /** until a connection is there */
  connect: number;
  /** for each answer */
  answer: number;
  /** for the lock that numbers commits */
  lock: number;
}

export const POOL_LIMITS: PoolLimits = { connections: 10, connect: 4000, answer: 10_000, lock: 5000 };

/** How often a transaction is made again that others have disturbed. */
const MOST_ATTEMPTS = 5;
/** The same for a connection that was lost: after a restart of the server, idle ones turn out to be dead. */
const ATTEMPTS_LOST = 3;
/** Until the connections that are in use when the pool is closed are cut. */
const CLOSING = 2000;

/**
 * The connections to PostgreSQL. What fails is a StoreError: `unavailable` when the connection was lost, with the words that nothing was changed,
 * or that it is not known.
 */
export class PostgresPool {
  readonly #address: PostgresAddress;
  readonly #limits: PoolLimits;
  readonly #listening: ClientConfig;
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();
  readonly #clients = new Set<PoolClient>();
  /** What takes the connections of snapshots away: nobody knows for how long their readers will read. */
  readonly #snapshots = new Set<() => void>();
  #isCut = false;

  /** @throws StoreError `unusable` when a file of certificates cannot be read */
  constructor(address: PostgresAddress, limits: PoolLimits) {
    this.#address = address;
    this.#limits = limits;
    this.#listening = this.#config(address.listening);
    this.#pool = new Pool({
      ...this.#config(address.connection),
      max: limits.connections,
      idleTimeoutMillis: 30_000,
    });
    // Without a listener a lost connection ends the process: an idle one here, one in use below.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => {
      client.on('error', () => {});
      this.#clients.add(client);
    });
    this.#pool.on('remove', (client) => this.#clients.delete(client));
  }

  /** A client of its own, which is not connected yet: one that listens must not be closed because it is idle. */
  listeningClient(): Client {
    return new Client(this.#listening);
  }

  /** One statement by itself. It must only read, because it is made again when a connection turns out to be dead. */
  async read(statement: Statement, doing: 'open' | 'read' = 'read'): Promise<Row[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#pool.query(this.#prepared(statement))).rows;
      } catch (error) {
        if (attempt >= ATTEMPTS_LOST || this.#isCut || !isLost(error)) {
          throw postgresError(error, this.#address.place, doing);
        }
        await pauseBefore(attempt);
      }
    }
  }

  /**
   * A transaction in which others' commits are visible as soon as they are made. What was disturbed is made again, also when the connection
   * turns out to be dead before the commit.
   *
   * @param first statements without parameters that it begins with; `work` gets the rows of the last
   */
  async write<T>(
    first: string,
    work: (run: Run, rows: Row[]) => Promise<T>,
    doing: 'open' | 'write' = 'write',
  ): Promise<T> {
    const { place } = this.#address;
    for (let attempt = 1; ; attempt++) {
      const client = await this.#connect(doing);
      let isCommitting = false;
      try {
        const begun = await client.query(`begin; ${this.#settings()}; ${first}`);
        const run: Run = async (statement) => (await client.query(this.#prepared(statement))).rows;
        const result = await work(run, (begun as unknown as { rows: Row[] }[]).at(-1)!.rows);
        isCommitting = true;
        const { command } = await client.query('commit');
        // A transaction that has failed answers so, without an error.
        if (command !== 'COMMIT') throw new Error(`the database answered ${command} to the commit`);
        client.release();
        return result;
      } catch (error) {
        // Its transaction ends with the connection.
        client.release(true);
        if (isCommitting && isLost(error)) throw unknownOutcome(error, place);
        const again = isWorthAnother(error) ? attempt < MOST_ATTEMPTS : isLost(error) && attempt < ATTEMPTS_LOST;
        if (!again || this.#isCut) throw postgresError(error, place, doing);
        await pauseBefore(attempt);
      }
    }
  }

  /** A view of one moment, for as long as the caller reads. */
  async *snapshot<T>(pages: (run: Run) => AsyncGenerator<T>): AsyncGenerator<T> {
    const client = await this.#connect('read');
    let isWhole = false;
    const release = () => {
      if (this.#snapshots.delete(release)) client.release(!isWhole);
    };
    this.#snapshots.add(release);
    try {
      await client.query('begin isolation level repeatable read read only');
      yield* pages(async (statement) => (await client.query(this.#prepared(statement))).rows);
      await client.query('commit');
      isWhole = true;
    } catch (error) {
      throw postgresError(error, this.#address.place, 'read');
    } finally {
      release();
    }
  }

  /** Waits for the last transactions, and ends within seconds, whatever the database does. */
  async close(last: Promise<void>): Promise<void> {
    const cut = setTimeout(() => {
      this.#isCut = true;
      for (const client of this.#clients) endClient(client);
    }, CLOSING);
    for (const release of this.#snapshots) release();
    await last;
    await this.#pool.end();
    clearTimeout(cut);
  }

  async #connect(doing: 'open' | 'read' | 'write'): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw postgresError(error, this.#address.place, doing);
    }
  }

  /** Read here and once: with the address alone each connection would read the files again, and end the process when they are gone. */
  #config(address: string): ClientConfig {
    const { connect, answer } = this.#limits;
    let config: ClientConfig;
    try {
      config = parseIntoClientConfig(address);
    } catch (cause) {
      const advice = 'see sslrootcert, sslcert and sslkey of the address';
      throw new StoreError('unusable', `${this.#address.place} cannot be used: ${reasonOf(cause)}; ${advice}`, {
        cause,
      });
    }
    return {
      application_name: 'wasmqtt',
      ...config,
      host: config.host?.replace(/^\[|\]$/g, ''),
      connectionTimeoutMillis: connect,
      // Watched here, since a pooler takes no such settings for a session, and a dead server obeys none.
      query_timeout: answer,
      keepAlive: true,
    };
  }

  /** For one transaction. What is acknowledged is on disk even where the database is set not to wait for it. */
  #settings(): string {
    const { answer, lock } = this.#limits;
    return [
      `set local lock_timeout = ${lock}`,
      `set local statement_timeout = ${answer}`,
      `set local idle_in_transaction_session_timeout = ${answer}`,
      "select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'",
    ].join('; ');
  }

  #prepared({ text, values, isLasting }: Statement): { text: string; values?: unknown[]; name?: string } {
    if (!isLasting || this.#address.isPooled) return { text, values };
    const name = this.#names.get(text) ?? `wasmqtt_${this.#names.size}`;
    this.#names.set(text, name);
    return { name, text, values };
  }
}

/** Long enough for the pool to learn what else was lost. */
function pauseBefore(attempt: number): Promise<void> {
  return pause(10 + Math.random() * 20 * attempt);
}

/** Ends a connection, also one whose other side is silent. */
export function endClient(client: Client | PoolClient): void {
  (client as Client).end().catch(() => {});
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  setTimeout(() => stream.destroy(), 500).unref();
}
