// engine: LMDB
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkLmdbFile } from '../../../host/lmdb/lmdb-file.js';
import { bundle, runScript } from '../bundled-script.js';
import { temporaryFolder } from '../cloud/cloud-rig.js';

it('a data file is whole at every moment while another process makes it longer', async () => {
  const folder = join(temporaryFolder(), 'store');
  const writer = runScript(
    await bundle(
      `import { prepareLmdbFolder } from './host/lmdb/lmdb-folder.ts';
       import { openLmdb } from './host/lmdb/open-lmdb.ts';
       prepareLmdbFolder(process.argv[2]);
       const lmdb = openLmdb(process.argv[2], 'bytes');
       process.stdout.write('opened');
       for (let n = 0; n < 2000; n++) lmdb.putSync(n, new Uint8Array(3000));
       await lmdb.close();`,
    ),
    folder,
  );
  onTestFinished(() => void writer.kill('SIGKILL'));
  const end = once(writer, 'close');
  await once(writer.stdout!, 'data');
  let checks = 0;
  while (writer.exitCode === null) {
    for (let n = 0; n < 100; n++) checkLmdbFile(join(folder, 'data.mdb'));
    checks += 100;
    await new Promise(setImmediate);
  }
  expect(await end).toEqual([0, null]);
  expect(checks).toBeGreaterThan(100);
});
