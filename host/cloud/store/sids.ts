import { randomBytes } from 'node:crypto';
import { StoreError } from './store-error.js';
import { quote } from './values/value-limits.js';

/** What a SID names: an account, an API key, an application. Devices bring theirs (`UV`). */
export type SidKind = 'AC' | 'SK' | 'KA';

const NAMES: Record<SidKind, string> = { AC: 'an account', SK: 'an API key', KA: 'an application' };

/** A new SID: the two letters and 32 hex digits. */
export function newSid(kind: SidKind): string {
  return `${kind}${newSecret()}`;
}

/** 128 random bits as 32 hex digits. */
export function newSecret(): string {
  return randomBytes(16).toString('hex');
}

/** Whether it is the letters and 32 hex digits. */
export function isSid(kind: SidKind, text: string): boolean {
  return text.startsWith(kind) && /^..[0-9a-fA-F]{32}$/.test(text);
}

/** @throws StoreError `invalid-sid` */
export function checkSid(kind: SidKind, text: string): void {
  if (isSid(kind, text)) return;
  throw new StoreError(
    'invalid-sid',
    `${quote(text)} is not the SID of ${NAMES[kind]}; that is "${kind}" and 32 hex digits`,
  );
}
