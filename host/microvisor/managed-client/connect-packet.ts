import type { ConnectPacket } from '../../core/index.js';
import type { MqttClientOptions } from './connect-request.js';
import type { SessionSettings } from './session-store.js';

/**
 * The CONNECT of a connection. What the client can hold is said in properties, which 3.1.1 does not have: there no size of packet
 * is refused, because the broker cannot know of a limit, and a message that does not fit the receive buffer is lost.
 *
 * @param maximumPacketSize bytes of the largest packet that the broker may send
 */
export function connectPacket(
  options: MqttClientOptions,
  { messagesInFlight, topicAliases, sessionExpiryInterval }: SessionSettings,
  maximumPacketSize: number,
): ConnectPacket {
  const connect = { type: 'connect', ...options } as const;
  if (options.protocolVersion < 5) return connect;
  const properties = {
    receiveMaximum: messagesInFlight,
    maximumPacketSize,
    topicAliasMaximum: topicAliases || undefined,
    sessionExpiryInterval: sessionExpiryInterval || undefined,
  };
  return { ...connect, properties };
}
