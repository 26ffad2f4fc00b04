// needs: openssl, bash, curl, hexdump
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NewValue, ValueStore } from '../../../../host/cloud/index.js';
import { Child } from '../../../interop/child.js';
import { Command, cleanEnvironment } from '../../../interop/command.js';
import { freePort } from '../../../interop/temporary.js';
import { ACCOUNT_SID, AUTH_TOKEN, openCloud } from '../../cloud/cloud-rig.js';
import { type Fault, faulty } from '../../cloud/faulty-cloud.js';
import {
  ACCOUNT,
  allOf,
  DEVICE,
  DEVICE_SID,
  data,
  good,
  goodValues,
  pki,
  provision,
  provisioning,
} from './provision-rig.js';

provisioning();

const ACCESS = { TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN };
const OLD: NewValue[] = [
  { store: 'configs', key: 'broker-host', value: 'old.example.com' },
  { store: 'configs', key: 'colour', value: 'blue' },
  { store: 'configs', key: 'root-CA', value: '00' },
  { store: 'secrets', key: 'note', value: 'kept' },
  { store: 'secrets', key: 'private_key', value: 'old' },
];
const byKey = (values: NewValue[]) => Object.fromEntries(values.map(({ key, value }) => [key, value]));

/** A cloud that holds the old values, last changed long ago. */
async function open(old: NewValue[] = OLD) {
  let time = Date.UTC(2021, 0, 1);
  const { values, cloud } = await openCloud({ now: () => (time += 1000) });
  await values.write(old.map((value) => ({ op: 'set', scope: DEVICE, ...value })));
  return { values, cloud };
}

describe('--cloud', () => {
  it('writes to a REST API, with SID and token of the environment', async () => {
    const { values, cloud } = await open();
    const { code, stderr, events } = await provision([...good(), '--cloud', cloud.url], ACCESS);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(byKey(await allOf(values, DEVICE))).toEqual({ ...byKey(OLD), ...byKey(goodValues()) });
    expect(events.at(-1)).toMatchObject({ target: `${cloud.url}/v1`, created: 2, updated: 3, unchanged: 0 });
  });

  it('writes for the account, and needs no device then', async () => {
    const { values, cloud } = await open();
    const args = [
      '--broker-host',
      'broker.example.com',
      '--scope',
      'account',
      '--device-sid=',
      '--cloud',
      `${cloud.url}/v1`,
    ];
    expect((await provision(args, ACCESS)).code).toBe(0);
    expect(byKey(await allOf(values, ACCOUNT))).toEqual({ 'broker-host': 'broker.example.com', 'broker-port': '8883' });
    expect(await allOf(values, DEVICE)).toEqual(OLD);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'no token',
      [],
      { TWILIO_ACCOUNT_SID: ACCOUNT_SID },
      /^wasmqtt: --cloud needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in the env/,
    ],
    [
      'no device',
      ['--device-sid='],
      ACCESS,
      /^wasmqtt: --cloud needs the device: name it with --device-sid, or export MV_DEVICE_SID/,
    ],
    [
      'a wrong token',
      [],
      { ...ACCESS, TWILIO_AUTH_TOKEN: 'x' },
      /status 401 .*; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN\n$/,
    ],
  ])('reports %s in a sentence', async (_, args, env, sentence) => {
    const { values, cloud } = await open();
    const { code, stderr } = await provision([...good(), '--cloud', cloud.url, ...args], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(await allOf(values, DEVICE)).toEqual(OLD);
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    [
      'where nothing listens',
      async () => `http://127.0.0.1:${await freePort()}`,
      /^wasmqtt: GET http\S+: .*ECONNREFUSED.*; check the address/,
    ],
    [
      'that is not an address',
      async () => 'microvisor',
      /^wasmqtt: "microvisor" is not an address; give an address such as https:/,
    ],
  ])('reports an address %s in a sentence', async (_, address, sentence) => {
    const { code, stderr } = await provision([...good(), '--cloud', await address()], ACCESS);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  });

  it('counts a key as present that the cloud has, although only its name is known', async () => {
    const { cloud } = await open([...OLD, { store: 'configs', key: 'cert', value: '00' }]);
    const { findings } = await provision(['--broker-port', '8884', '--cloud', cloud.url], ACCESS);
    expect(findings.filter((finding) => finding.includes('missing-key'))).toEqual([]);
  });
});

describe('a cloud that fails at a write', () => {
  const writes = ['broker-host', 'broker-port', 'root-CA', 'cert', 'private_key'];
  const run = async (fault: Fault, nth: number) => {
    const { values, cloud } = await open();
    const server = await faulty(cloud.url, fault, nth);
    return { values, cloud, server, ...(await provision([...good(), '--cloud', server.url], ACCESS)) };
  };
  const changed = async (values: ValueStore) =>
    (await allOf(values, DEVICE)).filter(({ key, value }) => byKey(OLD)[key] !== value).map(({ key }) => key);

  it.each(writes.map((key, index) => [index + 1, key] as const))(
    'keeps the old values when it refuses write %i (%s)',
    async (nth, key) => {
      const { values, code, stderr, events } = await run('refuse', nth);
      expect(code).toBe(1);
      expect(await allOf(values, DEVICE)).toEqual(OLD);
      expect(stderr).toMatch(
        new RegExp(
          `^wasmqtt: (config|secret) ${key} could not be written: POST .* status 400 .*not today; the old values are kept\n$`,
        ),
      );
      expect(events.at(-2)).toMatchObject({ event: 'error', unrestored: [], undo: [] });
      expect(events.at(-1)).toMatchObject({ event: 'summary', created: 0, updated: 0 });
    },
  );

  it('and stays away has the changed keys reported, with commands that put the old values back', async () => {
    const { values, cloud, server, code, stderr, events } = await run('die after', 3);
    expect(code).toBe(1);
    expect(await changed(values)).toEqual(['broker-host', 'broker-port', 'root-CA']);
    expect(stderr).toMatch(
      /; config broker-host, config broker-port already hold the new value and could not be put back; config root-CA may hold /,
    );
    const { unrestored, undo } = events.find(({ event }) => event === 'error')!;
    expect(unrestored.map(({ key, holds }: { key: string; holds: string }) => `${key} ${holds}`)).toEqual([
      'broker-host new',
      'broker-port new',
      'root-CA unknown',
    ]);
    await shell(undo.join('\n').replaceAll(server.url, cloud.url));
    expect(await allOf(values, DEVICE)).toEqual(OLD);
  });

  it('only in its last answer has all values, and the date of the secret shows it', async () => {
    const { values, code } = await run('lose', 5);
    expect(code).toBe(0);
    expect(byKey(await allOf(values, DEVICE))).toEqual({ ...byKey(OLD), ...byKey(goodValues()) });
  });
});

async function shell(script: string): Promise<string> {
  const child = new Child('bash', ['--norc', '-e', '-c', script], {
    cwd: pki.folder,
    env: cleanEnvironment({ ...ACCESS, MV_DEVICE_SID: DEVICE_SID }),
  });
  const { code, stdout, stderr } = await child.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('the curl commands of --dry-run', () => {
  const TRICKY = `it's "a" $(id) \`id\` \\ %41+&=@;| ü`;
  const PASSWORD = `${TRICKY} Tr0ub4dor`;
  const password = () => pki.write("it's pw.txt", `${PASSWORD}\r\n`);
  const passphrase = () => pki.write('passphrase.txt', 'o pén\r\n');

  const keys: [string, () => string[]][] = [
    ['PKCS#8, PEM', () => ['--key', pki.path('rsa.key')]],
    ['PKCS#8, DER', () => ['--key', pki.path('rsa.key.der')]],
    [
      'PKCS#1, DER',
      () => {
        pki.openssl('rsa', '-traditional', '-in', 'rsa.key', '-outform', 'der', '-out', 'pkcs1.der');
        return ['--key', pki.path('pkcs1.der')];
      },
    ],
    [
      'encrypted',
      () => {
        pki.openssl('pkcs8', '-topk8', '-in', 'rsa.key', '-passout', 'pass:o pén', '-out', "it's encrypted.key");
        return ['--key', pki.path("it's encrypted.key"), '--key-passphrase-file', passphrase()];
      },
    ],
  ];

  it.each(keys.flatMap(([name, key]) => [[name, 'new', [], key] as const, [name, 'replaced', OLD, key] as const]))(
    'fill the store as the command does, with a key in %s and values that are %s',
    async (_, __, old, key) => {
      const args = [
        ...good(),
        '--cert',
        pki.path('rsa.pem'),
        ...key(),
        '--username',
        TRICKY,
        '--password-file',
        password(),
      ];
      const [one, two] = [await open([...old]), await open([...old])];
      const dry = await provision([...args, '--dry-run', '--cloud', one.cloud.url], ACCESS);
      expect(dry.code).toBe(0);
      expect(await allOf(one.values, DEVICE)).toEqual(old);
      const commands = dry.events.filter(({ event }) => event === 'command').map(({ command }) => command);
      expect(commands.join('\n')).not.toContain('Tr0ub4dor');
      await shell(commands.join('\n\n'));
      expect((await provision([...args, '--cloud', two.cloud.url], ACCESS)).code).toBe(0);
      expect(await allOf(one.values, DEVICE)).toEqual(await allOf(two.values, DEVICE));
      expect(byKey(await allOf(two.values, DEVICE))).toMatchObject({
        private_key: pki.hex('rsa.key.der'),
        username: TRICKY,
        password: PASSWORD,
      });
    },
  );

  it('are a script on standard output, for a device that is not known yet, and no store is made', async () => {
    const { values, cloud } = await open([]);
    const command = new Command(['provision', ...good(), '--dry-run', '--data', data]);
    const { code, stdout, stderr } = await command.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# For bash -e, with TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN exported\./);
    expect(stderr).toMatch(
      /^dry run: 5 created, .* which is not there yet; 0 errors, 0 warnings; nothing was written\n$/,
    );
    expect(existsSync(data)).toBe(false);
    await shell(stdout.replaceAll('http://127.0.0.1:8180', cloud.url));
    expect(await allOf(values, DEVICE)).toEqual(goodValues());
  });

  it('hold secrets only with --show-secrets, and need no files then', async () => {
    const { values, cloud } = await open([]);
    const file = password();
    const args = [...good(), '--username', 'ann', '--password-file', file, '--dry-run', '--cloud', cloud.url];
    const { events } = await provision([...args, '--show-secrets'], ACCESS);
    const commands = events.filter(({ event }) => event === 'command').map(({ command }) => command);
    expect(commands.join('\n')).not.toContain(pki.folder);
    await shell(commands.join('\n'));
    expect(byKey(await allOf(values, DEVICE))).toEqual({ ...byKey(goodValues()), username: 'ann', password: PASSWORD });
  });

  it('store nothing in place of a key that cannot be read', async () => {
    const { values, cloud } = await open([]);
    const key = pki.write('gone.key', pki.read('device.key'));
    const { events } = await provision([...good(), '--key', key, '--dry-run', '--cloud', cloud.url], ACCESS);
    const { command } = events.find(({ event, store: name }) => event === 'command' && name === 'secrets')!;
    const script = command.replaceAll(key, `${key}.moved`);
    const { code } = await new Child('bash', ['--norc', '-c', script], { env: cleanEnvironment(ACCESS) }).ended;
    expect(code).not.toBe(0);
    expect(await allOf(values, DEVICE)).toEqual([]);
  });
});
