// engine: LMDB
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Store, type StoreError } from '../../../host/cloud/index.js';
import { smallDisk } from '../broker/store/small-disk.js';
import { ACCOUNT, openValues, storeError } from './cloud-rig.js';

const MEGABYTE = 1024 * 1024;

/** Fills what is left of a disk. */
function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(16 * MEGABYTE));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

describe('a store whose disk is full', () => {
  it('refuses writes, reads on, keeps its process, and recovers by itself', async ({ skip }) => {
    const disk = smallDisk();
    if (!disk) skip('needs the right to mount a tmpfs');
    const ballast = join(disk!, 'ballast');
    writeFileSync(ballast, Buffer.alloc(4 * MEGABYTE));
    const values = await openValues(join(disk!, 'store'));
    const stored: string[] = [];
    const errors: StoreError[] = [];
    const writer = async (name: string) => {
      for (let n = 0; errors.length === 0; n++) {
        try {
          await values.create(ACCOUNT, 'secrets', `${name}-${n}`, 'v'.repeat(4000));
          stored.push(`${name}-${n}`);
        } catch (thrown) {
          errors.push(thrown as StoreError);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => writer(`w${n}`)));
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['full']));
    expect(errors[0].message).toContain('make room');
    // One alone may still find pages in the file that are free.
    let refused = 0;
    for (let n = 0; refused < 20; n++) {
      try {
        await values.create(ACCOUNT, 'secrets', `more-${n}`, 'v'.repeat(4000));
        stored.push(`more-${n}`);
      } catch (error) {
        expect((error as StoreError).code).toBe('full');
        refused += 1;
      }
    }
    // A rejection that nobody handles fails the test run.
    await new Promise((resolve) => setImmediate(resolve));
    for (const key of stored) expect((await values.fetch(ACCOUNT, 'secrets', key)).value).toBe('v'.repeat(4000));
    expect((await values.list(ACCOUNT, 'secrets')).length).toBe(stored.length);

    rmSync(ballast);
    for (let n = 0; n < 20; n++) await values.create(ACCOUNT, 'secrets', `after-${n}`, 'v'.repeat(4000));
    expect((await values.list(ACCOUNT, 'secrets')).length).toBe(stored.length + 20);
  });

  it('does not come to be, and leaves nothing that would be in the way later', async ({ skip }) => {
    const disk = smallDisk();
    if (!disk) skip('needs the right to mount a tmpfs');
    const ballast = join(disk!, 'ballast');
    fill(ballast);
    const error = await storeError(() => Store.open(join(disk!, 'store')));
    expect(['unusable', 'full']).toContain(error.code);
    expect(error.message).toContain(disk);
    rmSync(ballast);
    const values = await openValues(join(disk!, 'store'));
    await values.create(ACCOUNT, 'configs', 'k', 'v');
  });
});
