// needs: openssl
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pkiAt, SID, temporaryFolder } from './pki-rig.js';

type Served = Awaited<ReturnType<typeof pkiAt>>;

/** A server that asks for certificates, and a client: the CNs that the server accepted, and what the client got. */
async function handshake(served: Served, client: Partial<Served>, host: string) {
  const accepted: string[] = [];
  const server = createServer(
    {
      cert: served.server.certificatePem,
      key: served.server.privateKeyPem,
      ca: served.ca.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      accepted.push(String(socket.getPeerCertificate().subject.CN));
      socket.end('welcome');
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => void server.close());
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    servername: host === 'localhost' ? host : '',
    ca: client.ca?.certificatePem,
    cert: client.device?.certificatePem,
    key: client.device?.privateKeyPem,
  });
  onTestFinished(() => void socket.destroy());
  let text = '';
  try {
    for await (const chunk of socket) text += chunk;
    return { accepted, client: text };
  } catch (error) {
    return { accepted, client: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

describe('mutual TLS', () => {
  it.each(['localhost', '127.0.0.1'])('works with the server as %s, which sees the device SID', async (host) => {
    const pki = await pkiAt(temporaryFolder(), Date.now());
    expect(await handshake(pki, pki, host)).toEqual({ accepted: [SID], client: 'welcome' });
  });

  it.each([
    ['the client has no certificate', (pki: Served) => ({ ca: pki.ca }), /^(ERR_SSL_.*|ECONNRESET|)$/],
    [
      "the client's certificate is of another CA",
      (pki: Served, other: Served) => ({ ...other, ca: pki.ca }),
      /^(ERR_SSL_.*|ECONNRESET|)$/,
    ],
    [
      'the client trusts another CA',
      (pki: Served, other: Served) => ({ ...pki, ca: other.ca }),
      /^SELF_SIGNED_CERT_IN_CHAIN$/,
    ],
  ])('fails when %s', async (_, choose, outcome) => {
    const pki = await pkiAt(temporaryFolder(), Date.now());
    const other = await pkiAt(temporaryFolder(), Date.now());
    const result = await handshake(pki, choose(pki, other), 'localhost');
    expect(result).toEqual({ accepted: [], client: expect.stringMatching(outcome) });
  });
});
