import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Store } from '../../../host/cloud/store/store.js';
import type { StoreError } from '../../../host/cloud/store/store-error.js';
import { smallDisk } from '../broker/store/small-disk.js';

it('a store whose disk is full refuses the write, and nothing else happens to its process', async ({ skip }) => {
  const disk = smallDisk();
  if (!disk) skip('needs the right to mount a tmpfs');
  const store = Store.open(join(disk!, 'store'));
  const account = { kind: 'account' } as const;
  let stored = 0;
  let error: StoreError | undefined;
  while (!error) {
    try {
      await store.create(account, 'configs', `key-${stored}`, 'v'.repeat(4000));
      stored++;
    } catch (thrown) {
      error = thrown as StoreError;
    }
  }
  expect(error).toMatchObject({ code: 'storage' });
  // A rejection that nobody handles fails the test run.
  await new Promise((resolve) => setImmediate(resolve));
  expect(store.get(account, 'configs', `key-${stored - 1}`)).toBeDefined();
  await store.close();
});
