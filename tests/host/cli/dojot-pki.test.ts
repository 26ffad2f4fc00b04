import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Child } from '../../interop/child.js';
import { CLI, Command, cleanEnvironment } from '../../interop/command.js';
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

/** `wasmqtt dojot user`, with the password on standard input. */
async function user(args: readonly string[], password = '') {
  const argv = [CLI, 'dojot', 'user', ...args, '--data', data];
  const child = new Child(process.execPath, argv, { env: cleanEnvironment(), stdio: 'pipe' });
  undo.push(() => child.kill());
  child.type(`${password}\n`);
  child.closeInput();
  return child.ended;
}

describe('wasmqtt dojot user', () => {
  it('adds, lists and deletes users, and changes passwords, while the PKI runs', async () => {
    const pki = wasmqtt('dojot', 'pki', '--port', '0', '--internal-port', '0', '--json');
    const { url, internalUrl, caName, generation } = await pki.event('listening');
    expect([caName, generation, typeof internalUrl]).toEqual(['IOTmidCA', 1, 'string']);
    const status = async (passwd: string) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ username: 'ann', passwd });
      return (await fetch(`${url}/auth`, { method: 'POST', headers, body })).status;
    };
    expect(await status('first')).toBe(401);
    expect(await user(['add', 'Ann', '--tenant', 'admin'], 'first')).toMatchObject({
      code: 0,
      stdout: 'user ann of the tenant admin is added\n',
    });
    expect(await status('first')).toBe(200);
    expect(await user(['add', 'ann', '--tenant', 'admin'], 'x')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is a user ann already/),
    });
    expect((await user(['password', 'ann'], 'second')).code).toBe(0);
    expect([await status('first'), await status('second')]).toEqual([403, 200]);
    const { stdout } = await user(['list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ username: 'ann', tenant: 'admin', group: 'admin' });
    expect(stdout).not.toMatch(/scrypt|second/);
    expect((await user(['delete', 'ann'])).code).toBe(0);
    expect(await status('second')).toBe(401);
    expect(await user(['delete', 'ann'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/no user ann/) });
    expect((await pki.interrupt()).code).toBe(0);
  });

  it.each([
    ['without a tenant', ['add', 'ann'], 2, /--tenant/],
    [
      'of an unknown group',
      ['add', 'ann', '--tenant', 'admin', '--group', 'root'],
      2,
      /Allowed choices are admin, user/,
    ],
    ['with a name that cannot be one', ['add', 'a b', '--tenant', 'admin'], 1, /a user name has 1 to 64 letters/],
    ['of a tenant that cannot be one', ['add', 'ann', '--tenant', 'Plant 2'], 1, /a tenant has 1 to 32 characters/],
  ])('refuses a user %s', async (_name, args, code, message) => {
    expect(await user(args, 'x')).toMatchObject({ code, stderr: expect.stringMatching(message) });
  });

  it('refuses an empty password', async () => {
    const ended = await user(['add', 'ann', '--tenant', 'admin']);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the password is empty; type one, or send it/),
    });
  });
});

describe('wasmqtt dojot pki', () => {
  it('says what to export', async () => {
    const pki = wasmqtt('dojot', 'pki', '--port', '0', '--internal-port', 'off', '--generation', '2', '--for', '1ms');
    const { code, stdout } = await pki.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^dojot pki (http:\/\/127\.0\.0\.1:\d+)\n\n {2}export DOJOT_URL=\1\n {2}export CA_NAME="X509 Identity CA"\n/,
    );
  });

  it.each([
    ['another generation', ['--generation', '4'], /Allowed choices are 1, 2, 3/],
    ['a validity of no days', ['--validity', '0'], /from 1 to 3650/],
    ['an internal port that is none', ['--internal-port', 'x'], /Give a port from 0 to 65535, or off/],
    ['another machine without TLS', ['--host', '0.0.0.0'], /0\.0\.0\.0 is not loopback/],
    ['a certificate without its key', ['--tls-cert', 'x.pem'], /--tls-cert and --tls-key go together/],
  ])('refuses %s', async (_name, args, message) => {
    const ended = await wasmqtt('dojot', 'pki', '--port', '0', ...args).ended;
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it('says which port is taken', async () => {
    const pki = wasmqtt('dojot', 'pki', '--port', '0', '--internal-port', '0', '--json');
    const { url } = await pki.event('listening');
    const { port } = new URL(url);
    const ended = await wasmqtt('dojot', 'pki', '--port', port).ended;
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`port ${port}: another program has this port`),
    });
  });
});
