/**
 * A module of Node, in Node and in engines that have its modules too; undefined elsewhere. An import of it would keep every other engine from
 * loading the file.
 */
export const builtIn: <Name extends keyof NodeModules>(name: Name) => NodeModules[Name] | undefined = (name) =>
  (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.(name) as never;

/** Those that are used. */
interface NodeModules {
  'node:fs': typeof import('node:fs');
  'node:path': typeof import('node:path');
  'node:url': typeof import('node:url');
  'node:worker_threads': typeof import('node:worker_threads');
}
