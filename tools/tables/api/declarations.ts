import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../root.js';
import { type EntryPoint, entryPoints } from './entry-points.js';

const IMPORT = /(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g;

/** All declarations that those of a module need, as paths relative to the root. */
function reach(file: string, found: Set<string>): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
    reach(join(dirname(file), `${path}.d.ts`), found);
  }
  return found;
}

/** A mark of the declarations of a module, with their comments: another one when any of them has changed. */
export function markOf({ types }: EntryPoint): string {
  const hash = createHash('sha256');
  for (const file of [...reach(types, new Set())].sort()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 32);
}

/** The line of a page that says of which declarations it was made. */
export const markLine = (mark: string): string => `<!-- declarations: ${mark} -->`;

/** The modules whose pages are missing or were made of other declarations. */
export function stalePages(): string[] {
  const isStale = (entry: EntryPoint) => {
    try {
      return !readFileSync(join(root, `docs/api/${entry.page}.md`), 'utf8').includes(markLine(markOf(entry)));
    } catch {
      return true;
    }
  };
  return entryPoints()
    .filter(isStale)
    .map(({ specifier }) => specifier);
}
