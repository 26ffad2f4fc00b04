import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** One import of a file of the project by another; paths are relative to the root. */
export interface Import {
  from: string;
  to: string;
  line: number;
}

export const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Files that git tracks, or would: those not committed yet count too. */
export function sources(...patterns: string[]): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(list.split('\n'))].filter((file) => file !== '' && existsSync(join(root, file))).sort();
}

const TYPESCRIPT =
  /(?:\bfrom|\bimport|\bimport\(|\b(?:doM|m)ock\(|\bimportActual\()\s*(?:<[^>]*>\()?(['"])(\.[^'"\n]*)\1/g;
const C = /#\s*include\s+(")([^"\n]+)"/g;

/** Imports of a file: relative ones of TypeScript, quoted includes of C. `known` are the files that may be meant. */
export function importsOf(file: string, known: ReadonlySet<string>): Import[] {
  const text = read(file);
  const isC = /\.[ch]$/.test(file);
  return [...text.matchAll(isC ? C : TYPESCRIPT)].flatMap((match) => {
    const to = isC ? resolveInclude(file, match[2], known) : resolveModule(file, match[2], known);
    return to === undefined ? [] : [{ from: file, to, line: text.slice(0, match.index).split('\n').length }];
  });
}

/** `./x.js` and `./x` mean `x.ts`; what is not a source (JSON, a generated file) keeps its name. */
function resolveModule(file: string, specifier: string, known: ReadonlySet<string>): string {
  const path = posix.normalize(posix.join(dirname(file), specifier));
  const candidates = [path, path.replace(/\.js$/, '.ts'), `${path}.ts`, `${path}/index.ts`];
  return candidates.find((candidate) => known.has(candidate)) ?? path.replace(/\.js$/, '.ts');
}

/** Beside the file, else the one file of that path in the include folders. */
function resolveInclude(file: string, name: string, known: ReadonlySet<string>): string | undefined {
  const beside = posix.normalize(posix.join(dirname(file), name));
  if (known.has(beside)) return beside;
  return [...known].filter((other) => other.endsWith(`/${name}`)).at(0);
}
