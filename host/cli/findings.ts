import type { createColors } from 'picocolors';
import type { Finding } from '../credentials/finding.js';
import { printable } from './run/printable.js';

export type Colors = ReturnType<typeof createColors>;

/** A finding for people: what and why, and below it how to mend it. */
export function findingText({ severity, trap, where, what, why, remedy }: Finding, c: Colors): string {
  const paint = severity === 'error' ? c.red : c.yellow;
  return `${paint(severity.padEnd(7))}  ${printable(where)}: ${printable(what)} ${why} ${c.dim(`[${trap}]`)}\n         ${printable(remedy)}`;
}
