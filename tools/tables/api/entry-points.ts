import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../root.js';

/** A module that the package exports. */
export interface EntryPoint {
  /** As it is imported: `wasmqtt/broker`. */
  specifier: string;
  /** The folder of host with its index.ts. */
  folder: string;
  /** Its page in docs/api, without ".md". */
  page: string;
  /** Its declarations, relative to the root. */
  types: string;
}

/** The modules among the exports of package.json, in that order; of those with the same names the first. */
export function entryPoints(): EntryPoint[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const modules = Object.entries<{ types?: string }>(exports);
  return modules.flatMap(([path, { types }], index) => {
    if (modules.findIndex(([, other]) => other.types === types) < index) return [];
    const [, folder] = /^\.\/build\/types\/host\/(.+)\/index\.d\.ts$/.exec(types ?? '') ?? [];
    if (folder === undefined) return [];
    const specifier = join(name, path);
    return [{ specifier, folder, page: specifier.split('/').at(-1)!, types: types!.slice(2) }];
  });
}
