import { type MalformedPacketError, Result, type SessionError } from '../../core/index.js';
import type { ClientEvent } from './client-event.js';

/** How a connection ends. */
type Ending = Extract<ClientEvent, { type: 'refused' | 'flood' | 'closed' }>;

/**
 * What it means for the connection that the session or the decoder refused a packet of the broker.
 *
 * A CONNACK or DISCONNECT that breaks a rule ends the connection as one that breaks none does. The application gets its code,
 * because that is what people have to know.
 *
 * @param connecting true before CONNACK
 * @param maximumPacketSize bytes, as the CONNECT said
 */
export function endingOf(
  { code, receivedCode = 0, packetType, message }: SessionError | MalformedPacketError,
  connecting: boolean,
  maximumPacketSize: number,
): Ending {
  if (code === Result.NO_MEMORY) return { type: 'flood' };
  if (code === Result.PACKET_TOO_LARGE) {
    const reason = `the broker sent a ${packetType} larger than the Maximum Packet Size of this client, ${maximumPacketSize} bytes`;
    return { type: 'closed', reason: `${reason} (MQTT-3.1.2-24)`, reasonCode: 0 };
  }
  const ends = packetType === 'connack' || packetType === 'disconnect';
  if (ends && connecting && receivedCode > 0)
    return { type: 'refused', reasonCode: receivedCode, reasonString: message };
  const reason = `the broker sent a packet that breaks MQTT: ${message}`;
  return { type: 'closed', reason, reasonCode: ends ? receivedCode : 0 };
}
