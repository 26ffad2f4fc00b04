import { StoreError } from '../../store-error.js';

/** What the client of the database throws: SQLSTATE of PostgreSQL or a code of Node in `code`. */
interface DatabaseFailure {
  code?: string;
  message: string;
}

/** Transactions that end so are made again as a whole: serialization_failure, deadlock_detected. */
const AGAIN = ['40001', '40P01'];

/** That only waiting helps: too many connections, shut down, crashed, starting up, standby, lock or statement took too long. */
const AWAY = ['53300', '57P01', '57P02', '57P03', '25006', '55P03', '57014'];

const UNREACHABLE = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|ENOENT|EADDRNOTAVAIL)/;

/** Messages without a code: of node-postgres itself. */
const LOST = /^(Connection terminated|Connection ended|timeout e|Query read timeout|Client has encountered)/;

const CERTIFICATE = /^(ERR_TLS_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/** Whether the same transaction may go through when it is made again. */
export function isWorthAnother(error: unknown): boolean {
  return AGAIN.includes(failureOf(error).code ?? '');
}

/** Whether the connection is gone, so that nothing is known of what was last sent over it. */
export function isLost(error: unknown): boolean {
  const { code = '', message } = failureOf(error);
  return /^(08|57P)/.test(code) || UNREACHABLE.test(code) || LOST.test(message);
}

/** The sentence for what PostgreSQL or the way to it refused. `doing` is `read`, `write` or `open`. */
export function postgresError(error: unknown, place: string, doing: 'open' | 'read' | 'write'): StoreError {
  if (error instanceof StoreError) return error;
  const { code = '', message } = failureOf(error);
  const options = { cause: error };
  if (/after calling end|^Client was closed/.test(message))
    return new StoreError('closed', `${place} is closed; open it again`, options);
  const nothing = doing === 'write' ? '; nothing was changed' : '';
  if (code.startsWith('53') && code !== '53300') {
    // disk_full, out_of_memory, configuration_limit_exceeded
    const what = code === '53100' ? 'has no room on its disk' : 'has too little of something';
    return new StoreError('full', `${place} ${what}: ${message}${nothing}; make room there`, options);
  }
  const refusal = refusalOf(code, message);
  if (refusal !== undefined) return new StoreError('unusable', `${place} ${refusal}`, options);
  if (isLost(error) || AWAY.includes(code) || AGAIN.includes(code)) {
    const what = awayOf(code, message);
    return new StoreError('unavailable', `${place} ${what}${nothing}`, options);
  }
  const verb = { open: 'does not open', read: 'could not be read', write: 'could not write' }[doing];
  return new StoreError(doing === 'open' ? 'unusable' : 'storage', `${place} ${verb}: ${message}${nothing}`, options);
}

/** The connection was lost while the database made a commit. */
export function unknownOutcome(error: unknown, place: string): StoreError {
  const message = `${place} was lost during a commit: whether the change was made is not known; read it again`;
  return new StoreError('unavailable', message, { cause: error });
}

/** What waiting does not change. */
function refusalOf(code: string, message: string): string | undefined {
  if (code === '28P01') return `refuses the password; give the right one in the address or in PGPASSWORD`;
  if (/password must be/.test(message)) return 'asks for a password; give it in the address or in PGPASSWORD';
  if (code === '28000') return `does not let this user in: ${message}; see the user, and pg_hba.conf of PostgreSQL`;
  if (code === '3D000') return `is not there: ${message}; make the database with createdb, or correct its name`;
  if (code === '42501') {
    return `does not allow this user what is needed: ${message}; see the rights in docs/postgresql.md of this package`;
  }
  if (code === '3F000' || code === '42P01') {
    return `lacks a schema or table that was there: ${message}; restore a backup, or start again, which makes them`;
  }
  if (/does not support SSL/.test(message)) {
    return 'has no TLS; turn it on in PostgreSQL, or add sslmode=disable to the address when the network is yours';
  }
  if (CERTIFICATE.test(code)) {
    return `has a certificate that is not trusted: ${message}; name its CA with sslrootcert=FILE in the address`;
  }
  return undefined;
}

function awayOf(code: string, message: string): string {
  if (code === '25006') return 'is read-only just now, as a standby is; name the primary, or wait for it';
  if (code === '53300') return 'has no connection left; raise max_connections of PostgreSQL, or use a pooler';
  if (code === '57P03') return 'is starting or stopping; wait a moment';
  if (code === '55P03' || code === '57014' || AGAIN.includes(code)) return `is too busy: ${message}; wait a moment`;
  return `cannot be reached: ${message}; see that PostgreSQL runs there, and host and port of the address`;
}

function failureOf(error: unknown): DatabaseFailure {
  const { code, message, errors } = error as { code?: unknown; message?: string; errors?: Error[] };
  // A name with several addresses fails with one error for each of them, and no message of its own.
  const [text] = (message || errors?.[0]?.message || String(error)).split('\n');
  return { code: typeof code === 'string' ? code : undefined, message: text };
}
