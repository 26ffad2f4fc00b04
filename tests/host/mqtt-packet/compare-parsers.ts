import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ours, type Parsed, parseAll, theirs } from './peers.js';

const file = new URL('../../../host/mqtt-packet/divergences.json', import.meta.url);
export const divergences: { id: string; kind: string; codeName?: string }[] = JSON.parse(
  readFileSync(file, 'utf8'),
).divergences;
export const stricter = new Set(divergences.filter(({ kind }) => kind === 'stricter').map(({ codeName }) => codeName));

/** Whether both have the same members, whatever their classes. */
function alike(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(one), plain(other));
}

const withoutUserProperties = ({ packets }: Parsed): unknown =>
  JSON.parse(JSON.stringify(packets, (key, value) => (key === 'userProperties' ? 'left out' : value)));

/** Divergences that are not about one rule of the standard, with their effect on the outcome. */
export const others: Record<string, (bytes: Buffer, us: Parsed, them: Parsed) => boolean> = {
  'disconnect-8c': (_, us) => us.packets[0]?.cmd === 'disconnect' && us.packets[0].reasonCode === 0x8c,
  'auth-shortest': (bytes) => bytes[0] === 0xf0 && bytes.length === 2,
  'user-property-empty': (_, us, them) =>
    JSON.stringify(us.packets).includes('""') && alike(withoutUserProperties(us), withoutUserProperties(them)),
};

/** The ids of the divergences that explain a difference of the outcomes; every one is in the list. */
function explanation(bytes: Buffer, us: Parsed, them: Parsed): string[] {
  const [refused] = us.errors;
  if (refused?.codeName && them.errors.length === 0) {
    return divergences
      .filter(({ kind, codeName }) => kind === 'stricter' && codeName === refused.codeName)
      .map(({ id }) => id);
  }
  return Object.keys(others).filter((id) => others[id](bytes, us, them));
}

export type Comparison = 'both accept' | 'both refuse' | 'the peer throws' | { divergences: string[] };

/** Compares how both parsers read one packet. A difference yields the divergences that explain it, none for a new one. */
export function compareParsers(bytes: Buffer, protocolVersion: 4 | 5): Comparison {
  let them: Parsed;
  try {
    them = parseAll(theirs, { protocolVersion }, bytes);
  } catch {
    return 'the peer throws';
  }
  const us = parseAll(ours, { protocolVersion }, bytes);
  if (us.errors.length > 0 && them.errors.length > 0) return 'both refuse';
  if (us.errors.length === 0 && them.errors.length === 0 && alike(us.packets, them.packets)) return 'both accept';
  return { divergences: explanation(bytes, us, them) };
}
