import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Store } from '../../../../host/cloud/index.js';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';

const undo = undoAfterEach();
const COUNT = 3000;
const ACCOUNT = { kind: 'account' } as const;

it('a rotation that was killed after the exchange of the master key is finished by the next one, while a process writes', async () => {
  const { folder, remove } = temporaryFolder();
  undo.push(remove);
  const data = join(folder, 'data');
  const path = join(data, 'store/master.key');
  const store = await Store.open(join(data, 'store'));
  undo.push(() => store.close());
  const values = store.values('AC1');
  const all = Array.from({ length: COUNT }, (_, n) => ({ key: `k${n}`, value: `value ${n}` }));
  await values.write(all.map(({ key, value }) => ({ op: 'set', scope: ACCOUNT, store: 'secrets', key, value })));
  const before = readFileSync(path, 'utf8');

  const killed = new Command(['store', 'rotate-key', '--data', data]);
  undo.push(() => killed.kill());
  const watcher = watch(join(data, 'store'), () => {
    if (readFileSync(path, 'utf8') !== before) killed.signal('SIGKILL');
  });
  undo.push(() => watcher.close());
  let written = 0;
  const ended = killed.ended.then(({ signal }) => signal);
  const writing = (async () => {
    for (let isOver = false; !isOver; written++) {
      await values.write([{ op: 'set', scope: ACCOUNT, store: 'configs', key: `new${written}`, value: `${written}` }]);
      isOver = await Promise.race([
        ended.then(() => true),
        new Promise<false>((resolve) => setImmediate(resolve, false)),
      ]);
    }
  })();
  expect(await ended).toBe('SIGKILL');
  await writing;

  const again = new Command(['store', 'rotate-key', '--json', '--data', data]);
  undo.push(() => again.kill());
  const { code, stderr } = await again.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(again.events[0].records).toBeGreaterThan(0);
  // A process that has the new master key alone.
  const after = await Store.open(join(data, 'store'));
  undo.push(() => after.close());
  const secrets = await after.values('AC1').list(ACCOUNT, 'secrets');
  expect(new Map(secrets.map(({ key, value }) => [key, value]))).toEqual(
    new Map(all.map(({ key, value }) => [key, value])),
  );
  expect((await after.values('AC1').list(ACCOUNT, 'configs')).length).toBe(written);
});
