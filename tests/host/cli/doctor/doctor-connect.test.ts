// needs: mosquitto, mosquitto_passwd, openssl
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBroker } from '../../../../host/broker/index.js';
import { Store, startCloud } from '../../../../host/cloud/index.js';
import type { Changes } from '../../credentials/trap-case.js';
import {
  afterwards,
  brief,
  connecting,
  fill,
  mosquitto,
  PASSWORD_ONLY,
  password,
  pki,
  rig,
  USERS,
} from './connect-rig.js';

connecting();

const OK = ['resolve ok', 'tcp ok', 'tls ok', 'mqtt ok'];

describe('a device is let in', () => {
  it('for its certificate, and each step is reported with the certificates that the broker showed', async () => {
    const broker = await mosquitto({ requireCertificate: true });
    const deviceSid = await fill(broker);
    const { findings, steps, summary } = await rig.doctor(['--connect']);
    expect(findings).toEqual([]);
    expect(brief(steps)).toEqual(OK);
    expect(steps[0]).toMatchObject({ detail: expect.stringMatching(/^localhost is .*127\.0\.0\.1/), timeout: 5000 });
    expect(steps[2].detail).toMatch(/^TLSv1\.3 TLS_\w+, the broker is trusted by the root CA that is stored$/);
    expect(steps[2].certificates[0]).toEqual({
      subject: 'CN=server',
      issuer: 'CN=Interop CA',
      names: 'DNS:localhost, IP Address:127.0.0.1',
      notBefore: '2020-01-01T00:00:00.000Z',
      notAfter: '2080-01-01T00:00:00.000Z',
    });
    expect(summary).toMatchObject({
      checked: expect.arrayContaining(['the connection to the broker']),
      notChecked: [],
    });
    await broker.log(new RegExp(`Received DISCONNECT from ${deviceSid}$`));
  });

  it.each(['5', '3.1.1'])('for user name and password, with MQTT %s and a client id of its own', async (protocol) => {
    const broker = await mosquitto({ users: USERS });
    await fill(broker, { ...PASSWORD_ONLY, ...password(USERS.ann), 'config client-id': 'pump-7' });
    const { findings, steps } = await rig.doctor(['--connect', '--protocol', protocol]);
    expect(findings).toEqual([]);
    expect(steps[3].detail).toBe(`the broker accepted client id pump-7 with MQTT ${protocol}`);
    await broker.log(new RegExp(`as pump-7 \\(p${protocol === '5' ? 5 : 2},.*u'ann'\\)`));
  });

  it('by our own broker, and people read a line for each step', async () => {
    const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => pki.read(name));
    const tls = { cert, key, ca, requireCertificate: true };
    const broker = await createBroker({ listeners: [{ protocol: 'mqtts', tls }] });
    afterwards(() => broker.close());
    await fill(broker.listeners[0]);
    const { code, stdout } = await rig.text(['--connect']);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^ok {7}resolve \(\d+ ms of 5000\): localhost is /),
      expect.stringMatching(/^ok {7}tcp \(\d+ ms of 5000\): connected to 127\.0\.0\.1 port \d+$/),
      'shown    CN=server, for DNS:localhost, IP Address:127.0.0.1, issued by CN=Interop CA, valid 2020-01-01T00:00:00.000Z to 2080-01-01T00:00:00.000Z',
    ]);
    expect(stdout).toMatch(/^ok {7}mqtt \(\d+ ms of 5000\): the broker accepted client id UV\w{32} with MQTT 5$/m);
    expect(stdout).toMatch(/^all is well: device UV/m);
  });

  it('by a broker that is named by its address, when its certificate has that', async () => {
    await fill(await mosquitto({ requireCertificate: true }), { 'config broker-host': '127.0.0.1' });
    const { findings, steps } = await rig.doctor(['--connect']);
    expect({ findings, steps: brief(steps) }).toEqual({ findings: [], steps: OK });
  });

  it('with --authentication, which decides what is sent', async () => {
    const broker = await mosquitto({ users: USERS });
    await fill(broker, password(USERS.ann));
    const { steps, findings } = await rig.doctor(['--connect', '--authentication', 'certificate']);
    expect(brief(steps).at(-1)).toBe('mqtt failed');
    expect(findings.at(-1)).toMatchObject({ trap: 'not-authorized' });
    expect(brief((await rig.doctor(['--connect', '--authentication', 'password'])).steps)).toEqual(OK);
  });
});

describe('steps that cannot be tried are left out, and the summary says so', () => {
  it.each<[string, Changes, string[], RegExp]>([
    ['without a port', { 'config broker-port': 'mqtts' }, ['resolve skipped'], /^broker-host or broker-port cannot/],
    [
      'with values that are no hex',
      { 'config root-CA': 'PEM' },
      ['resolve ok', 'tcp ok', 'tls skipped'],
      /^root-CA, cert or private_key cannot be used, see above$/,
    ],
  ])('%s', async (_name, changes, wanted, reason) => {
    await fill(await mosquitto(), changes);
    const { findings, steps, summary } = await rig.doctor(['--connect']);
    expect(findings).toHaveLength(1);
    expect(brief(steps)).toEqual(wanted);
    expect(steps.at(-1)?.detail).toMatch(reason);
    expect(summary.notChecked).toEqual([
      expect.stringContaining(`the connection from step ${wanted.at(-1)!.split(' ')[0]}`),
    ]);
  });

  it('with secrets behind REST calls, which only the device can read', async () => {
    const broker = await mosquitto({ requireCertificate: true });
    const deviceSid = `UV${'e'.repeat(32)}`;
    const [accountSid, authToken] = [`AC${'1'.repeat(32)}`, 'token'];
    const store = await Store.open(join(rig.folder, 'remote'));
    afterwards(() => store.close());
    const cloud = await startCloud({ store, accountSid, authToken, port: 0 });
    afterwards(() => cloud.close());
    const values = store.values(accountSid);
    const scope = { kind: 'device', deviceSid } as const;
    await values.create(scope, 'configs', 'broker-host', 'localhost');
    await values.create(scope, 'configs', 'broker-port', `${broker.port}`);
    await values.create(scope, 'configs', 'root-CA', pki.hex('ca.der'));
    await values.create(scope, 'configs', 'cert', pki.hex('device.der'));
    await values.create(scope, 'secrets', 'private_key', pki.hex('device.key.der'));
    const env = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, MV_DEVICE_SID: deviceSid };
    const { findings, steps } = await rig.doctor(['--connect', '--cloud', cloud.url], env);
    expect(findings).toEqual([]);
    expect(brief(steps)).toEqual(['resolve ok', 'tcp ok', 'tls ok', 'mqtt skipped']);
    expect(steps[3].detail).toBe('the value of private_key is a secret that only the device can read');
  });
});
