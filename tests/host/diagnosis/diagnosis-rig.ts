import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { ProbeRequest } from '../../../host/probe/index.js';
import { Authority } from '../../interop/authority.js';
import { Mosquitto, type MosquittoOptions } from '../../interop/mosquitto.js';

const LONG = { from: '20200101000000Z', to: '20800101000000Z' };
const PAST = { from: '20200101000000Z', to: '20210101000000Z' };
const FUTURE = { from: '20790101000000Z', to: '20800101000000Z' };
const HERE = 'DNS:localhost,IP:127.0.0.1';
const CA = 'basicConstraints=critical,CA:TRUE';
const NO_IDS = ['authorityKeyIdentifier=none', 'subjectKeyIdentifier=none'];

/** Certificates and keys of openssl, and servers on loopback that show them. */
export class DiagnosisRig implements AsyncDisposable {
  readonly pki = issueAll(new Authority('Interop CA', 'ec', 20_000));
  /** The same name, another key. */
  readonly remade = new Authority('Interop CA', 'ec', 20_000);
  readonly foreign = new Authority('Another CA', 'ec', 20_000);
  /** Only RSA signs with MD5. */
  readonly rsa = new Authority('RSA CA', 'rsa', 20_000)
    .issue('server-md5', { ...LONG, names: HERE, digest: 'md5' })
    .issue('device-md5', { ...LONG, digest: 'md5' });
  readonly #undo: (() => unknown)[] = [];

  /** The request for a broker that is well. */
  request(changes: Partial<ProbeRequest>): ProbeRequest {
    return {
      host: 'localhost',
      port: 8883,
      ca: this.der('ca'),
      clientChain: new Uint8Array(0),
      protocolVersion: 5,
      clientId: 'pump',
      timeout: 3000,
      ...changes,
    };
  }

  der(name: string, authority = this.pki): Uint8Array {
    authority.openssl('x509', '-in', `${name}.pem`, '-outform', 'der', '-out', `${name}.der`);
    return authority.read(`${name}.der`);
  }

  /** The device's certificate and its key. */
  device(name: string, authority = this.pki): Pick<ProbeRequest, 'clientChain' | 'clientKey'> {
    const wrap = ['pkcs8', '-topk8', '-nocrypt', '-in', `${name}.key`];
    authority.openssl(...wrap, '-outform', 'der', '-out', `${name}.key.der`);
    return { clientChain: this.der(name, authority), clientKey: authority.read(`${name}.key.der`) };
  }

  async mosquitto(options: MosquittoOptions = {}): Promise<{ port: number }> {
    const broker = await Mosquitto.start(this.pki, options);
    this.#undo.push(() => broker.remove());
    return { port: broker.port };
  }

  /** A TLS server that shows these certificates, the key being that of the first, and answers CONNECT with these bytes. */
  tls(names: string[], answer = '', options: TlsOptions = {}, authority = this.pki): Promise<{ port: number }> {
    const settings: TlsOptions = {
      cert: Buffer.concat(names.map((name) => authority.read(`${name}.pem`))),
      key: authority.read(`${names[0]}.key`),
      ciphers: 'DEFAULT@SECLEVEL=0',
      ...options,
    };
    const server = createTlsServer(settings, (socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(Buffer.from(answer, 'hex')));
      if (answer === 'close') socket.end();
    });
    return this.#listen(server);
  }

  /** A server that answers the ClientHello with this alert of TLS, or these other bytes. */
  alert(alert: number | Buffer): Promise<{ port: number }> {
    const bytes = typeof alert === 'number' ? Buffer.from([0x15, 3, 3, 0, 2, 2, alert]) : alert;
    return this.#listen(createServer((socket) => socket.once('data', () => socket.end(bytes))));
  }

  /** A server that does this with each connection. */
  tcp(onConnection: (socket: Socket) => void): Promise<{ port: number }> {
    return this.#listen(createServer(onConnection));
  }

  /** Ends the servers of one case. */
  async reset(): Promise<void> {
    for (const action of this.#undo.splice(0).reverse()) await action();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
    for (const authority of [this.pki, this.remade, this.foreign, this.rsa]) authority[Symbol.dispose]();
  }

  async #listen(server: Server): Promise<{ port: number }> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    this.#undo.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { port: (server.address() as { port: number }).port };
  }
}

function issueAll(pki: Authority): Authority {
  const ca = (...extensions: string[]) => ({ ...LONG, extensions: [CA, ...extensions] });
  const server = { ...LONG, names: HERE };
  pki.issue('server', server).issue('device', LONG);
  pki.issue('outdated', { ...PAST, names: HERE }).issue('early', { ...FUTURE, names: HERE });
  pki.issue('elsewhere', { ...LONG, names: 'DNS:elsewhere.invalid' });
  pki.issue('address-cn', { ...LONG, commonName: '127.0.0.1' });
  pki.issue('address-dns', { ...LONG, names: 'DNS:127.0.0.1' });
  pki.issue('middle', ca('keyUsage=keyCertSign')).issue('below', { ...server, issuer: 'middle' });
  pki.issue('no-sign', ca('keyUsage=cRLSign')).issue('below-no-sign', { ...server, issuer: 'no-sign' });
  pki.issue('no-ca', LONG).issue('below-no-ca', { ...server, issuer: 'no-ca' });
  pki.issue('old-ca', { ...PAST, extensions: [CA] }).issue('below-old', { ...server, issuer: 'old-ca' });
  const permits = 'nameConstraints=critical,permitted;DNS:example.com';
  pki.issue('narrow', ca('keyUsage=keyCertSign', permits)).issue('below-narrow', { ...server, issuer: 'narrow' });
  const excludes = 'nameConstraints=critical,excluded;DNS:localhost';
  pki.issue('barred', ca('keyUsage=keyCertSign', excludes)).issue('below-barred', { ...server, issuer: 'barred' });
  pki.issue('last-ca', { ...LONG, extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'] });
  pki.issue('one-more', { ...ca(), issuer: 'last-ca' }).issue('below-path', { ...server, issuer: 'one-more' });
  pki.issue('small-ca', { ...ca(), key: 'rsa512' }).issue('below-small', { ...server, issuer: 'small-ca' });
  pki.issue('server-sha1', { ...server, digest: 'sha1' });
  pki.issue('for-clients', { ...server, extensions: ['extendedKeyUsage=clientAuth'] });
  pki.issue('odd-usage', { ...server, extensions: ['keyUsage=dataEncipherment'] });
  pki.issue('critical', { ...server, extensions: ['1.2.3.4=critical,ASN1:NULL'] });
  pki.issue('device-k1', { ...LONG, key: 'secp256k1' }).issue('device-p224', { ...LONG, key: 'p224' });
  pki.issue('device-brainpool', { ...LONG, key: 'brainpool' });
  pki.issue('device-512', { ...LONG, key: 'rsa512' }).issue('device-sha1', { ...LONG, digest: 'sha1' });
  pki.issue('device-rsa', { ...LONG, key: 'rsa' });
  pki.issue('device-old', PAST).issue('no-name', { ...LONG, subject: '/O=Pumps' });
  pki.issue('for-servers', { ...LONG, extensions: ['extendedKeyUsage=serverAuth'] });
  pki.issue('no-signing', { ...LONG, extensions: ['keyUsage=keyEncipherment'] });
  pki.issue('namesake', { ...LONG, commonName: 'Interop CA', extensions: NO_IDS });
  return withNamesakes(pki);
}

/** A CA as document 004 makes one, whose only field is the CN, and a server certificate with the same. */
function withNamesakes(pki: Authority): Authority {
  pki.write('bare.conf', '[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\nbasicConstraints=CA:TRUE\n');
  pki.openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'bare.key');
  const made = ['req', '-x509', '-config', 'bare.conf', '-key', 'bare.key', '-subj', '/CN=localhost'];
  pki.openssl(...made, '-days', '20000', '-out', 'bare.pem');
  return pki.issue('same', { ...LONG, names: HERE, commonName: 'localhost', issuer: 'bare', extensions: NO_IDS });
}
