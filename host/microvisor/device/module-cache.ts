import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModuleCache } from '../guest/guest-module.js';

/** Modules that are kept; older ones make room. */
const MOST_FILES = 16;
const DIGEST = 32;

const digest = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest();
};

/**
 * Keeps modules as files, each behind the digest of its bytes. What cannot be written is not kept, what is damaged is not found.
 *
 * @param folder is made when something is kept
 *
 * @example
 * ```ts
 * import { fileModuleCache } from 'wasmqtt/microvisor';
 *
 * const cache = fileModuleCache('modules');
 * cache.set(['app', '1'], Uint8Array.of(1, 2));
 * cache.get(['app', '1']); // => Uint8Array(2) [ 1, 2 ]
 * cache.get(['app', '2']); // => undefined
 * ```
 */
export function fileModuleCache(folder: string): ModuleCache {
  const fileOf = (key: readonly (string | Uint8Array)[]) => join(folder, `${digest(...key).toString('hex')}.wasm`);
  return {
    get(key) {
      try {
        const content = readFileSync(fileOf(key));
        const bytes = content.subarray(DIGEST);
        return digest(bytes).equals(content.subarray(0, DIGEST)) ? new Uint8Array(bytes) : undefined;
      } catch {
        return undefined;
      }
    },
    set(key, bytes) {
      try {
        mkdirSync(folder, { recursive: true });
        put(fileOf(key), Buffer.concat([digest(bytes), bytes]));
        removeOldest(folder);
      } catch {
        // It is made again the next time.
      }
    },
  };
}

/** Writes a file that is whole or not there. */
function put(file: string, content: Uint8Array): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const byAge = files.map((file) => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(MOST_FILES)) rmSync(file, { force: true });
}
