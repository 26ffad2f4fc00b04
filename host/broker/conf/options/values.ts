/** A value that cannot be used: what is wrong and what to write, and the offset within the value. */
export class ValueMistake extends Error {
  readonly offset: number;

  constructor(message: string, offset = 0) {
    super(message);
    this.offset = offset;
  }
}

/** What is read of a value, besides the value. */
export interface ReadNotes {
  /** The value can be used, but not all of it is. */
  warn(message: string, offset?: number): void;
}

/** Reads the text behind an option. @throws ValueMistake */
export type ReadValue<T> = (text: string, notes: ReadNotes) => T;

/** A word of a value, with its offset. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

export function wordsOf(text: string): Word[] {
  return [...text.matchAll(/[^ \t]+/g)].map((match) => ({ text: match[0], offset: match.index }));
}

/** The first word; more of them are reported. */
function oneWord(text: string, notes: ReadNotes): string {
  const [first, second] = wordsOf(text);
  if (!first) throw new ValueMistake('the value is missing; write it behind the option');
  if (second)
    notes.warn(`"${text.slice(second.offset)}" is ignored: this option has one word; remove the rest`, second.offset);
  return first.text;
}

export const flag: ReadValue<boolean> = (text, notes) => {
  const word = oneWord(text, notes);
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw new ValueMistake(`"${word}" is neither true nor false; write one of them`);
};

/** A whole number. @param meaning of special numbers, for the message, such as `0 for no limit` */
export function whole(smallest: number, largest: number, meaning = ''): ReadValue<number> {
  return (text, notes) => wholeNumber(oneWord(text, notes), smallest, largest, meaning);
}

export function wholeNumber(word: string, smallest: number, largest: number, meaning = '', offset = 0): number {
  const value = /^-?\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
  if (value >= smallest && value <= largest) return value;
  const range = `a whole number from ${smallest} to ${largest}${meaning && `, ${meaning}`}`;
  throw new ValueMistake(`"${word}" is not ${range}; write one`, offset);
}

/** A count without end when it is 0. */
export function limit(largest = 2_147_483_647): ReadValue<number> {
  const read = whole(0, largest, '0 for no limit');
  return (text, notes) => read(text, notes) || Number.POSITIVE_INFINITY;
}

/** The rest of the line, spaces included. */
export const text: ReadValue<string> = (value) => {
  if (value === '') throw new ValueMistake('the value is missing; write it behind the option');
  return value;
};

export function choice<T extends string>(...choices: readonly T[]): ReadValue<T> {
  return (value, notes) => {
    const word = oneWord(value, notes);
    if ((choices as readonly string[]).includes(word)) return word as T;
    throw new ValueMistake(`"${word}" is not one of ${choices.join(', ')}; write one of them`);
  };
}

/** An address to listen on, or the path of a Unix socket with port 0. */
export interface ListenAddress {
  readonly port: number;
  readonly host?: string;
  readonly socket?: string;
}

export const listenAddress: ReadValue<ListenAddress> = (value) => {
  const [port, where] = wordsOf(value);
  if (!port) throw new ValueMistake('the port is missing; write it behind the option');
  const rest = where && value.slice(where.offset);
  const number = wholeNumber(port.text, 0, 65_535, '0 for a Unix socket');
  if (number === 0) {
    if (rest === undefined) throw new ValueMistake('port 0 needs the path of a Unix socket; write it behind the 0');
    return { port: 0, socket: rest };
  }
  if (rest === undefined) return { port: number };
  if (/[ \t]/.test(rest))
    throw new ValueMistake(`"${rest}" is not an address; write one address or host name`, where.offset);
  return { port: number, host: rest };
};

const HOUR = 3_600_000;
const UNITS: Record<string, number> = {
  h: HOUR,
  d: 24 * HOUR,
  w: 7 * 24 * HOUR,
  m: 30 * 24 * HOUR,
  y: 365 * 24 * HOUR,
};

/** `14d` in milliseconds. A month has 30 days, a year 365. */
export const duration: ReadValue<number> = (value, notes) => {
  const word = oneWord(value, notes);
  const [, count, unit] = /^(\d{1,9})([hdwmy])$/.exec(word) ?? [];
  if (count === undefined || Number(count) === 0) {
    throw new ValueMistake(`"${word}" is not a time; write a number and h, d, w, m or y, such as 14d`);
  }
  return Number(count) * UNITS[unit];
};

/** The versions of TLS that Node offers. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

export const tlsVersion: ReadValue<TlsVersion> = (value, notes) => {
  const word = oneWord(value, notes);
  if (word === 'tlsv1.2') return 'TLSv1.2';
  if (word === 'tlsv1.3') return 'TLSv1.3';
  const old = word === 'tlsv1' || word === 'tlsv1.0' || word === 'tlsv1.1';
  throw new ValueMistake(
    old
      ? `${word} is not offered (RFC 8996); write tlsv1.2`
      : `"${word}" is not a version of TLS; write tlsv1.2 or tlsv1.3`,
  );
};

export const LOG_TYPES = [
  'debug',
  'error',
  'warning',
  'notice',
  'information',
  'subscribe',
  'unsubscribe',
  'websockets',
  'internal',
] as const;

export type LogType = (typeof LOG_TYPES)[number];

export const logTypes: ReadValue<LogType | 'all' | 'none'> = choice('all', 'none', ...LOG_TYPES);

export type LogDestination =
  | { readonly kind: 'stdout' | 'stderr' | 'topic' | 'none' }
  | { readonly kind: 'file'; readonly path: string };

export const logDestination: ReadValue<LogDestination> = (value, notes) => {
  const [kind, path] = wordsOf(value);
  if (kind?.text === 'file') {
    if (!path) throw new ValueMistake('the file is missing; write its path behind "file"', value.length);
    return { kind: 'file', path: value.slice(path.offset) };
  }
  if (kind?.text === 'syslog' || kind?.text === 'dlt') {
    throw new ValueMistake(
      `${kind.text} is not supported; use "log_dest stderr" under systemd, or "log_dest file PATH"`,
    );
  }
  return { kind: choice('stdout', 'stderr', 'topic', 'none')(value, notes) };
};
