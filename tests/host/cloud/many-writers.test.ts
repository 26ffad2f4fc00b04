// engine: LMDB
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { bundle, runScript } from '../bundled-script.js';
import { ACCOUNT_SID, openValues, temporaryFolder } from './cloud-rig.js';

const WRITERS = 8;

it.each([30, 200])(
  'no write that any of eight writers had acknowledged is lost by kill -9 (after %i of them)',
  async (enough) => {
    const directory = join(temporaryFolder(), 'store');
    const contents = `import { Store } from './host/cloud/store/store.ts';
    const values = (await Store.open(process.argv[2])).values('${ACCOUNT_SID}');
    const account = { kind: 'account' };
    for (let writer = 0; writer < ${WRITERS}; writer++) void (async () => {
      await values.create(account, 'secrets', 'counter-' + writer, '0');
      for (let n = 1; ; n++) {
        await values.write([
          { op: 'set', scope: account, store: 'configs', key: writer + '-' + n, value: 'v'.repeat(n * 37 % 4096) },
          { op: 'set', scope: account, store: 'secrets', key: 'counter-' + writer, value: String(n) },
        ]);
        process.stdout.write(writer + ' ' + n + '\\n');
      }
    })();`;
    const child = runScript(await bundle(contents), directory);
    onTestFinished(() => void child.kill('SIGKILL'));
    const acknowledged = new Map<number, number>();
    let count = 0;
    for await (const line of createInterface({ input: child.stdout! })) {
      const [writer, n] = line.split(' ').map(Number);
      acknowledged.set(writer, n);
      // Killed while all of them go on; lines that were under way count as acknowledged.
      if (++count >= enough) child.kill('SIGKILL');
    }
    expect([...acknowledged.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const values = await openValues(directory);
    const account = { kind: 'account' } as const;
    for (const [writer, last] of acknowledged) {
      const counter = Number((await values.fetch(account, 'secrets', `counter-${writer}`)).value);
      // Both halves of a transaction or none.
      expect(counter).toBeGreaterThanOrEqual(last);
      for (let n = 1; n <= counter; n++) {
        expect((await values.get(account, 'configs', `${writer}-${n}`))?.value).toBe('v'.repeat((n * 37) % 4096));
      }
      expect(await values.get(account, 'configs', `${writer}-${counter + 1}`)).toBeUndefined();
    }
  },
);
