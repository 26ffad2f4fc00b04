import type { Rules } from '../engine/rules.js';
import { bindAddress, type Door } from './bind.js';
import { Entrance } from './entrance.js';
import { addressOf, handshakeTimeoutOf, type TcpListenOptions } from './listen-options.js';
import type { Listener } from './listener.js';
import type { Lobby } from './lobby.js';

/**
 * Listens for MQTT over plain TCP.
 *
 * @throws BrokerError `options`, otherwise for the address
 */
export async function listenTcp(lobby: Lobby, options: TcpListenOptions & { rules: Rules }): Promise<Listener> {
  const { protocol, host, port, beyondLoopback, handshakeTimeout, ...settings } = options;
  const address = addressOf({ host, port, beyondLoopback });
  const entrance = new Entrance(lobby, handshakeTimeoutOf({ handshakeTimeout }));
  const door: Door = { protocol, entrance, settings, welcome: (socket) => entrance.attach(socket, socket) };
  return await bindAddress(door, address);
}
