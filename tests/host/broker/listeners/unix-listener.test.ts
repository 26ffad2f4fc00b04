// needs: openssl
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, createBroker, type UnixListenOptions } from '../../../../host/broker/index.js';
import { Client } from './client.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmqtt-unix-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (socketPath: string, options: Partial<UnixListenOptions> = {}): Promise<Broker> =>
  createBroker({ listeners: [{ protocol: 'unix', socketPath, ...options }] });

async function expectServes(path: string): Promise<void> {
  const client = new Client(connect(path));
  await client.connect();
  await client.expectServed();
  client.stream.destroy();
}

/** A socket whose program was killed. */
function deadSocket(path: string): void {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
  expect(lstatSync(path).isSocket()).toBe(true);
}

describe('a Unix socket', () => {
  it('is for this user alone, unless its mode says otherwise, and is gone after the end', async () => {
    for (const [mode, expected] of [
      [undefined, 0o600],
      [0o660, 0o660],
      [0o777, 0o777],
    ]) {
      const path = join(folder, `mode-${mode}`);
      const former = process.umask();
      const broker = await start(path, { mode });
      expect(process.umask()).toBe(former);
      expect(lstatSync(path).mode & 0o777).toBe(expected);
      await expectServes(path);
      await broker.close();
      expect(existsSync(path)).toBe(false);
    }
  });

  it('takes the place of the file that a dead broker left behind', async () => {
    const path = join(folder, 'dead');
    deadSocket(path);
    const broker = await start(path);
    await expectServes(path);
    await broker.close();
  });

  it('does not take the place of a broker that lives', async () => {
    const path = join(folder, 'alive');
    const broker = await start(path);
    await expect(start(path)).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining(`${path}: another program listens there`),
    });
    await expectServes(path);
    await broker.close();
  });

  it('does not take the place of a file that is not a socket', async () => {
    const path = join(folder, 'letter');
    writeFileSync(path, 'dear all');
    await expect(start(path)).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining('not a socket'),
    });
    expect(readFileSync(path, 'utf8')).toBe('dear all');
  });

  it.each<[string, () => string, Partial<UnixListenOptions>, string]>([
    ['has no folder', () => join(folder, 'none/x'), {}, 'its folder does not exist'],
    ['is too long for the system', () => join(folder, 'x'.repeat(108)), {}, 'use a path of 1 to 107 bytes'],
    ['is empty', () => '', {}, 'use a path of 1 to 107 bytes'],
    ['has a mode that is none', () => join(folder, 'm'), { mode: 0o1000 }, 'mode is 512'],
  ])('is refused when its path %s', async (_, path, options, message) => {
    await expect(start(path(), options)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });
});
