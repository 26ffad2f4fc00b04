import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchValues, CLIENTS, costOf, reads, writes } from '../../../host/bench/cloud/call-rates.js';
import { CloudProcess } from '../../../host/bench/cloud/cloud-process.js';
import { KeepAliveClient } from '../../../host/bench/cloud/keep-alive-client.js';
import { pageTimes } from '../../../host/bench/cloud/list-pages.js';
import { deviceKeys } from '../../../host/bench/cloud/measure-cloud.js';
import { memoryWithWaiting } from '../../../host/bench/cloud/waiting-devices.js';
import { openStore } from '../../../host/cli/services/local-store.js';
import { CLI, Command } from '../../interop/command.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { undoAfterEach } from '../../interop/undo.js';

const KEYS = 2 * CLIENTS;

const undo = undoAfterEach();

describe('bench --cloud', () => {
  /** A server with some keys, and its store. */
  const serve = async () => {
    const { folder, remove } = temporaryFolder();
    undo.push(remove);
    const cloud = await CloudProcess.start(CLI, ['--data', folder]);
    undo.push(() => cloud.stop());
    const client = new KeepAliveClient(cloud.url);
    undo.push(() => client.close());
    const store = await openStore({ data: folder });
    undo.push(() => store.close());
    const values = store.values(cloud.accountSid);
    const scope = { kind: 'account' } as const;
    for (const value of benchValues(KEYS)) await values.create(scope, 'configs', value.key, value.value);
    return { cloud, client, store, list: () => values.list(scope, 'configs') };
  };

  it('measures calls that the server has answered, of which writes are in the store', async () => {
    const { cloud, client, list } = await serve();
    const read = await costOf(cloud, reads(cloud, client, KEYS), 200);
    expect(read.clock).toBeGreaterThan(0);
    expect(await list()).toMatchObject([...benchValues(KEYS)]);
    await costOf(cloud, writes(cloud, client), 200);
    const changed = (await list()).filter(({ value }, index) => value !== [...benchValues(KEYS)][index].value);
    expect(changed.length).toBeGreaterThan(CLIENTS / 2);
    await cloud.stop();
    expect(existsSync(`/proc/${cloud.pid}`)).toBe(false);
  });

  it('fails with what the server said when it refuses a call', async () => {
    const { cloud, client } = await serve();
    await expect(costOf(cloud, reads(cloud, client, KEYS + 1), 1000)).rejects.toThrow(/404 .*bench-000032/);
  });

  it('measures a page of a list at its start and at its end', async () => {
    const { cloud, client } = await serve();
    const { first, last } = await pageTimes(cloud, client);
    expect(Math.min(first, last)).toBeGreaterThan(0);
  });

  it('measures the memory of the server while a device with each key waits', async () => {
    const { cloud, store } = await serve();
    const keys = await deviceKeys(store, cloud.accountSid, 100);
    expect(await memoryWithWaiting(cloud, keys)).toBeGreaterThan(10 * 1024 * 1024);
    await expect(memoryWithWaiting(cloud, [...keys, 'none'])).rejects.toThrow(/the device key is missing or wrong/);
  });

  it('says why a server has ended, which rows there are, and what it takes for a store', async () => {
    const missing = CloudProcess.start(CLI, ['--data', join(CLI, 'data')]);
    await expect(missing).rejects.toThrow(/^wasmqtt cloud ended: wasmqtt: .*cli\.js/);
    const other = await new Command(['bench', '--cloud', '--filter', 'clouds']).ended;
    expect(other.stderr).toMatch(/^wasmqtt: --filter clouds: no row has this in its name; there are cloud\.read, /);
    expect(other.code).toBe(1);
    const folder = await new Command(['bench', '--cloud', '--store', 'folder']).ended;
    expect(folder.stderr).toMatch(/^wasmqtt: --store: .* give the postgres:\/\/ address of an empty database\n$/);
    expect(folder.code).toBe(1);
  });
});
