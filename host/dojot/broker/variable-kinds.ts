import { cronProblem } from '../certificates/cron-schedule.js';

/** What the text of a variable has to be. */
export type VariableKind =
  | 'text'
  | 'names'
  | 'host list'
  | 'address'
  | 'url'
  | 'port'
  | 'cron'
  | 'count'
  | 'seconds'
  | 'milliseconds'
  | 'y or n'
  | 'true or false';

/** What is wrong with a text, and what to write instead: the rest of a sentence. */
type Check = (text: string) => string | undefined;

/** Most milliseconds, and seconds, that a variable may say: a hundred years. */
const CENTURY = 3_155_760_000;
const ADDRESS = /^(?:https?:\/\/)?(?:[^\s/:@[\]]+|\[[\da-fA-F:.]+\]):\d{1,5}$/;

const oneOf =
  (...words: string[]): Check =>
  (text) =>
    words.includes(text) ? undefined : `use ${words.join(' or ')}`;

const wholeNumber =
  (smallest: number, largest: number, what: string): Check =>
  (text) =>
    /^\d+$/.test(text) && Number(text) >= smallest && Number(text) <= largest
      ? undefined
      : `use ${what} from ${smallest} to ${largest}`;

/** One check for each kind; undefined is right. */
export const CHECKS: Readonly<Record<VariableKind, Check>> = {
  text: (text) => (/\p{Cc}/u.test(text) ? 'leave out control characters' : undefined),
  names: (text) => (namesIn(text).length > 0 ? undefined : 'name one, or several with commas between'),
  'host list': (text) => (hostsIn(text) ? undefined : 'use a JSON list of texts, such as ["localhost"]'),
  address: (text) =>
    ADDRESS.test(text) && protocolOf(httpAddress(text)) !== '' ? undefined : 'use HOST:PORT, such as localhost:5583',
  url: (text) => (/^https?:$/.test(protocolOf(text)) ? undefined : 'use http://HOST:PORT/…'),
  port: wholeNumber(1, 65_535, 'a port'),
  cron: (text) => {
    const problem = cronProblem(text);
    return problem === undefined ? undefined : `${problem}; use a cron expression such as "0 */2 * * *"`;
  },
  count: wholeNumber(0, 1_000_000, 'a number'),
  seconds: wholeNumber(0, CENTURY, 'whole seconds'),
  milliseconds: wholeNumber(1, CENTURY * 1000, 'whole milliseconds'),
  'y or n': oneOf('y', 'n'),
  'true or false': oneOf('true', 'false'),
};

/** Names with commas between. */
export function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A JSON list of texts; undefined for anything else. */
export function hostsIn(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((host) => typeof host === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** With a protocol in front, if it has none. */
export function httpAddress(address: string): string {
  return /^https?:/.test(address) ? address : `http://${address}`;
}

function protocolOf(text: string): string {
  try {
    return new URL(text).protocol;
  } catch {
    return '';
  }
}
