import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Condition, Engine, EngineRecord, RecordChange } from '../../../../host/cloud/store/engine/engine.js';

/** Opens a handle on the store of this name (letters and digits), which is made if it is not there. */
export type OpenEngine = (store: string) => Promise<Engine>;

/** Handles of the engine that is held to the contract. They are closed when the test is over. */
export class Engines {
  readonly #open: OpenEngine;

  constructor(open: OpenEngine) {
    this.#open = open;
  }

  newStore(): string {
    return `s${randomUUID().replaceAll('-', '')}`;
  }

  async open(store: string): Promise<Engine> {
    const engine = await this.#open(store);
    onTestFinished(() => engine.close());
    return engine;
  }

  /** Handles on one store, which is empty. */
  async handles(count: number): Promise<Engine[]> {
    const store = this.newStore();
    const opened: Engine[] = [];
    while (opened.length < count) opened.push(await this.open(store));
    return opened;
  }
}

/** A table whose keys have one part. */
export const TABLE = 'api_key';

export function put(key: string, data = `of ${key}`, condition?: Condition): RecordChange {
  return { op: 'put', table: TABLE, key: [key], data: Buffer.from(data), if: condition };
}

export function remove(key: string, condition?: Condition): RecordChange {
  return { op: 'remove', table: TABLE, key: [key], if: condition };
}

export function check(key: string, condition: Condition): RecordChange {
  return { op: 'check', table: TABLE, key: [key], if: condition };
}

export function textOf(record: EngineRecord | undefined): string | undefined {
  return record && Buffer.from(record.data).toString();
}

export async function get(engine: Engine, key: string): Promise<string | undefined> {
  return textOf(await engine.get(TABLE, [key]));
}

/** The last parts of their keys. */
export function keysOf(records: readonly EngineRecord[]): string[] {
  return records.map(({ key }) => key[key.length - 1]);
}
