import type { ClientSession } from '../../core/index.js';

/** A message of QoS 1 or 2 that the application has and whose acknowledgement was not sent yet. */
export interface Receipt {
  readonly packetId: number;
  readonly qos: 1 | 2;
  /** It came on this connection; one that did not comes again (MQTT-4.4.0-1). */
  live: boolean;
  /** By the application; it is sent when those before it are. */
  acknowledged: boolean;
}

/**
 * Brings the acknowledgements of the application, which come in any order, into the order of the messages: PUBACK and PUBREC
 * each go in that in which the messages of their QoS came (MQTT-4.6.0-2, -3).
 */
export class Receipts {
  /** By QoS, in the order of the messages. */
  readonly #owed = { 1: new Set<Receipt>(), 2: new Set<Receipt>() };

  constructor(private readonly session: ClientSession) {}

  /** A new message. */
  add(packetId: number, qos: 1 | 2): Receipt {
    const receipt: Receipt = { packetId, qos, live: true, acknowledged: false };
    this.#owed[qos].add(receipt);
    return receipt;
  }

  /** The receipt of a message that came again and that the application of this connection does not have yet. */
  again(packetId: number): Receipt | undefined {
    for (const receipt of this.#owed[2]) {
      if (receipt.packetId !== packetId) continue;
      if (receipt.live) return undefined;
      receipt.live = true;
      return receipt;
    }
    return undefined;
  }

  /** The application has taken the message. What is over already changes nothing. */
  acknowledge(receipt: Receipt, now: number): void {
    const owed = this.#owed[receipt.qos];
    if (!owed.has(receipt)) return;
    receipt.acknowledged = true;
    if (!receipt.live) this.#send(receipt, now);
    for (const next of owed) {
      if (!next.live) continue;
      if (!next.acknowledged) return;
      this.#send(next, now);
    }
  }

  /**
   * The session was closed. A server sends again what was not acknowledged: QoS 1 as new messages; those of QoS 2 that the
   * application has taken are noted as such (4.3.3).
   */
  connectionLost(now: number): void {
    this.#owed[1].clear();
    for (const receipt of this.#owed[2]) {
      receipt.live = false;
      if (receipt.acknowledged) this.#send(receipt, now);
    }
  }

  /** The server has no session, so the messages do not come again. */
  clear(): void {
    this.#owed[1].clear();
    this.#owed[2].clear();
  }

  #send(receipt: Receipt, now: number): void {
    const { packetId, qos } = receipt;
    this.session.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 }, now);
    this.#owed[qos].delete(receipt);
  }
}
