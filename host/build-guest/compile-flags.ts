import { boardIncludes, preludeHeader } from './board-files.js';

export type Language = 'C' | 'C++';

/** The language of a source, by the end of its name; undefined for what is not C or C++. */
export function languageOf(file: string): Language | undefined {
  if (/\.c$/.test(file)) return 'C';
  return /\.(cpp|cc|cxx|C)$/.test(file) ? 'C++' : undefined;
}

/**
 * Options with which a source of an application is compiled to wasm32. Enumerations are as short as on ARM: calls write them through
 * pointers.
 */
export function compileFlags(language: Language): string[] {
  const dialect = language === 'C' ? ['-std=gnu11'] : ['-std=gnu++17', '-fno-exceptions', '-fno-rtti'];
  return [
    '--target=wasm32-wasi',
    '-O2',
    '-g1',
    ...dialect,
    '-fshort-enums',
    '-mmutable-globals',
    '-include',
    preludeHeader(),
    ...boardIncludes().flatMap((folder) => ['-idirafter', folder]),
  ];
}
