import { StoreError } from '../../store-error.js';
import { changesSince, type NotedCommit } from '../changes-since.js';
import { checkChangedKeys, checkRecordKey, checkRecordRange } from '../check-key.js';
import type {
  ChangesSince,
  Commit,
  Engine,
  EngineRecord,
  RecordChange,
  RecordKey,
  RecordRange,
  TableRecord,
} from '../engine.js';
import { type CommitGroup, GroupCommit } from '../group-commit.js';
import { TABLES, type Table } from '../tables.js';
import { parsePostgresAddress } from './postgres-address.js';
import { decidingKeys, judge, presentRevisions } from './postgres-group.js';
import { migrate } from './postgres-migrations.js';
import { POOL_LIMITS, type PoolLimits, PostgresPool, type Row, type Run } from './postgres-pool.js';
import { PostgresReads } from './postgres-reads.js';
import { PostgresStatements } from './postgres-statements.js';
import { PostgresWatch, WATCH_TIMES, type WatchTimes } from './postgres-watch.js';

/** How many records are read at a time by who reads all: applications have megabytes. */
const PAGE = 64;

/** Records in a schema of a PostgreSQL database, which several processes may have open. */
export class PostgresEngine implements Engine {
  readonly place: string;
  readonly #pool: PostgresPool;
  readonly #sql: PostgresStatements;
  readonly #watch: PostgresWatch;
  readonly #reads = new PostgresReads((table, keys) => this.#read(table, keys));
  readonly #commits = new GroupCommit((group) => this.#commitGroup(group));
  #closing: Promise<void> | undefined;

  /**
   * @param address `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; see `parsePostgresAddress`
   * @param times milliseconds and counts that differ from the usual ones
   * Rejects with StoreError `unusable`, or `unavailable` while the database cannot be reached.
   */
  static async open(address: string, times: Partial<PoolLimits & WatchTimes> = {}): Promise<PostgresEngine> {
    const { place, schema, ...connections } = parsePostgresAddress(address);
    const pool = new PostgresPool({ place, schema, ...connections }, { ...POOL_LIMITS, ...times });
    try {
      await migrate(pool, schema, place);
      const sql = new PostgresStatements(schema);
      const [{ revision }] = await pool.read(sql.revision(), 'open');
      return new PostgresEngine(place, pool, sql, Number(revision), { ...WATCH_TIMES, ...times });
    } catch (error) {
      await pool.close(Promise.resolve());
      throw error;
    }
  }

  private constructor(place: string, pool: PostgresPool, sql: PostgresStatements, revision: number, times: WatchTimes) {
    this.place = place;
    this.#pool = pool;
    this.#sql = sql;
    this.#watch = new PostgresWatch(revision, {
      channel: sql.channel,
      client: () => pool.listeningClient(),
      revision: async (client) => Number((await client.query(sql.revision().text)).rows[0].revision),
      times,
    });
  }

  async get(table: Table, key: RecordKey): Promise<EngineRecord | undefined> {
    const [record] = await this.getMany(table, [key]);
    return record;
  }

  async getMany(table: Table, keys: readonly RecordKey[]): Promise<(EngineRecord | undefined)[]> {
    this.#assertOpen();
    for (const key of keys) checkRecordKey(table, key);
    return keys.length === 0 ? [] : this.#reads.getMany(table, keys);
  }

  async list(table: Table, prefix: RecordKey, range: RecordRange = {}): Promise<EngineRecord[]> {
    this.#assertOpen();
    checkRecordRange(table, prefix, range);
    const rows = await this.#pool.read(this.#sql.list(table, prefix, range));
    return rows.map((row) => toRecord([...prefix, row.part as string], row));
  }

  async count(table: Table, prefix: RecordKey): Promise<number> {
    this.#assertOpen();
    checkRecordRange(table, prefix);
    const [{ count }] = await this.#pool.read(this.#sql.count(table, prefix));
    return Number(count);
  }

  async *scan(): AsyncGenerator<TableRecord> {
    this.#assertOpen();
    const sql = this.#sql;
    yield* this.#pool.snapshot(async function* (run: Run) {
      for (const table of Object.keys(TABLES) as Table[]) {
        let after: RecordKey | undefined;
        do {
          const rows: Row[] = await run(sql.page(table, after, PAGE));
          for (const row of rows) yield { table, ...toRecord(row.key as string[], row) };
          after = rows.length < PAGE ? undefined : (rows[PAGE - 1].key as string[]);
        } while (after !== undefined);
      }
    });
  }

  async commit(changes: readonly RecordChange[]): Promise<Commit> {
    this.#assertOpen();
    checkChangedKeys(changes);
    return this.#commits.commit(changes);
  }

  async changesSince(revision: number): Promise<ChangesSince> {
    this.#assertOpen();
    const rows = await this.#pool.read(this.#sql.changesSince(revision));
    const commits = rows.filter(({ made }) => made !== null);
    const noted = commits.map(({ made, changed }) => ({ revision: Number(made), changed }) as NotedCommit);
    return changesSince(revision, Number(rows[0].revision), noted);
  }

  watch(listener: (revision: number) => void): () => void {
    this.#assertOpen();
    return this.#watch.add(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#watch.close();
    await this.#pool.close(this.#commits.settled());
  }

  async #read(table: Table, keys: readonly RecordKey[]): Promise<(EngineRecord | undefined)[]> {
    const found = new Array<EngineRecord | undefined>(keys.length).fill(undefined);
    for (const row of await this.#pool.read(this.#sql.getMany(table, keys))) {
      const index = Number(row.place) - 1;
      found[index] = toRecord(keys[index], row);
    }
    return found;
  }

  async #commitGroup(group: CommitGroup): Promise<Commit[]> {
    const deciding = decidingKeys(group);
    const { commits, writing } = await this.#pool.write(this.#sql.lock(), async (run, [row]) => {
      const rows = deciding.length === 0 ? [] : await run(this.#sql.revisions(deciding));
      const judged = judge(group, Number(row.revision), presentRevisions(deciding, rows));
      if (judged.writing) await run(this.#sql.write(judged.writing));
      return judged;
    });
    if (writing) this.#watch.grown(writing.revision);
    return commits;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StoreError('closed', `${this.place} is closed; open it again`);
  }
}

function toRecord(key: RecordKey, { data, revision }: Row): EngineRecord {
  return { key, data: data as Uint8Array, revision: Number(revision) };
}
