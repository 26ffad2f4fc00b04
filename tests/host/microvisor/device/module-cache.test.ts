import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileModuleCache } from '../../../../host/microvisor/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmqtt-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('a cache of modules', () => {
  it('has what was made of the same bytes and options, for other processes too', () => {
    fileModuleCache(join(folder, 'guests')).set([bytes(1), 'a', 'b'], bytes(7, 8));
    const cache = fileModuleCache(join(folder, 'guests'));
    expect(cache.get([bytes(1), 'a', 'b'])).toEqual(bytes(7, 8));
    for (const key of [
      [bytes(2), 'a', 'b'],
      [bytes(1), 'ab'],
      [bytes(1), 'ab', ''],
      [bytes(1), 'a', 'b', 'c'],
    ]) {
      expect(cache.get(key)).toBeUndefined();
    }
  });

  it('does not find a file that is cut off or changed', () => {
    const cache = fileModuleCache(folder);
    cache.set(['key'], bytes(1, 2, 3));
    const file = join(folder, readdirSync(folder)[0]);
    const content = readFileSync(file);
    writeFileSync(file, content.subarray(0, -1));
    expect(cache.get(['key'])).toBeUndefined();
    writeFileSync(file, content.fill(0, content.length - 1));
    expect(cache.get(['key'])).toBeUndefined();
  });

  it('keeps a few, and nothing else in the folder', () => {
    const cache = fileModuleCache(folder);
    for (let count = 0; count < 40; count++) cache.set([`${count}`], bytes(count));
    expect(readdirSync(folder)).toHaveLength(16);
    expect(readdirSync(folder).filter((name) => !/^[0-9a-f]{64}\.wasm$/.test(name))).toEqual([]);
  });

  it('does without where it cannot write', () => {
    const cache = fileModuleCache('/dev/null/guests');
    cache.set(['key'], bytes(1));
    expect(cache.get(['key'])).toBeUndefined();
  });
});
