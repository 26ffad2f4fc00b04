import type { Properties } from '../../../core/index.js';
import { visible } from '../../../node/visible-text.js';

/** UTF-16 units of a text that are shown. */
const LONGEST_TEXT = 80;
/** User properties, and subscription identifiers, that are shown. */
const MOST_VALUES = 8;

/** Whose bytes are nobody's business. */
const SECRET: ReadonlySet<string> = new Set<keyof Properties>(['authenticationData']);

/** Properties in words, one text each: `contentType 'text/plain'`, `userProperty 'name'='value'`. Bounded. */
export function propertyTexts(properties: Properties | undefined): string[] {
  return Object.entries(properties ?? {}).flatMap(([name, value]) => (value === undefined ? [] : shown(name, value)));
}

function shown(name: string, value: NonNullable<Properties[keyof Properties]>): string[] {
  if (!Array.isArray(value)) return [`${name} ${single(name, value)}`];
  const texts = value
    .slice(0, MOST_VALUES)
    .map((item) => `${name} ${Array.isArray(item) ? item.map(quoted).join('=') : item}`);
  if (value.length > MOST_VALUES) texts.push(`${value.length - MOST_VALUES} more of ${name}`);
  return texts;
}

function single(name: string, value: number | string | Uint8Array): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return String(value);
  if (SECRET.has(name)) return `(${value.length} bytes)`;
  const hex = Buffer.from(value.subarray(0, 16)).toString('hex');
  return value.length > 16 ? `${hex}… (${value.length} bytes)` : hex || '(0 bytes)';
}

function quoted(text: string): string {
  return `'${visible(text, LONGEST_TEXT)}'`;
}
