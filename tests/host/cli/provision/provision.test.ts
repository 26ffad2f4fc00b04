// needs: openssl, script
import { existsSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { Child } from '../../../interop/child.js';
import { CLI, Command, cleanEnvironment } from '../../../interop/command.js';
import {
  ACCOUNT,
  DEVICE_SID,
  data,
  fill,
  good,
  goodValues,
  OLD,
  pki,
  provision,
  provisioning,
  stored,
} from './provision-rig.js';

provisioning();

describe('the local store', () => {
  it('gets certificate, key and broker as the documents store them', async () => {
    const { code, stderr, events, findings } = await provision(good());
    expect({ code, stderr, findings }).toEqual({ code: 0, stderr: '', findings: [] });
    expect(await stored()).toEqual(goodValues());
    expect(events.map(({ event, how, key }) => [event, how, key])).toEqual([
      ...['broker-host', 'broker-port', 'root-CA', 'cert', 'private_key'].map((key) => ['value', 'created', key]),
      ['summary', undefined, undefined],
    ]);
    expect(events.at(-1)).toMatchObject({
      scope: 'device',
      deviceSid: DEVICE_SID,
      created: 5,
      errors: 0,
      dryRun: false,
    });
    expect(await stored(ACCOUNT)).toEqual([]);
  });

  it('gets user name and password, for the account', async () => {
    const file = pki.write('password.txt', 'p%40 "s\'ü\r\n');
    const args = ['--scope', 'account', '--username', 'ann+b', '--password-file', file, '--client-id', 'pump 7'];
    const { code, events } = await provision(args);
    expect(code).toBe(0);
    expect(await stored(ACCOUNT)).toEqual([
      { store: 'configs', key: 'client-id', value: 'pump 7' },
      { store: 'configs', key: 'username', value: 'ann+b' },
      { store: 'secrets', key: 'password', value: 'p%40 "s\'ü' },
    ]);
    expect(await stored()).toEqual([]);
    expect(events.at(-1)).toMatchObject({ scope: 'account', created: 3 });
    expect(JSON.stringify(events)).not.toContain('p%40');
  });

  it('keeps keys that are not named, and says what was replaced and what was there already', async () => {
    await fill([...OLD, goodValues()[1]]);
    const { code, events } = await provision(good());
    expect(code).toBe(0);
    expect(await stored()).toEqual([...goodValues().slice(0, 3), OLD[1], ...goodValues().slice(3)]);
    const how = Object.fromEntries(
      events.filter(({ event }) => event === 'value').map((value) => [value.key, value.how]),
    );
    expect(how).toEqual({
      'broker-host': 'updated',
      'broker-port': 'unchanged',
      cert: 'created',
      private_key: 'updated',
      'root-CA': 'created',
    });
  });

  it('loses the values of the embedded broker when another broker is named', async () => {
    const common = ['--json', '--data', data, '--device-sid', DEVICE_SID, '--cloud-port', '0', '--broker-port', '0'];
    const run = new Command(['run', ...common.slice(0, -2), '--for', '1ms']);
    await run.ended;
    expect((await stored()).map(({ key }) => key)).toEqual([
      'broker-host',
      'broker-port',
      'cert',
      'root-CA',
      'private_key',
    ]);
    const file = pki.write('password.txt', 'secret');
    const args = ['--broker-host', 'broker.example.com', '--username', 'ann', '--password-file', file];
    const { code, events } = await provision(args);
    expect(code).toBe(0);
    expect((await stored()).map(({ key }) => key)).toEqual(['broker-host', 'broker-port', 'username', 'password']);
    expect(events.filter(({ how }) => how === 'removed').map(({ key }) => key)).toEqual([
      'root-CA',
      'cert',
      'private_key',
    ]);
  });

  it('gets the certificates of a file in the order of TLS', async () => {
    const file = pki.write('backwards.pem', Buffer.concat([pki.read('ca.pem'), pki.read('device.pem')]));
    const { code } = await provision([...good(), '--cert', file]);
    expect(code).toBe(0);
    expect((await stored()).find(({ key }) => key === 'cert')?.value).toBe(pki.hex('device.der') + pki.hex('ca.der'));
  });
});

describe('an encrypted key', () => {
  const encrypted = () => {
    pki.openssl('pkcs8', '-topk8', '-in', 'device.key', '-passout', 'pass:o p\u00e9n', '-out', 'encrypted.key');
    return [...good(), '--key', pki.path('encrypted.key')];
  };

  it('is opened with the pass-phrase of a file', async () => {
    const file = pki.write('passphrase.txt', 'o p\u00e9n\n');
    expect((await provision([...encrypted(), '--key-passphrase-file', file])).code).toBe(0);
    expect(await stored()).toEqual(goodValues());
  });

  it('is opened with a pass-phrase that is typed and not shown', async () => {
    const args = ['provision', '--data', data, '--device-sid', DEVICE_SID, ...encrypted()];
    const line = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
    const terminal = new Child('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
      env: cleanEnvironment({ NO_COLOR: '1' }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await terminal.until('the prompt', () => (terminal.stdout.includes('Pass-phrase of ') ? true : undefined));
    terminal.type('o p\u00e9mm\u007f\u007fn\r');
    const { code, stdout } = await terminal.ended;
    expect(code).toBe(0);
    expect(stdout).not.toContain('o p');
    expect(stdout).toMatch(
      /^Pass-phrase of \S+encrypted\.key: \r?\ncreated +config {2}broker-host {2}broker\.example\.com/,
    );
    expect(await stored()).toEqual(goodValues());
  });

  it('is refused without a file or a terminal for the pass-phrase', async () => {
    const { code, stderr, events } = await provision(encrypted());
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wasmqtt: --key \S+: is encrypted; give the file of its pass-phrase with --key-passphrase-file\n$/,
    );
    expect(events).toMatchObject([{ event: 'error', message: stderr.slice('wasmqtt: '.length, -1) }]);
    expect(existsSync(data)).toBe(false);
  });
});

describe('people', () => {
  it('read a line for each value and a summary, and findings on standard error', async () => {
    const args = ['provision', '--data', data, '--device-sid', DEVICE_SID, ...good(), '--warn-days', '365'];
    const { code, stdout, stderr } = await new Command(args).ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning {2}--root-ca \S+ca\.pem: The certificate "Provision CA" expires soon, on \S+\. .* \[certificate-expires-soon\]\n/,
    );
    expect(stdout.replace(/\d{3} characters/g, 'N characters').split('\n')).toEqual([
      'created    config  broker-host  broker.example.com',
      'created    config  broker-port  8883',
      'created    config  root-CA      N characters',
      'created    config  cert         N characters',
      'created    secret  private_key  N characters',
      expect.stringMatching(
        /^done {2}5 created, 0 updated, 0 unchanged, for device UV\w+ in the local store \S+; 0 errors, 2 warnings$/,
      ),
      '',
    ]);
  });
});
