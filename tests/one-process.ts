import { readFileSync } from 'node:fs';

/**
 * Folders of many small files, which run one after the other in one process for each core. So the modules that they have in common are
 * loaded once: a process of its own costs a file half a second.
 */
const FOLDERS = ['conformance', 'host/broker', 'host/core', 'host/microvisor', 'host/mqtt-packet'];

/** @param file its path from the root. One that wants a process of its own says why in a line "// alone: it replaces a module". */
export function sharesProcess(file: string): boolean {
  const isInFolder = FOLDERS.some((folder) => file.startsWith(`tests/${folder}/`));
  return isInFolder && !/^\/\/ alone: ./m.test(readFileSync(file, 'utf8'));
}
