import type { Server, TLSSocket } from 'node:tls';
import type { ConnectionInfo } from '../../engine/broker-transport.js';
import type { Entrance } from '../entrance.js';
import { clientCertificate } from './client-certificate.js';
import type { ServerCredentials } from './server-credentials.js';

/**
 * Reports handshakes that fail, and destroys their sockets: Node only tells that they failed. Attaches the server to its
 * credentials.
 *
 * @param server never listens: connections are handed to it as events
 */
export function watchHandshakes(server: Server, entrance: Entrance, credentials: ServerCredentials): void {
  credentials.serve(server);
  server.on('secureConnection', (socket) => {
    const objection = credentials.objectionTo(socket);
    if (objection !== undefined) entrance.refuse(socket, objection);
  });
  server.on('tlsClientError', (error, socket) => {
    entrance.refuse(socket, credentials.refusalOf(socket) ?? handshakeFailure(error));
  });
}

/** What the engine is told about TLS. */
export function tlsInfo(socket: TLSSocket, credentials: ServerCredentials): ConnectionInfo['tls'] {
  return {
    version: socket.getProtocol() ?? undefined,
    certificate: clientCertificate(socket, credentials.decides || socket.authorized),
    serverName: socket.servername || undefined,
    applicationProtocol: socket.alpnProtocol || undefined,
  };
}

function handshakeFailure(error: NodeJS.ErrnoException): string {
  if (error.code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'the client sent no certificate';
  return `TLS handshake failed: ${error.message}`;
}
