// How programs in TypeScript are started from others: all of it goes through tsx.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

// `import.meta.resolve` would do, but Vitest does not have it.
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const REGISTRATION = new URL('./esm/api/index.mjs', LOADER).href;

/** Options with which a process of Node loads TypeScript, for `execArgv`. */
export const typescriptLoader: readonly string[] = ['--import', LOADER];

/** Arguments for `process.execPath` that run a TypeScript program. */
export function typescriptProgram(file: string, ...words: readonly string[]): string[] {
  return [...typescriptLoader, file, ...words];
}

/** Starts a thread that runs a TypeScript module. The options above do not reach threads, so the thread registers tsx itself. */
export function typescriptWorker(moduleUrl: string): Worker {
  const start = `import(${JSON.stringify(REGISTRATION)})
    .then(({ register }) => { register(); return import(${JSON.stringify(moduleUrl)}); })`;
  return new Worker(start, { eval: true, execArgv: [] });
}
