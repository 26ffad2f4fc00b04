// needs: openssl, mosquitto, mosquitto_pub
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Scope } from '../../../host/cloud/index.js';
import { Authority } from '../../interop/authority.js';
import { done } from '../../interop/child.js';
import { Command } from '../../interop/command.js';
import { Mosquitto } from '../../interop/mosquitto.js';
import { temporaryFolder } from '../../interop/temporary.js';
import { withLocalValues } from './local-values.js';

const DEVICE_SID = `UV${'b0'.repeat(16)}`;
const DEVICE: Scope = { kind: 'device', deviceSid: DEVICE_SID };
const CA_EXTENSIONS = ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign'];

let pki: Authority;
let broker: Mosquitto;
let data: string;
let remove: () => void;

beforeAll(async () => {
  pki = new Authority('Bundle CA', 'ec', 300)
    .issue('server', { names: 'DNS:localhost', to: 200 })
    .issue('device', { to: 200 })
    .issue('old-root', { from: -3, to: -1, extensions: CA_EXTENSIONS })
    .issue('next-root', { from: 100, to: 200, extensions: CA_EXTENSIONS })
    // cA is FALSE by default, which DER does not write (X.690 11.5).
    .issue('odd-root', { to: 200, extensions: ['2.5.29.19=DER:3003010100'] })
    .toDer('ca', 'device', 'old-root', 'next-root', 'odd-root');
  const bundle = ['old-root', 'odd-root', 'ca', 'next-root'];
  pki.write('bundle.pem', Buffer.concat(bundle.map((name) => pki.read(`${name}.pem`))));
  pki.write('bundle.der', Buffer.concat(bundle.map((name) => pki.read(`${name}.der`))));
  broker = await Mosquitto.start(pki, { requireCertificate: true });
});

afterAll(async () => {
  await broker.remove();
  pki[Symbol.dispose]();
});

beforeEach(() => {
  const temporary = temporaryFolder();
  data = join(temporary.folder, 'data');
  remove = temporary.remove;
});

afterEach(() => remove());

const options = (bundle: string) => [
  ...['--broker-host', 'localhost', '--broker-port', `${broker.port}`, '--root-ca', pki.path(bundle)],
  ...['--cert', pki.path('device.pem'), '--key', pki.path('device.key')],
];

async function wasmqtt(name: string, ...args: string[]) {
  const command = new Command([name, '--json', '--data', data, '--device-sid', DEVICE_SID, ...args]);
  const { code, stderr } = await command.ended;
  const found = command.events.filter(({ event }) => event === 'finding');
  const place = (where: string) => where.replace(`${pki.folder}/`, '');
  return {
    code,
    stderr,
    events: command.events,
    findings: found.map(({ severity, trap, where }) => `${severity} ${trap} ${place(where)}`),
  };
}

const warnings = (place: string) => [
  `warning certificate-expired ${place}, certificate 1`,
  `warning bad-certificate ${place}, certificate 2`,
  `warning certificate-not-yet-valid ${place}, certificate 4`,
];

it('mosquitto_pub connects with a bundle in which one root is usable', async () => {
  const credentials = ['--cert', pki.path('device.pem'), '--key', pki.path('device.key')];
  const where = ['-h', 'localhost', '-p', `${broker.port}`, '--cafile', pki.path('bundle.pem')];
  await done('mosquitto_pub', [...where, ...credentials, '-t', 'a', '-m', 'b']);
});

it.each(['bundle.pem', 'bundle.der'])('so does run, with a warning for each of the others: %s', async (bundle) => {
  const { code, stderr, events, findings } = await wasmqtt(
    'run',
    '--cloud-port',
    '0',
    '--for',
    '3s',
    ...options(bundle),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(findings).toEqual(warnings(`--root-ca ${bundle}`));
  expect(events.find(({ event }) => event === 'connected')).toBeDefined();
});

it('provision warns of the others, leaves them out of what it stores, and connects', async () => {
  const { code, findings, events } = await wasmqtt('provision', ...options('bundle.pem'), '--connect');
  expect(findings.filter((finding) => finding.includes('--root-ca'))).toEqual(
    expect.arrayContaining(warnings('--root-ca bundle.pem')),
  );
  expect({ code, errors: events.at(-1)?.errors }).toEqual({ code: 0, errors: 0 });
  const stored = await withLocalValues(data, (values) => values.get(DEVICE, 'configs', 'root-CA'));
  expect(stored?.value).toBe(pki.hex('ca.der'));
});

it('doctor --connect warns of the others that are stored, and connects', async () => {
  await wasmqtt('provision', ...options('bundle.pem'));
  await withLocalValues(data, (values) => values.update(DEVICE, 'configs', 'root-CA', pki.hex('bundle.der')));
  const { code, findings, events } = await wasmqtt('doctor', '--connect');
  expect(findings).toEqual(expect.arrayContaining(warnings('config root-CA')));
  expect(code).toBe(0);
  expect(events.filter(({ event }) => event === 'step').map(({ outcome }) => outcome)).toEqual([
    'ok',
    'ok',
    'ok',
    'ok',
  ]);
});

it('a bundle without a usable root is an error', async () => {
  pki.write('none.pem', Buffer.concat([pki.read('old-root.pem'), pki.read('next-root.pem')]));
  const { code, findings } = await wasmqtt('provision', ...options('none.pem'));
  expect(code).toBe(1);
  expect(findings).toEqual(
    expect.arrayContaining([
      'error certificate-expired --root-ca none.pem, certificate 1',
      'error certificate-not-yet-valid --root-ca none.pem, certificate 2',
    ]),
  );
});
