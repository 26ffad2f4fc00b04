import { type ChangedRecord, KEPT_COMMITS, type RecordKey, type RecordRange } from '../engine.js';
import { TABLES, type Table } from '../tables.js';
import type { Statement } from './postgres-pool.js';

/** A record that is to be written. */
export interface Put {
  key: RecordKey;
  data: Uint8Array;
  revision: number;
}

/** What a transaction writes: each record at most once. */
export interface Writing {
  /** of the store, after it */
  revision: number;
  puts: ReadonlyMap<Table, readonly Put[]>;
  removes: ReadonlyMap<Table, readonly RecordKey[]>;
  /** what each commit changed */
  commits: readonly { revision: number; changed: readonly Pick<ChangedRecord, 'table' | 'key'>[] }[];
}

/** The SQL of one schema. Names of tables and columns come from `TABLES`; all else is a parameter. */
export class PostgresStatements {
  readonly #schema: string;
  /** What the revision of the store is sent to, after each commit. */
  readonly channel: string;

  /** @param schema a name that needs no quotes */
  constructor(schema: string) {
    this.#schema = schema;
    this.channel = `${schema}_changed`;
  }

  /** As the first of a transaction it makes all others wait: it numbers the commits. */
  lock(): string {
    return `select revision from ${this.#name('store')} for update`;
  }

  revision(): Statement {
    return { text: `select revision from ${this.#name('store')}`, isLasting: true };
  }

  /** Rows have the `place` of their key, from 1. */
  getMany(table: Table, keys: readonly RecordKey[]): Statement {
    const values: unknown[] = [];
    const wanted = keyRows(table, keys, values, 'with ordinality', ['place']);
    const text = `select w.place, r.data, r.revision from ${wanted} join ${this.#name(table)} r on ${sameKey(table)}`;
    return { text, values, isLasting: true };
  }

  /** Planned for its own numbers each time: a page must never sort the rest. */
  list(table: Table, prefix: RecordKey, { after, before, offset, limit, reverse }: RecordRange): Statement {
    const columns = TABLES[table];
    const last = columns[prefix.length];
    const values: unknown[] = [];
    const where = [
      ...under(table, prefix, values),
      ...(after === undefined ? [] : [`${last} > ${parameter(values, after)}`]),
      ...(before === undefined ? [] : [`${last} < ${parameter(values, before)}`]),
    ];
    const text = [
      `select ${last} as part, data, revision from ${this.#name(table)}`,
      where.length > 0 ? `where ${where.join(' and ')}` : '',
      `order by ${last} ${reverse ? 'desc' : 'asc'}`,
      limit === undefined ? '' : `limit ${parameter(values, limit)}`,
      offset === undefined ? '' : `offset ${parameter(values, offset)}`,
    ];
    return { text: text.join(' '), values };
  }

  count(table: Table, prefix: RecordKey): Statement {
    const values: unknown[] = [];
    const where = under(table, prefix, values);
    const text = `select count(*) as count from ${this.#name(table)}`;
    return { text: where.length > 0 ? `${text} where ${where.join(' and ')}` : text, values, isLasting: true };
  }

  /** The next records of a table in the order of their keys, with all parts as `key`. */
  page(table: Table, after: RecordKey | undefined, limit: number): Statement {
    const columns = TABLES[table].join(', ');
    const values: unknown[] = [];
    const rest = after && `where (${columns}) > (${after.map((part) => parameter(values, part)).join(', ')})`;
    const from = `select array[${columns}] as key, data, revision from ${this.#name(table)}`;
    return { text: `${from} ${rest ?? ''} order by ${columns} limit ${parameter(values, limit)}`, values };
  }

  /** At least one row. Those with a `made` are commits, with what each changed. */
  changesSince(revision: number): Statement {
    const [store, change] = [this.#name('store'), this.#name('change')];
    const text =
      `select s.revision, c.revision as made, c.changed from ${store} s ` +
      `left join ${change} c on c.revision > $1 order by c.revision`;
    return { text, values: [revision], isLasting: true };
  }

  /** The revisions of those records that are there, each with its `place` in its table and the `place_of_table`. */
  revisions(keys: readonly (readonly [Table, readonly RecordKey[]])[]): Statement {
    const values: unknown[] = [];
    const parts = keys.map(([table, wanted], index) => {
      const rows = keyRows(table, wanted, values, 'with ordinality', ['place']);
      const from = `from ${rows} join ${this.#name(table)} r on ${sameKey(table)}`;
      return `select ${index} as place_of_table, w.place, r.revision ${from}`;
    });
    return { text: parts.join(' union all '), values, isLasting: true };
  }

  /** All that a transaction writes, and the word to those who listen. */
  write({ revision, puts, removes, commits }: Writing): Statement {
    const values: unknown[] = [];
    const add = (value: unknown) => parameter(values, value);
    const parts = [
      ...Array.from(puts, ([table, rows]) => `put_${table} as (${this.#put(table, rows, add)})`),
      ...Array.from(removes, ([table, keys]) => `removed_${table} as (${this.#remove(table, keys, values)})`),
      `numbered as (update ${this.#name('store')} set revision = ${add(revision)})`,
      `noted as (insert into ${this.#name('change')} (revision, changed) select * from ` +
        `unnest(${add(commits.map((commit) => commit.revision))}::bigint[], ` +
        `${add(commits.map(({ changed }) => JSON.stringify(changed.map(({ table, key }) => [table, ...key]))))}::jsonb[]))`,
      `forgotten as (delete from ${this.#name('change')} where revision <= ${add(revision - KEPT_COMMITS)})`,
    ];
    const told = `select pg_notify(${add(this.channel)}, ${add(String(revision))})`;
    return { text: `with ${parts.join(', ')} ${told}`, values, isLasting: true };
  }

  #put(table: Table, rows: readonly Put[], add: (value: unknown) => string): string {
    const columns = TABLES[table].join(', ');
    const parts = TABLES[table].map((_, index) => `${add(rows.map(({ key }) => key[index]))}::text[]`);
    const data = `${add(rows.map((row) => row.data))}::bytea[]`;
    const revisions = `${add(rows.map((row) => row.revision))}::bigint[]`;
    return (
      `insert into ${this.#name(table)} (${columns}, data, revision) ` +
      `select * from unnest(${[...parts, data, revisions].join(', ')}) on conflict (${columns}) ` +
      'do update set data = excluded.data, revision = excluded.revision, updated_at = now()'
    );
  }

  #remove(table: Table, keys: readonly RecordKey[], values: unknown[]): string {
    return `delete from ${this.#name(table)} r using ${keyRows(table, keys, values)} where ${sameKey(table)}`;
  }

  #name(table: Table | 'store' | 'change'): string {
    return `${this.#schema}.${table}`;
  }
}

function parameter(values: unknown[], value: unknown): string {
  values.push(value);
  return `$${values.length}`;
}

/** The conditions of what has a prefix. */
function under(table: Table, prefix: RecordKey, values: unknown[]): string[] {
  return prefix.map((part, index) => `${TABLES[table][index]} = ${parameter(values, part)}`);
}

/** Keys as rows of a relation `w`. */
function keyRows(
  table: Table,
  keys: readonly RecordKey[],
  values: unknown[],
  ordinality = '',
  more: readonly string[] = [],
): string {
  const parts = TABLES[table].map(
    (_, index) =>
      `${parameter(
        values,
        keys.map((key) => key[index]),
      )}::text[]`,
  );
  return `unnest(${parts.join(', ')}) ${ordinality} as w(${[...TABLES[table], ...more].join(', ')})`;
}

function sameKey(table: Table): string {
  return TABLES[table].map((column) => `r.${column} = w.${column}`).join(' and ');
}
