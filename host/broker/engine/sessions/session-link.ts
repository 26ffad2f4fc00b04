import type { ProtocolVersion } from '../../../core/index.js';
import type { Delivery, Reply } from '../message.js';

/** The network connection as its session sees it. */
export interface Link {
  readonly protocolVersion: ProtocolVersion;
  /** Most messages of QoS 1 and 2 that the client accepts unacknowledged. */
  readonly receiveMaximum: number;
  /** The network is behind: call `pump` once it has caught up. */
  isSlow(): boolean;
  /** False when the packet is larger than the client accepts: nothing was sent. */
  send(packet: Reply): boolean;
  /** What is sent from now on depends on what was recorded in the journal until now. */
  waitForJournal(): void;
  /** Sends a message. False when it is larger than the client accepts: nothing was sent. @param packetId undefined for QoS 0 */
  sendMessage(delivery: Delivery, packetId: number | undefined, dup: boolean): boolean;
  /** Closes: another connection came with the same client id (3.1.4-3). */
  takenOver(): void;
  /** Says why (MQTT 5) and closes. @param serverReference another server for the client (4.11) */
  closeByServer(reasonCode: number, reason: string, serverReference?: string): void;
}
