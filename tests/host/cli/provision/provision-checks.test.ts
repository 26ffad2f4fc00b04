// needs: openssl
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../interop/temporary.js';
import { fill, good, OLD, pki, provision, provisioning, stored } from './provision-rig.js';

provisioning();

describe('an error ends it before anything is written', () => {
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
    ['an address in brackets', () => ['--broker-host', '[::1]'], 'error brackets-in-host --broker-host'],
    ['an RSA key that TLS refuses', () => pair('small.pem', 'small.key'), 'error small-rsa-key --cert small.pem'],
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

  it('unless --force is given', async () => {
    const { code, findings } = await provision([...good(), ...pair('expired.pem', 'expired.key'), '--force']);
    expect({ code, findings }).toEqual({ code: 0, findings: ['error certificate-expired --cert expired.pem'] });
    expect((await stored()).find(({ key }) => key === 'cert')?.value).toBe(pki.hex('expired.der'));
  });

  it('also with --force, when the store refuses a value: all are written or none', async () => {
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

describe('a warning does not keep it from writing', () => {
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
      'a curve that TLS 1.3 does not have',
      () => ['--cert', pki.path('k1.pem'), '--key', pki.path('k1.key')],
      'warning curve-without-scheme --cert k1.pem',
    ],
    ['port 443', () => ['--broker-port', '443'], 'warning port-needs-alpn --broker-port'],
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

  it('and what is wrong elsewhere in the store is only a warning', async () => {
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
