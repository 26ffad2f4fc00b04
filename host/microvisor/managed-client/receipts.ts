import { type ClientSession, Result, SessionError } from '../../core/index.js';

/** A message of QoS 1 or 2 that the application has and whose acknowledgement was not sent yet. */
export interface Receipt {
  readonly packetId: number;
  readonly qos: 1 | 2;
  /** It came on this connection. One of an earlier connection comes again (MQTT-4.4.0-1). */
  live: boolean;
  /** The application has acknowledged it; the acknowledgement is sent after those before it. */
  acknowledged: boolean;
}

/**
 * Brings the acknowledgements of the application, which come in any order, into the order of the messages: PUBACK and
 * PUBREC are sent in the order in which the messages of their QoS came (MQTT-4.6.0-2, -3).
 */
export class Receipts {
  readonly #session: ClientSession;
  /** By QoS, in the order of the messages. */
  readonly #owed = { 1: new Set<Receipt>(), 2: new Set<Receipt>() };

  constructor(session: ClientSession) {
    this.#session = session;
  }

  /** A new message. */
  add(packetId: number, qos: 1 | 2): Receipt {
    const receipt: Receipt = { packetId, qos, live: true, acknowledged: false };
    this.#owed[qos].add(receipt);
    return receipt;
  }

  /** A message of QoS 2 came again. @returns its receipt when the application has to get it on this connection too */
  again(packetId: number, now: number): Receipt | undefined {
    const found = [...this.#owed[2]].find((receipt) => receipt.packetId === packetId && !receipt.live);
    if (!found) return undefined;
    found.live = true;
    if (!found.acknowledged) return found;
    this.#settle(2, now);
    return undefined;
  }

  /** The application has taken the message. Does nothing when no acknowledgement is owed. */
  acknowledge(receipt: Receipt, now: number): void {
    if (!this.#owed[receipt.qos].has(receipt)) return;
    receipt.acknowledged = true;
    this.#settle(receipt.qos, now);
  }

  /** The session was closed: unacknowledged messages come again, of QoS 1 as new ones, of QoS 2 as the same (4.3.3). */
  connectionLost(): void {
    this.#owed[1].clear();
    for (const receipt of this.#owed[2]) receipt.live = false;
  }

  /** The server has no session, so the messages do not come again. */
  clear(): void {
    this.#owed[1].clear();
    this.#owed[2].clear();
  }

  /** Sends the acknowledgements whose turn it is. One of an earlier connection waits only for those that have not come again either. */
  #settle(qos: 1 | 2, now: number): void {
    const waits = { live: false, earlier: false };
    for (const receipt of this.#owed[qos]) {
      const kind = receipt.live ? 'live' : 'earlier';
      waits[kind] ||= !receipt.acknowledged;
      if (!waits[kind]) this.#send(receipt, now);
    }
  }

  #send(receipt: Receipt, now: number): void {
    const { packetId, qos } = receipt;
    try {
      this.#session.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 }, now);
    } catch (error) {
      // A message before it has come again, which is not known here yet: this one is acknowledged after that one.
      if (error instanceof SessionError && error.code === Result.ACKNOWLEDGEMENT_ORDER) return;
      throw error;
    }
    this.#owed[qos].delete(receipt);
  }
}
