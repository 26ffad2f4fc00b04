// needs: openssl, script
import { existsSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import type { NewValue } from '../../../../host/cloud/index.js';
import { Child } from '../../../interop/child.js';
import { CLI, Command, cleanEnvironment } from '../../../interop/command.js';
import { freePort } from '../../../interop/temporary.js';
import {
  ACCOUNT,
  DEVICE_SID,
  data,
  fill,
  good,
  goodValues,
  pki,
  provision,
  provisioning,
  stored,
} from './provision-rig.js';

provisioning();

const OLD: NewValue[] = [
  { store: 'configs', key: 'broker-host', value: 'old.example.com' },
  { store: 'configs', key: 'colour', value: 'blue' },
  { store: 'secrets', key: 'private_key', value: 'old' },
];

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

  it('keeps what is not named, and says what was replaced or was there already', async () => {
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

  it('loses what `wasmqtt run` stored for the embedded broker when another broker is named', async () => {
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

  it('is opened with a pass-phrase that is typed, and not shown', async () => {
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

  it('is not opened where there is neither file nor terminal', async () => {
    const { code, stderr, events } = await provision(encrypted());
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wasmqtt: --key \S+: is encrypted; give the file of its pass-phrase with --key-passphrase-file\n$/,
    );
    expect(events).toMatchObject([{ event: 'error', message: stderr.slice('wasmqtt: '.length, -1) }]);
    expect(existsSync(data)).toBe(false);
  });
});

describe('what is wrong ends it before anything is written', () => {
  const pair = (cert: string, key: string) => ['--cert', pki.path(cert), '--key', pki.path(key)];
  const bundle = (...names: string[]) => pki.write('bundle.pem', Buffer.concat(names.map((name) => pki.read(name))));

  it.each<[string, () => string[], string]>([
    [
      'a key of another certificate',
      () => pair('device.pem', 'other.key'),
      'error key-of-another-certificate --key other.key',
    ],
    [
      'an expired certificate',
      () => pair('expired.pem', 'expired.key'),
      'error certificate-expired --cert expired.pem',
    ],
    [
      'an expired root',
      () => ['--root-ca', pki.path('expired.pem')],
      'error certificate-expired --root-ca expired.pem',
    ],
    [
      'a certificate that issued none of the others',
      () => ['--cert', bundle('device.pem', 'other.pem')],
      'error broken-chain --cert bundle.pem, certificate 2',
    ],
    [
      "the device's own certificate as root",
      () => ['--root-ca', pki.path('device.pem')],
      'error root-is-no-ca --root-ca device.pem',
    ],
    [
      'an address in place of a host',
      () => ['--broker-host', 'mqtts://broker.example.com'],
      'error scheme-in-host --broker-host',
    ],
    ['a host with a port', () => ['--broker-host', 'broker.example.com:8883'], 'error port-in-host --broker-host'],
    ['a host that cannot be', () => ['--broker-host', 'broker example'], 'error bad-host --broker-host'],
    ['the port without TLS', () => ['--broker-port', '1883'], 'error port-without-tls --broker-port'],
    [
      'more than a value holds',
      () => ['--root-ca', bundle(...Array(6).fill('ca.pem'))],
      'error value-too-long --root-ca bundle.pem',
    ],
  ])('%s', async (_, args, finding) => {
    await fill(OLD);
    const { code, stderr, events, findings } = await provision([...good(), ...args()]);
    expect(code).toBe(1);
    expect(findings).toContain(finding);
    expect(stderr).toMatch(
      /^wasmqtt: there (is an error|are \d errors), see above; nothing was written; --force writes all the same\n$/,
    );
    expect(events.at(-1)).toMatchObject({ event: 'summary', created: 0, updated: 0 });
    expect(await stored()).toEqual(OLD);
  });

  it('but not with --force', async () => {
    const { code, findings } = await provision([...good(), ...pair('expired.pem', 'expired.key'), '--force']);
    expect({ code, findings }).toEqual({ code: 0, findings: ['error certificate-expired --cert expired.pem'] });
    expect((await stored()).find(({ key }) => key === 'cert')?.value).toBe(pki.hex('expired.der'));
  });

  it('also with --force, when the store takes it not: all values or none', async () => {
    await fill(OLD);
    const file = bundle(...Array(6).fill('ca.pem'));
    const { code, stderr } = await provision([...good(), '--root-ca', file, '--force']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wasmqtt: the value of "root-CA" has \d+ characters, and at most 4096 can be stored; /);
    expect(await stored()).toEqual(OLD);
  });
});

describe('--connect', () => {
  it('writes nothing when the broker cannot be reached with the values', async () => {
    await fill(OLD);
    const where = ['--broker-host', 'localhost', '--broker-port', `${await freePort()}`];
    const { code, events, findings } = await provision([...good(), ...where, '--connect']);
    expect(code).toBe(1);
    expect(findings).toEqual([expect.stringMatching(/^error connection-refused localhost:\d+$/)]);
    expect(events.filter(({ event }) => event === 'step').map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'resolve ok',
      'tcp failed',
    ]);
    expect(await stored()).toEqual(OLD);
  });
});

it('neither token nor secrets go to another machine over plain HTTP', async () => {
  const env = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };
  const { code, findings } = await provision([...good(), '--cloud', 'http://cloud.invalid'], env);
  expect({ code, findings }).toEqual({ code: 1, findings: ['error plain-http --cloud http://cloud.invalid'] });
});

describe('warnings do not keep it from writing', () => {
  it.each<[string, () => string[], string]>([
    [
      'a certificate that ends soon',
      () => ['--warn-days', '365'],
      'warning certificate-expires-soon --cert device.pem',
    ],
    [
      'a certificate of a CA that is not known',
      () => [...['--root-ca', pki.path('foreign.pem')]],
      'warning missing-chain --cert device.pem',
    ],
    [
      'what the buffers of the demo application do not hold',
      () => ['--client-id', 'x'.repeat(35)],
      'warning too-long-for-application --client-id',
    ],
  ])('%s', async (_, args, finding) => {
    pki.openssl('req', '-x509', '-key', 'ca.key', '-subj', '/CN=Foreign', '-days', '300', '-out', 'foreign.pem');
    const { code, findings } = await provision([...good(), ...args()]);
    expect(code).toBe(0);
    expect(findings).toContain(finding);
    expect((await stored()).length).toBeGreaterThanOrEqual(5);
  });

  it('nor does what is wrong elsewhere in the store', async () => {
    await fill([{ store: 'configs', key: 'root-CA', value: '-----BEGIN CERTIFICATE-----' }]);
    const { code, findings } = await provision(['--broker-port', '8884']);
    expect(code).toBe(0);
    expect(findings).toEqual([
      'warning missing-key config broker-host',
      'warning pem-in-value config root-CA',
      'warning no-credentials stores',
    ]);
  });
});

describe('for people', () => {
  it('it prints a line for each value, findings on standard error, and what it was about', async () => {
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

describe('wrong usage ends with exit code 2 and a sentence', () => {
  it.each<[string, RegExp]>([
    [
      'provision',
      /^wasmqtt: there is nothing to store; give --broker-host, --root-ca, --cert with --key, or others\n$/,
    ],
    ['provision --cert device.pem', /^wasmqtt: --cert and --key go together: /],
    ['provision --username ann', /^wasmqtt: --username and --password-file go together/],
    ['provision --broker-host=', /^wasmqtt: --broker-host: is empty; give a value, or leave the option out\n$/],
    [
      'provision --broker-host b --key-passphrase-file p',
      /^wasmqtt: --key-passphrase-file: is for the key that --key names/,
    ],
    ['provision --broker-host b --show-secrets', /^wasmqtt: --show-secrets: is for --dry-run\n$/],
    ['provision --broker-port 0', /Give a port from 1 to 65535/],
    ['provision --broker-host b --warn-days x', /Give a number of days/],
    ['provision --broker-host b --scope fleet', /Allowed choices are device, account/],
    ['provision --broker-host b --device-sid UV1', /Give UV and 32 hex digits/],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await new Command([...line.split(' '), '--data', data]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(existsSync(data)).toBe(false);
  });

  it('--help shows examples', async () => {
    const { code, stdout } = await new Command(['provision', '--help']).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples:\n {2}wasmqtt provision --broker-host broker\.example\.com --root-ca /);
  });
});
