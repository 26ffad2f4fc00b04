import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StoreError } from '../../../host/cloud/index.js';
import { smallDisk } from '../broker/store/small-disk.js';
import { ACCOUNT, openValues } from './cloud-rig.js';

it('a store whose disk is full refuses the write, and nothing else happens to its process', async ({ skip }) => {
  const disk = smallDisk();
  if (!disk) skip('needs the right to mount a tmpfs');
  const values = await openValues(join(disk!, 'store'));
  let stored = 0;
  let error: StoreError | undefined;
  while (!error) {
    try {
      await values.create(ACCOUNT, 'configs', `key-${stored}`, 'v'.repeat(4000));
      stored++;
    } catch (thrown) {
      error = thrown as StoreError;
    }
  }
  expect(error).toMatchObject({ code: 'full' });
  // A rejection that nobody handles fails the test run.
  await new Promise((resolve) => setImmediate(resolve));
  expect(await values.get(ACCOUNT, 'configs', `key-${stored - 1}`)).toBeDefined();
});
