import { createServer } from 'node:tls';
import type { Rules } from '../../engine/rules.js';
import { bindAddress, type Door } from '../bind.js';
import { Entrance } from '../entrance.js';
import { addressOf, handshakeTimeoutOf, type TlsListenOptions } from '../listen-options.js';
import type { Listener } from '../listener.js';
import type { Lobby } from '../lobby.js';
import { ServerCredentials } from './server-credentials.js';
import { tlsInfo, watchHandshakes } from './tls-events.js';

/**
 * Listens for MQTT over TLS 1.2 or later.
 *
 * @throws BrokerError `tls` for certificates, keys, CAs and CRLs that cannot be used, `options`, otherwise for the address
 */
export async function listenTls(lobby: Lobby, options: TlsListenOptions & { rules: Rules }): Promise<Listener> {
  const { protocol, host, port, beyondLoopback, handshakeTimeout, tls, ...settings } = options;
  const address = addressOf({ host, port, beyondLoopback });
  const entrance = new Entrance(lobby, handshakeTimeoutOf({ handshakeTimeout }));
  const credentials = new ServerCredentials(tls);
  const server = createServer(credentials.options);
  watchHandshakes(server, entrance, credentials);
  server.on('secureConnection', (socket) => entrance.attach(socket, socket, () => tlsInfo(socket, credentials)));
  const welcome: Door['welcome'] = (socket) => server.emit('connection', socket);
  return await bindAddress({ protocol, entrance, credentials, settings, welcome }, address);
}
