// needs: openssl
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PlannedBroker, readBrokerPlan } from '../../../../host/broker/index.js';
import { freePort } from '../../../interop/temporary.js';
import { TestPki } from '../listeners/certificates.js';

let pki: TestPki;
let broker: PlannedBroker | undefined;

beforeAll(() => {
  pki = new TestPki();
});

afterEach(async () => {
  await broker?.close();
  broker = undefined;
});

afterAll(() => pki.remove());

async function start(lines: string): Promise<PlannedBroker> {
  const file = join(pki.folder, 'm.conf');
  writeFileSync(file, `sys_interval 0\n${lines}\nallow_anonymous true\n`);
  broker = await PlannedBroker.start(readBrokerPlan(file));
  return broker;
}

describe('a listener of a network interface', () => {
  const [name, addresses = []] = Object.entries(networkInterfaces()).find(([, all]) => all?.[0].internal)!;

  it('is on each of its addresses', async () => {
    const { listeners } = await start(`listener ${await freePort()}\nbind_interface ${name}`);
    const hosts = listeners.map(({ host }) => host);
    expect(hosts[0]).toBe(addresses[0].address);
    for (const host of hosts) expect(addresses.map(({ address }) => address)).toContain(host);
  });

  it('is on those of one family only, when that is asked for', async () => {
    const { listeners } = await start(`listener ${await freePort()}\nbind_interface ${name}\nsocket_domain ipv4`);
    expect(listeners.map(({ host }) => host)).toEqual(['127.0.0.1']);
  });

  it('is refused with the names that there are', async () => {
    const port = await freePort();
    const message = `m.conf:2: the network interface nowhere has no address; this machine has ${name}`;
    await expect(start(`listener ${port}\nbind_interface nowhere`)).rejects.toThrow(message);
  });
});

describe('a listener with dhparamfile', () => {
  // There are no such suites for keys of elliptic curves.
  beforeAll(() => {
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    pki.print('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'rsa.key', '-out', 'rsa.crt', ...name);
  });

  const files = () => `certfile ${join(pki.folder, 'rsa.crt')}\nkeyfile ${join(pki.folder, 'rsa.key')}\n`;

  /** @returns the cipher suite of a client that takes ephemeral Diffie-Hellman over numbers only */
  const handshake = (port: number) =>
    new Promise<string>((resolve, reject) => {
      const options = { ca: pki.read('rsa.crt'), ciphers: 'DHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
      const socket: TLSSocket = connect({ host: '127.0.0.1', port, ...options }, () => {
        resolve(socket.getCipher().name);
        socket.destroy();
      });
      socket.once('error', reject);
    });

  it('exchanges keys with those parameters', async () => {
    writeFileSync(join(pki.folder, 'dh.pem'), pki.print('dhparam', '-dsaparam', '2048'));
    const port = await freePort();
    await start(`listener ${port} 127.0.0.1\n${files()}dhparamfile ${join(pki.folder, 'dh.pem')}`);
    expect(await handshake(port)).toBe('DHE-RSA-AES128-GCM-SHA256');
  });

  it('refuses a file without parameters', async () => {
    const port = await freePort();
    const lines = `listener ${port} 127.0.0.1\n${files()}dhparamfile ${join(pki.folder, 'rsa.crt')}`;
    await expect(start(lines)).rejects.toThrow('rsa.crt cannot be used: it holds no DH parameters');
  });
});
