import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Files whose name is like the last part of a pattern (`*` and `?`), in its folder, and below it when `isDeep`; sorted. */
export function filesLike(pattern: string, isDeep: boolean): string[] {
  const folder = dirname(pattern);
  if (!existsSync(folder)) return [];
  const escaped = basename(pattern).replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const name = new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
  const entries = readdirSync(folder, { withFileTypes: true, recursive: isDeep });
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
