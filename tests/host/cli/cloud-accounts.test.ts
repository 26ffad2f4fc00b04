import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Command } from '../../interop/command.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { undoAfterEach } from '../../interop/undo.js';

const undo = undoAfterEach();
let data: string;

beforeEach(() => {
  const { folder, remove } = temporaryFolder();
  undo.push(remove);
  data = join(folder, 'data');
});

function wasmqtt(...args: string[]): Command {
  const command = new Command([...args, '--data', data]);
  undo.push(() => command.kill());
  return command;
}

/** The lines of a command that ends by itself. */
async function output(...args: string[]) {
  const command = wasmqtt(...args, '--json');
  expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  // biome-ignore lint/suspicious/noExplicitAny: each command has fields of its own
  return command.events as any[];
}

async function serve() {
  const cloud = wasmqtt('cloud', '--port', '0', '--json');
  const listening = await cloud.event('listening');
  const base = new URL(listening.url).origin;
  const status = async (user: string, password: string, init?: RequestInit) => {
    const headers = { authorization: `Basic ${btoa(`${user}:${password}`)}` };
    return (await fetch(`${base}/v1/Configs`, { ...init, headers })).status;
  };
  return { listening, status };
}

describe('wasmqtt cloud', () => {
  it('keeps the token of its account in a file for its owner alone, and prints it each time', async () => {
    const first = await serve();
    const file = join(data, 'credentials.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { accountSid, authToken } = first.listening;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ accountSid, authToken });
    expect(readFileSync(join(data, 'store/data.mdb')).includes(authToken)).toBe(false);
    expect((await serve()).listening).toMatchObject({ accountSid, authToken });
    expect(await first.status(accountSid, authToken)).toBe(200);
  });

  it('serves accounts and keys that are made and deleted while it runs', async () => {
    const { listening, status } = await serve();
    const [account] = await output('cloud', 'account', 'create', '--name', 'Plant 2');
    expect(await status(account.accountSid, account.authToken)).toBe(200);
    const [key] = await output('cloud', 'key', 'create', '--name', 'b', '--read-only', '--account', account.accountSid);
    expect(await status(key.keySid, key.secret)).toBe(200);
    expect(await status(key.keySid, key.secret, { method: 'POST' })).toBe(403);
    const listed = await output('cloud', 'account', 'list');
    expect(listed.map(({ accountSid }) => accountSid).sort()).toEqual(
      [account.accountSid, listening.accountSid].sort(),
    );
    const [shown] = await output('cloud', 'key', 'list', '--account', account.accountSid);
    expect([shown.keySid, shown.friendlyName, shown.readOnly, shown.secret]).toEqual([
      key.keySid,
      'b',
      true,
      undefined,
    ]);

    const [renewed] = await output('cloud', 'account', 'token', account.accountSid);
    expect(await status(account.accountSid, account.authToken)).toBe(401);
    expect(await status(account.accountSid, renewed.authToken)).toBe(200);
    await output('cloud', 'key', 'delete', key.keySid, '--account', account.accountSid);
    expect(await status(key.keySid, key.secret)).toBe(401);
    await output('cloud', 'account', 'delete', account.accountSid);
    expect(await status(account.accountSid, renewed.authToken)).toBe(401);
  });

  it('has the new token of its own account in the file', async () => {
    const { listening, status } = await serve();
    const [renewed] = await output('cloud', 'account', 'token', listening.accountSid);
    expect(JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))).toEqual(renewed);
    expect(await status(listening.accountSid, listening.authToken)).toBe(401);
    expect((await serve()).listening.authToken).toBe(renewed.authToken);
  });

  it('goes on without the file of the token, and says how to get another', async () => {
    const { accountSid } = (await serve()).listening;
    rmSync(join(data, 'credentials.json'));
    const cloud = wasmqtt('cloud', '--port', '0', '--for', '1ms');
    expect((await cloud.ended).stdout).toContain(`wasmqtt cloud account token ${accountSid}`);
    const [renewed] = await output('cloud', 'account', 'token', accountSid);
    expect((await serve()).listening).toMatchObject(renewed);
    writeFileSync(join(data, 'credentials.json'), '{}');
    const spoilt = wasmqtt('cloud', '--port', '0');
    const message = `${join(data, 'credentials.json')} cannot be read: it does not hold accountSid and authToken`;
    expect(await spoilt.ended).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });

  it('says what to do about an account or a key that does not exist, or has to stay', async () => {
    const account = wasmqtt('cloud', 'account', 'token', `AC${'9'.repeat(32)}`);
    expect(await account.ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^wasmqtt: there is no account AC9+/),
    });
    const { listening } = await serve();
    const own = wasmqtt('cloud', 'account', 'delete', listening.accountSid);
    expect(await own.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('it stays') });
    const key = wasmqtt('cloud', 'key', 'delete', 'SK1');
    expect(await key.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"SK1" is not the SID of an API key'),
    });
    const word = wasmqtt('cloud', 'account', 'crate');
    expect((await word.ended).code).toBe(2);
  });
});
