// needs: openssl
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, createBroker, type Protocol, type TlsMaterial } from '../../../../host/broker/index.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { dial } from './doors.js';
import { nextEvent } from './programs.js';
import { startTls, type TlsBroker, type TlsBrokerOptions } from './tls-broker.js';

const DAY = 86_400_000;

let pki: TestPki;
const brokers: Broker[] = [];

beforeAll(() => {
  pki = new TestPki();
  pki.makeLowerCa();
  pki.issueServer('second');
});

afterAll(() => pki.remove());
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

const warnings: string[] = [];

async function start(options: Partial<TlsBrokerOptions> = {}): Promise<TlsBroker> {
  warnings.length = 0;
  const mutual = { ca: [pki.read('ca.crt')], requireCertificate: true };
  const log: TlsBrokerOptions['log'] = (event) => event.type === 'warning' && warnings.push(event.message);
  const broker = await startTls(pki, { ...mutual, log, ...options });
  brokers.push(broker);
  return broker;
}

/** A client with the certificate of this name, let in. */
async function come(broker: TlsBroker, name: string, options: ConnectionOptions = {}): Promise<Client> {
  const own = { cert: pki.read(`${name}.crt`), key: pki.read(`${name}.key`), ...options };
  const client = new Client(await dial(broker.listeners[0], pki, own));
  await client.connect({ clientId: name });
  return client;
}

async function expectRefused(broker: TlsBroker, name: string, reason: RegExp, options?: ConnectionOptions) {
  const refused = nextEvent(broker, 'refused');
  await expect(come(broker, name, options)).rejects.toThrow();
  expect((await refused).reason).toMatch(reason);
}

describe('a client certificate', () => {
  it.each([
    ['PEM', (pem: string) => pem],
    ['DER', (pem: string) => Buffer.from(pem.replaceAll(/-----[^-]*-----/g, ''), 'base64')],
    ['the second block of a PEM file', (pem: string) => pki.makeCrl('foreign', []) + pem],
  ])('that a CRL names is refused, others are not, when the list is %s', async (_, encode) => {
    const broker = await start({ crl: encode(pki.makeCrl('ca', ['device'])) });
    await expectRefused(broker, 'device', /^client certificate not accepted: CERT_REVOKED$/);
    pki.issueDevice('good', '/CN=good');
    (await come(broker, 'good')).stream.destroy();
    expect(warnings).toEqual([]);
  });

  it('is refused when there is no CRL of its CA, which is announced at the start and said in the refusal', async () => {
    const ca = [pki.read('ca.crt'), pki.read('low.crt')];
    const broker = await start({ ca, crl: pki.makeCrl('ca', []) });
    expect(warnings).toEqual([
      'there is no CRL of "low": client certificates of this CA are refused; give one for each CA',
    ]);
    await expectRefused(broker, 'low-device', /UNABLE_TO_GET_CRL; there is no CRL of "low": give one for each CA/);
    broker.listeners[0].reload({ crl: [pki.makeCrl('ca', []), pki.makeCrl('low', [])] });
    (await come(broker, 'low-device')).stream.destroy();
  });

  it('is refused when the CRL has expired, which is announced and said in the refusal', async () => {
    const broker = await start({ crl: pki.makeCrl('ca', [], Date.now() - 5000) });
    expect(warnings).toEqual([expect.stringMatching(/^the CRL of "ca" expired at \S+Z: every client certificate/)]);
    await expectRefused(broker, 'device', /CRL_HAS_EXPIRED; the CRL of "ca" is out of date: load a newer one/);
  });
});

describe('the end of a CRL', () => {
  it('is announced a day before and when it comes, by the wall clock, also when that is set', async () => {
    const end = Math.floor(Date.now() / 1000) * 1000 + 10 * DAY;
    // A quarter of ten days is more than a day.
    const clock = { time: 0, wall: end - 3 * DAY, now: () => clock.time, wallClock: () => clock.wall };
    const broker = await start({ clock, crl: pki.makeCrl('ca', [], end) });
    const pass = (milliseconds: number) => {
      const until = clock.time + milliseconds;
      for (let due = broker.nextDeadline(clock.time); due !== undefined && due <= until; ) {
        clock.wall += due - clock.time;
        clock.time = due;
        broker.tick(due);
        due = broker.nextDeadline(due);
      }
      clock.wall += until - clock.time;
      clock.time = until;
    };
    pass(2 * DAY - 1);
    expect(warnings).toEqual([]);
    pass(1);
    const date = new Date(end).toISOString();
    expect(warnings).toEqual([expect.stringContaining(`the CRL of "ca" expires at ${date}`)]);
    pass(DAY / 2);
    expect(warnings.length).toBe(1);
    clock.wall += DAY;
    pass(3_600_000);
    expect(warnings[1]).toContain(`the CRL of "ca" expired at ${date}`);
    broker.listeners[0].reload({ crl: pki.makeCrl('ca', [], end + 10 * DAY) });
    expect(warnings.length).toBe(2);
    brokers.splice(0);
    const closed = broker.close();
    pass(5000);
    await closed;
  });
});

describe.each<Protocol>(['mqtts', 'wss'])('a reload of a listener of protocol %s', (protocol) => {
  const startOne = async (tls: Partial<TlsMaterial> = {}) => {
    const material = { cert: pki.read('server.crt'), key: pki.read('server.key'), ca: pki.read('ca.crt'), ...tls };
    const broker = await createBroker({
      listeners: [{ protocol: protocol as 'mqtts', tls: { ...material, requireCertificate: true } }],
    });
    brokers.push(broker);
    return Object.assign(broker, { port: broker.listeners[0].port });
  };

  it('ends the connections whose certificate is revoked, with the reason, and no others', async () => {
    pki.issueDevice('bad', '/CN=bad');
    const broker = await startOne();
    const [bad, good] = [await come(broker, 'bad'), await come(broker, 'device')];
    const ended = nextEvent(broker, 'disconnected');
    broker.listeners[0].reload({ crl: pki.makeCrl('ca', ['bad']) });
    expect(await bad.next('disconnect')).toMatchObject({ reasonCode: 0x87 });
    await bad.closed;
    expect(await ended).toMatchObject({
      clientId: 'bad',
      reason: expect.stringMatching(/^the certificate with serial number [0-9A-F]+ is revoked since /),
    });
    await good.expectServed();
    await expectRefused(broker, 'bad', /CERT_REVOKED/);
    good.stream.destroy();
  });

  it('ends the connections whose CA is revoked', async () => {
    const broker = await startOne({ ca: [pki.read('ca.crt'), pki.read('low.crt')] });
    const client = await come(broker, 'low-device');
    const ended = nextEvent(broker, 'disconnected');
    broker.listeners[0].reload({ crl: [pki.makeCrl('ca', ['low']), pki.makeCrl('low', [])] });
    expect((await ended).reason).toMatch(/^the CA "low" above the certificate with serial number/);
    await client.closed;
  });

  it('ends the connections whose CA is not accepted any more, and no others', async () => {
    const authorities = ['foreign.crt', 'ca.crt'].map((name) => pki.read(name));
    const broker = await startOne({ ca: authorities });
    const [stranger, known] = [await come(broker, 'stranger'), await come(broker, 'device')];
    broker.listeners[0].reload({ ca: authorities.toReversed() });
    await stranger.expectServed();
    const ended = nextEvent(broker, 'disconnected');
    broker.listeners[0].reload({ ca: pki.read('ca.crt') });
    expect(await ended).toMatchObject({
      clientId: 'stranger',
      reason: 'the CA "foreign" of the certificate is not accepted any more',
    });
    await stranger.closed;
    await known.expectServed();
    known.stream.destroy();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('lets no one resume a session of %s from before', async (version) => {
    pki.issueDevice('bad', '/CN=bad');
    const broker = await startOne();
    // The keys of every reload are new ones.
    broker.listeners[0].reload();
    const versions = { minVersion: version, maxVersion: version };
    let session: Buffer | undefined;
    const own = { cert: pki.read('bad.crt'), key: pki.read('bad.key'), ca: pki.read('ca.crt'), ...versions };
    const { port } = broker.listeners[0];
    const first = connect({ host: '127.0.0.1', port, servername: 'localhost', ...own });
    first.on('session', (ticket) => {
      session = ticket;
    });
    await once(first, 'secureConnect');
    await expect.poll(() => session, { interval: 1 }).toBeDefined();
    first.destroy();
    broker.listeners[0].reload({ crl: pki.makeCrl('ca', ['bad']) });
    const refused = nextEvent(broker, 'refused', ({ reason }) => reason.includes('REVOKED'));
    const second = connect({ host: '127.0.0.1', port, servername: 'localhost', session, ...own });
    second.on('error', () => {});
    await refused;
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  });

  it('shows the new certificate, and keeps what is not given', async () => {
    const broker = await startOne();
    broker.listeners[0].reload({ cert: pki.read('second.crt'), key: pki.read('second.key') });
    const client = new Client(
      await dial(broker.listeners[0], pki, {
        cert: pki.read('device.crt'),
        key: pki.read('device.key'),
        checkServerIdentity: (_host, { fingerprint256 }) => {
          const expected = pki.print('x509', '-in', 'second.crt', '-noout', '-fingerprint', '-sha256').trim();
          return expected.endsWith(`=${fingerprint256}`) ? undefined : new Error('another certificate');
        },
      }),
    );
    await client.connect();
    client.stream.destroy();
    await expectRefused(broker, 'stranger', /client certificate not accepted/);
  });

  it.each<[string, () => Partial<TlsMaterial>, string]>([
    ['the key of another certificate', () => ({ key: pki.read('device.key') }), 'does not belong to cert'],
    ['half a certificate', () => ({ cert: pki.read('server.crt').slice(0, 300) }), 'cert cannot be used'],
    ['a CRL that is none', () => ({ crl: 'x' }), 'crl cannot be used'],
    ['a CA that is none', () => ({ ca: '' }), 'ca cannot be used'],
  ])('with %s leaves everything as it was, and says so', async (_, material, message) => {
    const broker = await startOne();
    const warned = nextEvent(broker, 'warning');
    expect(() => broker.listeners[0].reload(material())).toThrow(message);
    expect(await warned).toMatchObject({
      listener: broker.listeners[0].name,
      message: expect.stringContaining('the former certificates stay'),
    });
    (await come(broker, 'device')).stream.destroy();
    await expectRefused(broker, 'stranger', /client certificate not accepted/);
  });
});

describe('certificates in files', () => {
  const write = (folder: string, names: Record<string, string>) => {
    for (const [file, text] of Object.entries(names)) {
      writeFileSync(join(folder, `${file}.new`), text);
      renameSync(join(folder, `${file}.new`), join(folder, file));
    }
  };

  it.each([true, false])('are read again when they change, if watchFiles is %s, or on reload', async (watchFiles) => {
    const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-files-'));
    pki.issueDevice('bad', '/CN=bad');
    write(folder, { crl: pki.makeCrl('ca', []), crt: pki.read('server.crt'), key: pki.read('server.key') });
    const [cert, key, crl] = ['crt', 'key', 'crl'].map((name) => ({ file: join(folder, name) }));
    const broker = await start({ cert, key, crl, watchFiles });
    const bad = await come(broker, 'bad');
    const ended = nextEvent(broker, 'disconnected');
    write(folder, { crl: pki.makeCrl('ca', ['bad']) });
    if (!watchFiles) broker.listeners[0].reload();
    expect((await ended).reason).toContain('is revoked');
    await bad.closed;
    if (watchFiles) {
      const warned = nextEvent(broker, 'warning');
      write(folder, { crt: 'half a file' });
      expect((await warned).message).toContain(`cert (${join(folder, 'crt')}) cannot be used`);
      (await come(broker, 'device')).stream.destroy();
      // Files that take the place of others are watched in their place.
      write(folder, { crt: pki.read('server.crt'), other: pki.makeCrl('ca', ['bad']) });
      broker.listeners[0].reload({ crl: { file: join(folder, 'other') } });
      const device = await come(broker, 'device');
      const gone = nextEvent(broker, 'disconnected');
      write(folder, { other: pki.makeCrl('ca', ['device']) });
      expect(await gone).toMatchObject({ clientId: 'device' });
      await device.closed;
    }
    rmSync(folder, { recursive: true });
  });
});

it('a listener without TLS has nothing to reload', async () => {
  const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }] });
  brokers.push(broker);
  expect(() => broker.listeners[0].reload()).toThrow('has no TLS');
});
