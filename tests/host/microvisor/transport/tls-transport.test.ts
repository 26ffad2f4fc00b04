// needs: openssl, mosquitto
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MvMqttProtocolVersion, MvMqttRequestState, nameOf } from '../../../../build/abi/microvisor.js';
import { splitDer } from '../../../../host/core/index.js';
import { type TlsTransportOptions, type TransportRequest, tlsTransport } from '../../../../host/microvisor/index.js';
import { credentials, login, messageOut, publishRequest, subscribeRequest } from '../rig/mqtt-structures.js';
import { type Identity, OpensslCertificates } from '../rig/openssl-certificates.js';
import { RealRig } from '../rig/real-rig.js';

const pki = new OpensslCertificates();
let ca: Identity;
let otherCa: Identity;
let server: Identity;
let client: Identity;
beforeAll(() => {
  ca = pki.ca('test-ca');
  otherCa = pki.ca('other-ca');
  server = pki.issue(ca, 'localhost', 'DNS:localhost,IP:127.0.0.1');
  client = pki.issue(ca, 'device', 'DNS:device');
});
afterAll(() => pki.remove());

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(listener: Server): Promise<number> {
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as AddressInfo).port;
}

function tlsServer(identity: Identity, options: TlsOptions = {}): Promise<number> {
  const listener = createServer({ cert: readFileSync(identity.cert), key: readFileSync(identity.key), ...options });
  listener.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => socket.end(bytes));
  });
  listener.on('tlsClientError', () => {});
  return listen(listener);
}

/** What became of a connection: 'connected ...' with the bytes that came back, or the request state and detail. */
function attempt(request: Partial<TransportRequest>, options?: TlsTransportOptions) {
  return new Promise<{ tls?: string; echo: string; state?: string; detail?: string }>((resolve) => {
    let tls: string | undefined;
    let echo = '';
    const whole = { host: 'localhost', port: 1, ca: [ca.certDer], clientChain: [], ...request };
    const transport = tlsTransport(options)(whole, {
      connected: (info) => {
        tls = info.tls;
        transport.write(Buffer.from('hello'));
      },
      data: (bytes) => {
        echo += Buffer.from(bytes).toString();
      },
      closed: (failure) => {
        const state = failure && nameOf(MvMqttRequestState, failure.requestState);
        resolve({ tls, echo, state, detail: failure?.detail });
      },
    });
  });
}

describe('the TLS transport', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('carries bytes over %s, with the host name as SNI', async (version) => {
    let name: string | undefined;
    const options: TlsOptions = {
      minVersion: version,
      maxVersion: version,
      SNICallback: (servername, done) => {
        name = servername;
        done(null);
      },
    };
    const port = await tlsServer(server, options);
    expect(await attempt({ port })).toMatchObject({ tls: version, echo: 'hello', state: undefined });
    expect(name).toBe('localhost');
  });

  it('checks an IP address as host against the addresses of the certificate', async () => {
    expect(await attempt({ host: '127.0.0.1', port: await tlsServer(server) })).toMatchObject({ echo: 'hello' });
  });

  it('takes several CAs, separately or concatenated', async () => {
    const port = await tlsServer(server);
    expect(await attempt({ port, ca: [otherCa.certDer, ca.certDer] })).toMatchObject({ echo: 'hello' });
    const joined = Buffer.concat([otherCa.certDer, ca.certDer]);
    expect(splitDer(joined).map((der) => der.length)).toEqual([otherCa.certDer.length, ca.certDer.length]);
    expect(await attempt({ port, ca: [joined] })).toMatchObject({ echo: 'hello' });
  });

  it('reports UNKNOWNCA for a server of another CA, and without any CA, when the Mozilla roots count', async () => {
    const port = await tlsServer(server);
    for (const trust of [[otherCa.certDer], []]) {
      const result = await attempt({ port, ca: trust });
      expect(result).toMatchObject({ tls: undefined, state: 'UNKNOWNCA' });
      expect(result.detail).toContain('was not signed by a trusted CA');
    }
  });

  it('reports CERTIFICATEEXPIRED for a server certificate that has expired', async () => {
    const port = await tlsServer(pki.issue(ca, 'localhost', 'DNS:localhost', true));
    expect(await attempt({ port })).toMatchObject({
      state: 'CERTIFICATEEXPIRED',
      detail: expect.stringContaining('CERT_HAS_EXPIRED'),
    });
  });

  it('reports SOCKETERROR for a certificate of another name, with the names in the detail', async () => {
    const port = await tlsServer(pki.issue(ca, 'elsewhere', 'DNS:elsewhere.test'));
    expect(await attempt({ port })).toMatchObject({
      state: 'SOCKETERROR',
      detail: expect.stringContaining('elsewhere.test'),
    });
  });

  it('reports SOCKETERROR for a closed port', async () => {
    const listener = createTcpServer();
    const port = await listen(listener);
    await new Promise((resolve) => listener.close(resolve));
    expect(await attempt({ port })).toMatchObject({
      state: 'SOCKETERROR',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('reports NXDOMAIN for a name that does not resolve', async () => {
    const lookup: TlsTransportOptions['lookup'] = (hostname, _, done) =>
      done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), '', 4);
    const result = await attempt({ host: 'no-such-broker.invalid' }, { lookup });
    expect(result).toMatchObject({ state: 'NXDOMAIN', detail: expect.stringContaining('no-such-broker.invalid') });
  });

  it('reports SOCKETERROR when the handshake does not finish in time', async () => {
    const port = await listen(createTcpServer());
    const result = await attempt({ port }, { connectTimeout: 50 });
    expect(result).toMatchObject({
      state: 'SOCKETERROR',
      detail: `no TLS connection to localhost:${port} within 50 ms`,
    });
  });

  it('reports SOCKETERROR for a server that does not speak TLS', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('220 smtp\r\n')));
    expect(await attempt({ port })).toMatchObject({ tls: undefined, state: 'SOCKETERROR' });
  });

  it.each<[string, () => Partial<TransportRequest>, string]>([
    ['a CA that is PEM', () => ({ ca: [readFileSync(ca.cert)] }), 'CA certificate 1 is not a DER certificate'],
    ['a CA cut short', () => ({ ca: [ca.certDer.subarray(0, 100)] }), 'CA certificate 1 is not a DER certificate'],
    [
      'a client certificate that is not a certificate',
      () => ({ clientChain: [Uint8Array.of(0x30, 1, 5)], clientKey: client.keyDer }),
      'client certificate 1 is not a DER certificate',
    ],
    [
      'a key that is not a key',
      () => ({ clientChain: [client.certDer], clientKey: Uint8Array.of(0x30, 0) }),
      'not a PKCS#8 DER key',
    ],
    [
      'a key of another certificate',
      () => ({ clientChain: [client.certDer], clientKey: server.keyDer }),
      'the private key does not belong to the client certificate',
    ],
  ])('reports INVALIDPARAMETERS for %s', async (_, make, detail) => {
    const port = await tlsServer(server);
    expect(await attempt({ port, ...make() })).toMatchObject({
      state: 'INVALIDPARAMETERS',
      detail: expect.stringContaining(detail),
    });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'presents the client certificate to a %s server that requires one',
    async (maxVersion) => {
      const options = { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ca.cert), maxVersion };
      const port = await tlsServer(server, options);
      const mutual = { clientChain: [client.certDer], clientKey: client.keyDer };
      expect(await attempt({ port, ...mutual })).toMatchObject({ echo: 'hello' });
      const without = await attempt({ port });
      expect(without).toMatchObject({ echo: '', state: 'SOCKETERROR' });
      expect(without.detail).toMatch(maxVersion === 'TLSv1.3' ? /demands a client certificate/ : /./);
    },
  );
});

describe("the managed client against Debian's mosquitto", () => {
  let broker: ChildProcess;
  let port: number;
  beforeAll(async () => {
    const reserved = createTcpServer();
    await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
    port = (reserved.address() as AddressInfo).port;
    await new Promise((resolve) => reserved.close(resolve));
    const config = join(pki.folder, 'mosquitto.conf');
    const lines = [
      `listener ${port} 127.0.0.1`,
      `cafile ${ca.cert}`,
      `certfile ${server.cert}`,
      `keyfile ${server.key}`,
      'require_certificate true',
      'allow_anonymous true',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    broker = spawn('mosquitto', ['-c', config, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    await new Promise<void>((resolve, reject) => {
      broker.once('error', reject);
      broker.once('exit', () => reject(new Error(`mosquitto ended: ${output}`)));
      broker.stderr?.on('data', (chunk) => {
        output += chunk;
        if (output.includes('running')) resolve();
      });
    });
  });
  afterAll(() => {
    broker.kill();
  });

  const mutual = (rig: RealRig) => credentials(rig, { ca: [ca.certDer], chain: [client.certDer], key: client.keyDer });

  it.each([
    ['3.1.1', MvMqttProtocolVersion.V3_1_1],
    ['5', MvMqttProtocolVersion.V5],
  ] as const)(
    'connects over mutual TLS, subscribes, publishes, receives and acknowledges (version %s)',
    async (protocol, protocolVersion) => {
      const rig = new RealRig();
      const channel = rig.channel();
      const host = rig.put('localhost');
      rig.ok(
        'mvMqttRequestConnect',
        channel,
        rig.connectRequest({ host, port, protocolVersion, tlsCredentials: mutual(rig) }),
      );
      expect(await rig.event('connected')).toMatchObject({ protocol, tls: 'TLSv1.3', clientId: 'client-1' });
      rig.ok('mvMqttRequestSubscribe', channel, subscribeRequest(rig, ['loop/#'], 1, 2));
      expect(await rig.event('subscribed')).toMatchObject({ topics: [{ topic: 'loop/#', reasonCode: 2 }] });
      for (const qos of [0, 1, 2]) {
        rig.ok('mvMqttRequestPublish', channel, publishRequest(rig, `loop/${qos}`, `reading ${qos}`, qos));
        const message = await rig.event('message');
        expect(message).toMatchObject({ topic: `loop/${qos}`, qos });
        expect(Buffer.from(message.payload).toString()).toBe(`reading ${qos}`);
        const out = messageOut(rig);
        rig.ok('mvMqttReceiveMessage', channel, out.address);
        rig.ok('mvMqttAcknowledgeMessage', channel, rig.u32(out.id));
        if (qos > 0) await rig.event('acknowledged');
      }
      rig.ok('mvMqttRequestDisconnect', channel);
      expect(await rig.event('disconnected')).toMatchObject({ requested: true });
      await rig.closed();
    },
  );

  it('fails without a client certificate, with a detail that says what is missing', async () => {
    const rig = new RealRig();
    const channel = rig.channel();
    const tlsCredentials = credentials(rig, { ca: [ca.certDer] });
    const authentication = login(rig, 'user', 'secret');
    const host = rig.put('localhost');
    rig.ok('mvMqttRequestConnect', channel, rig.connectRequest({ host, port, tlsCredentials, authentication }));
    const failed = await rig.event('connectFailed');
    expect(failed).toMatchObject({ requestState: 'SOCKETERROR', host: 'localhost', port });
    expect(failed.detail).toContain('it may want a client certificate');
  });
});
