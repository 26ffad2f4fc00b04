import type { Finding } from '../../credentials/index.js';
import { visible } from '../../node/visible-text.js';
import type { Colours } from './colours.js';

/** A finding as one line for people. */
export function findingText({ severity, trap, where, what, why, remedy }: Finding, colours: Colours): string {
  const paint = severity === 'error' ? colours.red : colours.yellow;
  return `${paint(severity.padEnd(8))} ${visible(`${where}: ${what} ${why} Fix: ${remedy} [${trap}]`)}`;
}
