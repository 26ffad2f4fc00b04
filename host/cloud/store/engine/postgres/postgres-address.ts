import { isLoopback } from '../../../../node/addresses.js';
import { StoreError } from '../../store-error.js';

/** Where a store is in PostgreSQL. */
export interface PostgresAddress {
  /** for the client of the database: the address without what is only ours */
  connection: string;
  /** the same for the client that listens */
  listening: string;
  /** whether a pooler may be between, so that nothing outlasts a transaction */
  isPooled: boolean;
  schema: string;
  /** in words, without a password */
  place: string;
}

export const DEFAULT_SCHEMA = 'wasmqtt';

/** Folded names need no quotes, in psql and in LISTEN alike; the longest leaves room for the name of the channel. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,49}$/;

/** What the client of the database takes from an address, and what is ours. */
const CLIENT = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat', 'application_name', 'host', 'options'];
const OURS = ['schema', 'listen'];

/**
 * @example
 * ```ts
 * import { isPostgresAddress } from 'wasmqtt/cloud';
 *
 * isPostgresAddress('postgres://wasmqtt@db.example.com/cloud'); // => true
 * isPostgresAddress('/var/lib/wasmqtt'); // => false
 * ```
 */
export function isPostgresAddress(place: string): boolean {
  return /^postgres(ql)?:\/\//i.test(place);
}

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME&listen=ADDRESS&sslmode=verify-full`. Beyond this machine TLS is
 * demanded unless `sslmode` or `PGSSLMODE` says otherwise.
 *
 * @throws StoreError `unusable`; the message holds nothing of the address but names of parameters
 */
export function parsePostgresAddress(text: string, env: NodeJS.ProcessEnv = process.env): PostgresAddress {
  const url = readUrl(text, 'the address of the store');
  const listen = url.searchParams.get('listen');
  const schema = url.searchParams.get('schema') ?? DEFAULT_SCHEMA;
  if (!SCHEMA.test(schema)) {
    const rule = 'use a lower-case letter and at most 49 more lower-case letters, digits and underscores';
    throw new StoreError('unusable', `schema=${JSON.stringify(schema)} cannot be the name of the schema; ${rule}`);
  }
  const connection = connectionOf(url, env);
  return {
    connection,
    listening: listen === null ? connection : connectionOf(readUrl(listen, 'listen='), env),
    isPooled: listen !== null,
    schema,
    place: `the store in ${withoutSecrets(url)}`,
  };
}

/**
 * An address of a store as messages and commands may show it: without a password. A folder stays as it is.
 *
 * @example
 * ```ts
 * import { shownPlace } from 'wasmqtt/cloud';
 *
 * shownPlace('postgres://wasmqtt:s3cret@db.example.com/cloud'); // => 'postgres://wasmqtt@db.example.com/cloud'
 * ```
 */
export function shownPlace(place: string): string {
  return isPostgresAddress(place) ? withoutSecrets(readUrl(place, 'the address of the store')) : place;
}

function readUrl(text: string, what: string): URL {
  const advice =
    'write postgres://USER@HOST:PORT/DATABASE, with what is not a letter or digit of a name percent-encoded';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // What the parser throws holds the address, and with it the password.
    throw new StoreError('unusable', `${what} cannot be read; ${advice}`);
  }
  if (!isPostgresAddress(text) || url.pathname.length < 2) {
    throw new StoreError('unusable', `${what} does not name a database of PostgreSQL; ${advice}`);
  }
  const known = [...OURS, ...CLIENT];
  const stray = [...url.searchParams.keys()].find((name) => !known.includes(name));
  if (stray === undefined) return url;
  throw new StoreError('unusable', `${what} has a parameter ${JSON.stringify(stray)}; there are ${known.join(', ')}`);
}

function connectionOf(url: URL, env: NodeJS.ProcessEnv): string {
  const own = new URL(url);
  for (const name of OURS) own.searchParams.delete(name);
  const host = own.searchParams.get('host') || decodeURIComponent(own.hostname) || env.PGHOST || 'localhost';
  const isNear = host.startsWith('/') || isLoopback(host.replace(/^\[|\]$/g, ''));
  if (!isNear && !own.searchParams.has('sslmode') && !env.PGSSLMODE) own.searchParams.set('sslmode', 'verify-full');
  return own.href;
}

function withoutSecrets(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  shown.hash = '';
  for (const name of [...shown.searchParams.keys()]) {
    if (name !== 'schema' && name !== 'host') shown.searchParams.delete(name);
  }
  return shown.href;
}
