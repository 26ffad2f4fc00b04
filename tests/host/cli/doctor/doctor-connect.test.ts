// needs: mosquitto, mosquitto_passwd, openssl
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBroker } from '../../../../host/broker/index.js';
import { Store, startCloud } from '../../../../host/cloud/index.js';
import { Authority } from '../../../interop/authority.js';
import type { JsonEvent } from '../../../interop/command.js';
import { Mosquitto, type MosquittoOptions } from '../../../interop/mosquitto.js';
import { freePort } from '../../../interop/temporary.js';
import { type Changes, withChanges } from '../../credentials/trap-case.js';
import { DoctorRig } from './doctor-rig.js';
import { expectTrapTable, type Row } from './trap-table.js';

const USERS = { ann: 'correct horse' };
const LONG = { from: '20200101000000Z', to: '20800101000000Z' };
const OK = ['resolve ok', 'tcp ok', 'tls ok', 'mqtt ok'];

let pki: Authority;
let foreign: Authority;
let rig: DoctorRig;
const undo: (() => unknown)[] = [];
const rows = new Map<string, Row>();

beforeAll(() => {
  pki = new Authority('Interop CA', 'ec', 20_000)
    .issue('server', { ...LONG, names: 'DNS:localhost,IP:127.0.0.1' })
    .issue('elsewhere', { ...LONG, names: 'DNS:elsewhere.invalid' })
    .issue('outdated', { names: 'DNS:localhost', from: '20200101000000Z', to: '20210101000000Z' })
    .issue('early', { names: 'DNS:localhost', from: '20790101000000Z', to: '20800101000000Z' })
    .issue('soon', { names: 'DNS:localhost', from: '20200101000000Z', to: '20490101000000Z' })
    .issue('device', LONG)
    .toDer('ca', 'device');
  foreign = new Authority('Another CA', 'ec', 20_000).issue('device', LONG).toDer('ca', 'device');
});

afterAll(() => {
  pki[Symbol.dispose]();
  foreign[Symbol.dispose]();
});

beforeEach(() => {
  rig = new DoctorRig();
});

afterEach(async () => {
  for (const action of undo.splice(0).reverse()) await action();
  rig[Symbol.dispose]();
});

async function mosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const broker = await Mosquitto.start(pki, options);
  undo.push(() => broker.remove());
  return broker;
}

/** A server that does not speak MQTT, on a free port. */
async function server(make: () => Server): Promise<{ port: number }> {
  const listener = make();
  const sockets = new Set<Socket>();
  listener.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready));
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { port: (listener.address() as { port: number }).port };
}

const tlsServer = (onConnection: (socket: Socket) => void) => () =>
  createTlsServer({ cert: pki.read('server.pem'), key: pki.read('server.key') }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });

const certificate = () => ({
  'config cert': pki.hex('device.der'),
  'secret private_key': pki.hex('device.key.der'),
});
const password = (text: string) => ({ 'config username': 'ann', 'secret password': text });

/** A store for a broker that demands a certificate, with changes. */
async function fill({ port }: { port: number }, changes: Changes = {}): Promise<string> {
  const values = {
    'config broker-host': 'localhost',
    'config broker-port': `${port}`,
    'config root-CA': pki.hex('ca.der'),
  };
  return rig.fill(withChanges({ ...values, ...certificate() }, changes));
}

const brief = (steps: JsonEvent[]) => steps.map(({ step, outcome }) => `${step} ${outcome}`);
const PASSWORD_ONLY = { 'config cert': undefined, 'secret private_key': undefined };

describe('a broker that lets the device in', () => {
  it('for its certificate: each step is told, with the certificates that the broker showed', async () => {
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

  it('that is our own, in lines for people', async () => {
    const [cert, key, ca] = ['server.pem', 'server.key', 'ca.pem'].map((name) => pki.read(name));
    const broker = await startBroker({ cert, key, ca, requireCertificate: true, allowAnonymous: true });
    undo.push(() => broker.close());
    await fill(broker);
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

  it('under its address, when that is in its certificate', async () => {
    await fill(await mosquitto({ requireCertificate: true }), { 'config broker-host': '127.0.0.1' });
    const { findings, steps } = await rig.doctor(['--connect']);
    expect({ findings, steps: brief(steps) }).toEqual({ findings: [], steps: OK });
  });

  it('with --authentication only what that needs is sent', async () => {
    const broker = await mosquitto({ users: USERS });
    await fill(broker, password(USERS.ann));
    const { steps, findings } = await rig.doctor(['--connect', '--authentication', 'certificate']);
    expect(brief(steps).at(-1)).toBe('mqtt failed');
    expect(findings.at(-1)).toMatchObject({ trap: 'not-authorized' });
    expect(brief((await rig.doctor(['--connect', '--authentication', 'password'])).steps)).toEqual(OK);
  });
});

interface Case {
  did: string;
  trap: string;
  severity?: 'warning';
  /** The last step that is told. */
  last: string;
  set: () => Promise<unknown>;
  args?: string[];
  /** Other traps of the stored values. */
  besides?: string[];
}

const CASES: Case[] = [
  {
    did: 'a host name that is none',
    trap: 'host-not-found',
    last: 'resolve failed',
    set: () => fill({ port: 8883 }, { 'config broker-host': 'nosuch.invalid' }),
  },
  {
    did: 'a port where nothing listens',
    trap: 'connection-refused',
    last: 'tcp failed',
    set: async () => fill({ port: await freePort() }),
  },
  {
    did: 'a port that speaks something else',
    trap: 'not-tls',
    last: 'tls failed',
    set: async () => fill(await server(() => createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))),
  },
  {
    did: 'a port that says nothing',
    trap: 'no-handshake',
    last: 'tls failed',
    args: ['--timeout', '1s'],
    set: async () => fill(await server(() => createServer())),
  },
  {
    did: 'a port that closes at once',
    trap: 'closed-in-handshake',
    last: 'tls failed',
    set: async () => fill(await server(() => createServer((socket) => socket.destroy()))),
  },
  {
    did: "the root CA of others, or none where the broker's is private",
    trap: 'unknown-ca',
    last: 'tls failed',
    besides: ['missing-chain'],
    set: async () => fill(await mosquitto(), { 'config root-CA': foreign.hex('ca.der') }),
  },
  {
    did: 'a broker with a certificate for another name',
    trap: 'wrong-host-name',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'elsewhere' })),
  },
  {
    did: 'a broker whose certificate has expired',
    trap: 'broker-certificate-expired',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'outdated' })),
  },
  {
    did: 'a broker with a certificate of the future',
    trap: 'broker-certificate-not-yet-valid',
    last: 'tls failed',
    set: async () => fill(await mosquitto({ server: 'early' })),
  },
  {
    did: "a broker's certificate that ends within `--warn-days`",
    trap: 'broker-certificate-expires-soon',
    severity: 'warning',
    last: 'mqtt ok',
    args: ['--warn-days', '9000'],
    set: async () => fill(await mosquitto({ server: 'soon' })),
  },
  {
    did: 'no certificate for a broker that demands one',
    trap: 'client-certificate-missing',
    last: 'mqtt failed',
    besides: ['no-credentials'],
    set: async () => fill(await mosquitto({ requireCertificate: true }), PASSWORD_ONLY),
  },
  {
    did: 'a certificate of a CA that the broker does not know',
    trap: 'client-ca-unknown',
    last: 'mqtt failed',
    besides: ['missing-chain'],
    set: async () =>
      fill(await mosquitto({ requireCertificate: true }), {
        'config cert': foreign.hex('device.der'),
        'secret private_key': foreign.hex('device.key.der'),
      }),
  },
  {
    did: 'a wrong password, under MQTT 5',
    trap: 'not-authorized',
    last: 'mqtt failed',
    set: async () => fill(await mosquitto({ users: USERS }), { ...PASSWORD_ONLY, ...password('guess') }),
  },
  {
    did: 'a wrong password, under MQTT 3.1.1',
    trap: 'not-authorized',
    last: 'mqtt failed',
    args: ['--protocol', '3.1.1'],
    set: async () => fill(await mosquitto({ users: USERS }), { ...PASSWORD_ONLY, ...password('guess') }),
  },
  {
    did: 'a TLS port of something else than MQTT',
    trap: 'closed-before-connack',
    last: 'mqtt failed',
    set: async () => fill(await server(tlsServer((socket) => socket.end()))),
  },
  {
    did: 'a broker that does not answer',
    trap: 'no-connack',
    last: 'mqtt failed',
    args: ['--timeout', '1s'],
    set: async () => fill(await server(tlsServer(() => {}))),
  },
];

describe('the step that fails', () => {
  it.each(CASES.map((row) => [row.trap, row.did, row] as const))('%s: %s', async (trap, did, row) => {
    await row.set();
    const { findings, steps } = await rig.doctor(['--connect', ...(row.args ?? [])]);
    expect(brief(steps).at(-1)).toBe(row.last);
    const finding = findings.find((found) => found.trap === trap);
    expect(finding, JSON.stringify(findings)).toMatchObject({ severity: row.severity ?? 'error' });
    for (const other of findings) expect([trap, ...(row.besides ?? [])]).toContain(other.trap);
    if (!row.severity) expect(finding!.why).toMatch(/it gets (request state [A-Z]+|reason code \d+)/);
    rows.set(did, [did, finding!]);
  });

  it('names what the certificate of the broker is for', () => {
    const [, finding] = rows.get('a broker with a certificate for another name')!;
    expect(finding.what).toBe("The broker's certificate is for DNS:elsewhere.invalid, not for localhost.");
  });

  it('and the table of docs/doctor.md is what they said', () => {
    expect(rows.size, 'this test needs all others of this block').toBe(CASES.length);
    expectTrapTable(
      'connect-traps',
      CASES.map(({ did }) => rows.get(did)!),
    );
  });

  it('shows the certificates of a broker that is not trusted, and sends it no password', async () => {
    const broker = await mosquitto({ users: USERS });
    await fill(broker, { ...PASSWORD_ONLY, ...password(USERS.ann), 'config root-CA': foreign.hex('ca.der') });
    const { steps } = await rig.doctor(['--connect']);
    expect(steps.at(-1)?.certificates[0]).toMatchObject({ subject: 'CN=server', issuer: 'CN=Interop CA' });
    // The first client that the broker ever got a CONNECT of comes after it.
    const watcher = await broker.subscribe(['-t', 'x']);
    undo.push(() => watcher.kill());
    expect(await broker.log(/New client connected/)).toMatch(/ as watcher /);
  });
});

describe('what cannot be done is left out, and said', () => {
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
    const store = Store.open(join(rig.folder, 'remote'));
    undo.push(() => store.close());
    const cloud = await startCloud({ store, accountSid, authToken, port: 0 });
    undo.push(() => cloud.close());
    const scope = { kind: 'device', deviceSid } as const;
    await store.create(scope, 'configs', 'broker-host', 'localhost');
    await store.create(scope, 'configs', 'broker-port', `${broker.port}`);
    await store.create(scope, 'configs', 'root-CA', pki.hex('ca.der'));
    await store.create(scope, 'configs', 'cert', pki.hex('device.der'));
    await store.create(scope, 'secrets', 'private_key', pki.hex('device.key.der'));
    const env = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, MV_DEVICE_SID: deviceSid };
    const { findings, steps } = await rig.doctor(['--connect', '--cloud', cloud.url], env);
    expect(findings).toEqual([]);
    expect(brief(steps)).toEqual(['resolve ok', 'tcp ok', 'tls ok', 'mqtt skipped']);
    expect(steps[3].detail).toBe('the value of private_key is a secret that only the device can read');
  });
});
