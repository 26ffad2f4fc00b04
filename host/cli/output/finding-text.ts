import type { createColors } from 'picocolors';
import type { Finding } from '../../credentials/index.js';
import { printable } from './printable.js';

export type Colors = ReturnType<typeof createColors>;

/** A finding as one line for people. */
export function findingText({ severity, trap, where, what, why, remedy }: Finding, c: Colors): string {
  const paint = severity === 'error' ? c.red : c.yellow;
  return `${paint(severity.padEnd(8))} ${printable(`${where}: ${what} ${why} Mend: ${remedy} [${trap}]`)}`;
}
