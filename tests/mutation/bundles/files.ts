import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** All files in a folder and in those inside it, as paths from `root` with slashes, always in the same order. */
export function filesIn(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`).sort();
}
