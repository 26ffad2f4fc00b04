import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';
import { undoAfterEach } from '../../../interop/undo.js';

const undo = undoAfterEach();
const FIXTURE = join(import.meta.dirname, '../../cloud/takeover/store-0.1.mdb.gz');
const DEVICE_SID = `UV${'0b'.repeat(16)}`;

/** A data folder of wasmqtt 0.1; see the README beside its store. */
function oldDataFolder(): string {
  const { folder, remove } = temporaryFolder();
  undo.push(remove);
  mkdirSync(join(folder, 'store'), { mode: 0o700 });
  writeFileSync(join(folder, 'store/data.mdb'), gunzipSync(readFileSync(FIXTURE)), { mode: 0o600 });
  return folder;
}

async function configOf(data: string, env: Record<string, string> = {}) {
  const command = new Command(['cloud', '--port', '0', '--json', '--data', data], env);
  undo.push(() => command.kill());
  const { url, accountSid, authToken, deviceSid } = await command.event('listening');
  const address = `${url.replace(/\/v1$/, '')}/v1/Devices/${DEVICE_SID}/Configs/broker-host`;
  const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
  const response = await fetch(address, { headers });
  const body = (await response.json()) as { value: string };
  expect((await command.interrupt()).code).toBe(0);
  return { accountSid, authToken, deviceSid, value: body.value };
}

it('a data folder of 0.1 has the same account, token, device and values as before, at each start', async () => {
  const data = oldDataFolder();
  const before = {
    accountSid: `AC${'0a'.repeat(16)}`,
    authToken: '0c'.repeat(16),
    deviceSid: DEVICE_SID,
    value: 'broker.example.com',
  };
  expect(await configOf(data)).toEqual(before);
  expect(await configOf(data)).toEqual(before);
});

it('a data folder of 0.1 whose account came from the environment has its values under that one', async () => {
  const data = oldDataFolder();
  const env = { TWILIO_ACCOUNT_SID: `AC${'0f'.repeat(16)}`, TWILIO_AUTH_TOKEN: '1e'.repeat(16) };
  for (let start = 0; start < 2; start++) {
    expect(await configOf(data, env)).toMatchObject({
      accountSid: env.TWILIO_ACCOUNT_SID,
      value: 'broker.example.com',
    });
  }
});
