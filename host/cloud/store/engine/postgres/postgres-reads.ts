import type { EngineRecord, RecordKey } from '../engine.js';
import type { Table } from '../tables.js';

type Records = (EngineRecord | undefined)[];

/** A call that waits for the end of this turn. */
interface Waiting {
  keys: readonly RecordKey[];
  resolve: (records: Records) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads of one turn of the event loop go to the database together. A process that is busy gets larger statements, where each by itself
 * would take most of its time.
 */
export class PostgresReads {
  readonly #read: (table: Table, keys: readonly RecordKey[]) => Promise<Records>;
  readonly #waiting = new Map<Table, Waiting[]>();

  constructor(read: (table: Table, keys: readonly RecordKey[]) => Promise<Records>) {
    this.#read = read;
  }

  getMany(table: Table, keys: readonly RecordKey[]): Promise<Records> {
    return new Promise((resolve, reject) => {
      const call = { keys, resolve, reject };
      const others = this.#waiting.get(table);
      if (others !== undefined) {
        others.push(call);
        return;
      }
      this.#waiting.set(table, [call]);
      setImmediate(() => void this.#send(table));
    });
  }

  /** Never rejects. */
  async #send(table: Table): Promise<void> {
    const calls = this.#waiting.get(table) ?? [];
    this.#waiting.delete(table);
    try {
      const records = await this.#read(
        table,
        calls.flatMap(({ keys }) => keys),
      );
      let at = 0;
      for (const { keys, resolve } of calls) {
        resolve(records.slice(at, at + keys.length));
        at += keys.length;
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}
