import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareLmdbFolder } from '../../../host/lmdb/lmdb-folder.js';
import { openLmdb } from '../../../host/lmdb/open-lmdb.js';
import { smallDisk } from '../broker/store/small-disk.js';

/** A small disk without any room, with an empty folder on it. */
function fullDisk(): { folder: string; makeRoom: () => void } | undefined {
  const disk = smallDisk();
  if (disk === undefined) return undefined;
  const folder = join(disk, 'store');
  mkdirSync(folder);
  const ballast = join(disk, 'ballast');
  const fill = () => {
    try {
      writeFileSync(ballast, new Uint8Array(16 * 1024 * 1024));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  };
  fill();
  return { folder, makeRoom: () => rmSync(ballast) };
}

describe('the lock file, which LMDB maps', () => {
  it('has its place on the disk before LMDB sees it, and keeps its size', async ({ skip }) => {
    const disk = fullDisk();
    if (!disk) skip('needs the right to mount a tmpfs');
    disk!.makeRoom();
    prepareLmdbFolder(disk!.folder);
    const { size, blocks } = statSync(join(disk!.folder, 'lock.mdb'));
    expect(blocks * 512).toBe(size);
    const lmdb = openLmdb(disk!.folder, 'bytes');
    expect(statSync(join(disk!.folder, 'lock.mdb')).size).toBe(size);
    await lmdb.close();
  });

  it('is not made on a full disk, and nothing is left of the attempt but empty files', ({ skip }) => {
    const disk = fullDisk();
    if (!disk) skip('needs the right to mount a tmpfs');
    expect(() => prepareLmdbFolder(disk!.folder)).toThrow(/cannot be used: ENOSPC.*; make room on its disk$/);
    expect(readdirSync(disk!.folder)).toEqual(['data.mdb']);
    disk!.makeRoom();
    prepareLmdbFolder(disk!.folder);
    expect(readdirSync(disk!.folder).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it.for([0, 8272])(
    'of %i bytes without a place on a full disk is refused, and used when there is room',
    async (size, { skip }) => {
      const disk = fullDisk();
      if (!disk) skip('needs the right to mount a tmpfs');
      writeFileSync(join(disk!.folder, 'lock.mdb'), '', { mode: 0o600 });
      truncateSync(join(disk!.folder, 'lock.mdb'), size);
      expect(() => prepareLmdbFolder(disk!.folder)).toThrow(/no room for .*lock\.mdb; make room on its disk$/);
      disk!.makeRoom();
      prepareLmdbFolder(disk!.folder);
      await openLmdb(disk!.folder, 'bytes').close();
    },
  );
});
