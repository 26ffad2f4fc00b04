import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRegularFile } from '../../../host/node/files/regular-file.js';

const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-files-'));
const path = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a file that a service reads again', () => {
  it('is read, an empty one too', () => {
    writeFileSync(path('full'), 'content');
    writeFileSync(path('empty'), '');
    expect(['full', 'empty'].map((name) => readRegularFile(path(name)).toString())).toEqual(['content', '']);
  });

  it('blocks nobody when it is a pipe to which nobody writes', () => {
    execFileSync('mkfifo', [path('pipe')]);
    expect(() => readRegularFile(path('pipe'))).toThrow('it is a pipe, socket or device; give a regular file');
  });

  it('is refused when it has no end, or is larger than any', () => {
    expect(() => readRegularFile('/dev/zero')).toThrow('it is a pipe, socket or device');
    writeFileSync(path('large'), '');
    truncateSync(path('large'), 67_108_865);
    expect(() => readRegularFile(path('large'))).toThrow('it has 67108865 bytes; 67108864 are the most');
  });

  it('is an error of the system when it is a folder or is not there', () => {
    const code = (name: string) => {
      try {
        return readRegularFile(path(name)).toString();
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    };
    expect([code('.'), code('none')]).toEqual(['EISDIR', 'ENOENT']);
  });
});
