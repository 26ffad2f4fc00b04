import { type DisconnectPacket, type Packet, ReasonCode } from '../../../core/index.js';
import { Violation } from '../violation.js';
import type { ConnectedClient } from './connected-client.js';
import { handleAcknowledgement, handlePublish } from './publish.js';
import { handleSubscribe } from './subscribe.js';
import { handleUnsubscribe } from './unsubscribe.js';

/** Does what a packet of an accepted client asks for. @throws Violation when the packet breaks a rule */
export function handlePacket(client: ConnectedClient, packet: Packet): void {
  try {
    handle(client, packet);
  } catch (error) {
    if (error instanceof Violation) error.packetType ??= packet.type;
    throw error;
  }
  client.waitForStore();
}

function handle(client: ConnectedClient, packet: Packet): void {
  switch (packet.type) {
    case 'publish':
      handlePublish(client, packet);
      break;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      handleAcknowledgement(client, packet);
      break;
    case 'subscribe':
      handleSubscribe(client, packet);
      break;
    case 'unsubscribe':
      handleUnsubscribe(client, packet);
      break;
    case 'pingreq':
      client.wire.send({ type: 'pingresp' });
      break;
    case 'disconnect':
      handleDisconnect(client, packet);
      break;
    case 'connect':
      throw new Violation(ReasonCode.protocolError, 'a second CONNECT on one connection (3.1.0-2)');
    case 'auth':
      throw new Violation(ReasonCode.protocolError, 'AUTH, and CONNECT named no authentication method (4.12.0-7)');
    default:
      throw new Violation(ReasonCode.protocolError, `a client may not send ${packet.type.toUpperCase()} here`);
  }
}

function handleDisconnect({ session, wire }: ConnectedClient, { reasonCode, properties }: DisconnectPacket): void {
  const expiry = properties?.sessionExpiryInterval;
  if (expiry !== undefined) {
    if (session.expiryInterval === 0 && expiry > 0) {
      throw new Violation(
        ReasonCode.protocolError,
        'DISCONNECT sets an expiry for a session that had none (3.14.2.2.2)',
      );
    }
    session.expiryInterval = expiry;
  }
  // Reason 0 discards the will, every other one publishes it (3.14.4-3).
  if (reasonCode === 0) session.will.discard();
  wire.closeByClient(reasonCode);
}
