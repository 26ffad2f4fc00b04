// needs: openssl
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Broker, BrokerEventOf, ClientIdentity, TlsSettings } from '../../../../host/broker/index.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { startTls, type TlsBroker } from './tls-broker.js';

let pki: TestPki;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());

/** A client with the certificate of this name, if any. */
function dial(port: number, name: string | undefined, alpn?: string[]): Client {
  const own = name && { cert: pki.read(`${name}.crt`), key: pki.read(`${name}.key`) };
  const tls = { host: '127.0.0.1', port, ca: pki.read('ca.crt'), servername: 'localhost', ALPNProtocols: alpn };
  return new Client(connect({ ...tls, ...own }));
}

const nextRefusal = (broker: Broker) =>
  new Promise<BrokerEventOf<'refused'>>((resolve) => broker.on('refused', resolve));

async function withBroker(tls: Partial<TlsSettings>, test: (broker: TlsBroker, seen: ClientIdentity[]) => unknown) {
  const seen: ClientIdentity[] = [];
  const rules = {
    connect: (request: ClientIdentity) => {
      seen.push(request);
      return { allow: true } as const;
    },
  };
  const broker = await startTls(pki, { ...tls, rules });
  try {
    await test(broker, seen);
  } finally {
    await broker.close();
  }
}

describe('a listener that decides on certificates by itself', () => {
  it('lets one in that no CA of its vouches for, and shows it to the rules', async () => {
    await withBroker({ acceptCertificate: () => undefined }, async (broker, seen) => {
      const client = dial(broker.port, 'stranger');
      await client.connect();
      expect(seen[0].certificate?.commonName).toBe('device-1');
      client.stream.destroy();
    });
  });

  it('closes a connection that it does not let in, with the reason in the event', async () => {
    const acceptCertificate: TlsSettings['acceptCertificate'] = (certificate) => `no ${certificate?.commonName}`;
    await withBroker({ acceptCertificate, ca: pki.read('ca.crt'), requireCertificate: true }, async (broker, seen) => {
      const refusal = nextRefusal(broker);
      const client = dial(broker.port, 'device');
      await client.closed;
      expect((await refusal).reason).toBe('no device-1');
      expect(seen).toEqual([]);
    });
  });

  it('is asked about clients without a certificate too', async () => {
    const acceptCertificate: TlsSettings['acceptCertificate'] = (certificate) => certificate?.commonName ?? 'none';
    await withBroker({ acceptCertificate }, async (broker) => {
      const refusal = nextRefusal(broker);
      await dial(broker.port, undefined).closed;
      expect((await refusal).reason).toBe('none');
    });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('sees the certificate of a resumed %s session too', async (version) => {
    const names: (string | undefined)[] = [];
    const acceptCertificate: TlsSettings['acceptCertificate'] = (certificate) => {
      names.push(certificate?.commonName);
      return undefined;
    };
    await withBroker({ acceptCertificate }, async (broker, seen) => {
      const own = { cert: pki.read('stranger.crt'), key: pki.read('stranger.key'), ca: pki.read('ca.crt') };
      let session: Buffer | undefined;
      for (const isReused of [false, true]) {
        const tls = { minVersion: version, maxVersion: version, session };
        const socket = connect({ host: '127.0.0.1', port: broker.port, servername: 'localhost', ...own, ...tls });
        socket.on('session', (ticket) => {
          session = ticket;
        });
        const client = new Client(socket);
        await once(socket, 'secureConnect');
        await client.connect();
        expect(socket.isSessionReused()).toBe(isReused);
        socket.destroy();
      }
      expect(names).toEqual(['device-1', 'device-1']);
      expect(seen.map(({ certificate }) => certificate?.commonName)).toEqual(names);
    });
  });

  it('refuses when the decision throws, and goes on', async () => {
    let calls = 0;
    const acceptCertificate = () => {
      if (++calls === 1) throw new Error('oops');
      return undefined;
    };
    await withBroker({ acceptCertificate }, async (broker, seen) => {
      const refusal = nextRefusal(broker);
      await dial(broker.port, 'device').closed;
      expect((await refusal).reason).toBe('client certificate not accepted: oops');
      const client = dial(broker.port, 'device');
      await client.connect();
      expect(seen).toHaveLength(1);
      client.stream.destroy();
    });
  });
});

it('rules see the server name and the application protocol that a client asked for in TLS', async () => {
  await withBroker({ alpn: ['x-amzn-mqtt-ca'] }, async (broker, seen) => {
    for (const alpn of [['x-amzn-mqtt-ca'], undefined]) {
      const client = dial(broker.port, undefined, alpn);
      await once(client.stream, 'secureConnect');
      await client.connect();
      client.stream.destroy();
    }
    expect(seen).toMatchObject([{ serverName: 'localhost', applicationProtocol: 'x-amzn-mqtt-ca' }, {}]);
    expect(seen[1]).not.toHaveProperty('applicationProtocol');
  });
});
