import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The commands of a fixture, without its head. */
export function commands(path: string): string[] {
  const [, ...blocks] = readFileSync(join(import.meta.dirname, path), 'utf8')
    .trim()
    .split('\n\n');
  return blocks;
}
