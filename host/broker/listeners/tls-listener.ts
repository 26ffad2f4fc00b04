import { constants } from 'node:crypto';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { listenFailure } from '../../node/listen-failure.js';
import { LONGEST_TIMER } from '../../node/timers.js';
import type { BrokerEngine } from '../engine/broker-engine.js';
import type { ConnectionInfo } from '../engine/broker-transport.js';
import { clientCertificate } from './client-certificate.js';
import { BrokerError, type Listener } from './listener.js';
import type { SocketTable } from './socket-table.js';

export interface TlsListenerOptions {
  /** Address to listen on. */
  host: string;
  /** 0 for any free port. */
  port: number;
  /** The server's certificate chain, PEM. */
  cert: string | Uint8Array;
  /** Its private key, PEM. */
  key: string | Uint8Array;
  /** CA certificates that client certificates must come from, PEM. When given, clients are asked for a certificate. */
  ca?: string | Uint8Array;
  /** Refuse clients without a certificate of `ca` during the TLS handshake. */
  requireCertificate: boolean;
  /** Milliseconds for the TLS handshake, 1 to 2,147,483,647; then the socket is destroyed. Default 10,000. */
  handshakeTimeout?: number;
}

const HANDSHAKE_TIMEOUT = 10_000;

type Material = Omit<TlsListenerOptions, 'host' | 'port'>;

/**
 * Listens for MQTT over TLS 1.2 or later.
 *
 * @throws BrokerError `tls` for a certificate, key or CA that cannot be used, `options` for the handshake timeout, otherwise
 * for the address
 */
export async function listenTls(
  engine: BrokerEngine,
  sockets: SocketTable,
  { host, port, ...tls }: TlsListenerOptions,
): Promise<Listener> {
  const server = makeServer(tls);
  const accepted = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    accepted.add(socket);
    socket.on('close', () => accepted.delete(socket));
  });
  server.on('secureConnection', (socket) => {
    try {
      socket.setNoDelay(true);
      sockets.attach(socket, connectionInfo(socket));
    } catch (error) {
      refuse(engine, socket, `the connection cannot be served: ${(error as Error).message}`);
    }
  });
  server.on('tlsClientError', (error, socket) => refuse(engine, socket, handshakeFailure(error, socket)));

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const { code, message } = listenFailure(error, 'the broker', host, port);
      reject(new BrokerError(code, message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  // Later errors concern one connection that could not be accepted: without a listener they would end the process.
  server.on('error', (error) => engine.refused('unknown:0', `the connection was not accepted: ${error.message}`));
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await sockets.close();
      // The sockets that are left never finished their TLS handshake.
      for (const socket of accepted) socket.destroy();
      await closed;
    },
  };
}

/** Destroys the socket: after a handshake that ran out of time, Node only reports it. */
function refuse(engine: BrokerEngine, socket: TLSSocket, reason: string): void {
  engine.refused(remoteOf(socket), reason);
  socket.destroy();
}

function connectionInfo(socket: TLSSocket): ConnectionInfo {
  const version = socket.getProtocol() ?? undefined;
  return { remote: remoteOf(socket), tls: { version, certificate: clientCertificate(socket) } };
}

function makeServer({ cert, key, ca, requireCertificate, handshakeTimeout = HANDSHAKE_TIMEOUT }: Material) {
  if (!Number.isInteger(handshakeTimeout) || handshakeTimeout < 1 || handshakeTimeout > LONGEST_TIMER) {
    const message = `handshakeTimeout is ${handshakeTimeout}; use milliseconds from 1 to ${LONGEST_TIMER}`;
    throw new BrokerError('options', message);
  }
  const options: TlsOptions = {
    cert: text(cert),
    key: text(key),
    ca: ca && text(ca),
    minVersion: 'TLSv1.2',
    // Each renegotiation of TLS 1.2 is another handshake, and no deadline would end them.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    requestCert: ca !== undefined,
    rejectUnauthorized: requireCertificate,
    handshakeTimeout,
  };
  try {
    return createServer(options);
  } catch (error) {
    const reason = (error as Error).message;
    const advice = 'give cert, key and ca as PEM text, and the key that cert was made for';
    const message = `the broker's certificate or key cannot be used: ${reason}; ${advice}`;
    throw new BrokerError('tls', message, { cause: error });
  }
}

function text(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1');
}

function handshakeFailure(error: NodeJS.ErrnoException, socket: TLSSocket): string {
  if (socket.authorizationError) return `client certificate not accepted: ${socket.authorizationError}`;
  if (error.code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'the client sent no certificate';
  return `TLS handshake failed: ${error.message}`;
}

function remoteOf(socket: TLSSocket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}
