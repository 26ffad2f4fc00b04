import { type ClientSession, type PublishPacket, Result, SessionError } from '../../core/index.js';

/** A message above QoS 0 that the own broker does not have yet. */
interface Incoming {
  readonly packetId: number;
  readonly qos: 1 | 2;
  isDone: boolean;
}

/** Messages of the other broker that the own one takes. They are acknowledged when it has them, in their order (4.6.0-2, -3). */
export class IncomingMessages {
  readonly #owed = new Set<Incoming>();
  #running = 0;

  /** Messages that the own broker does not have yet. */
  get size(): number {
    return this.#running;
  }

  /**
   * A new message.
   *
   * @param taken settles when the own broker has it, or never will
   * @param settled called then; calls `acknowledge`
   */
  add({ packetId = 0, qos }: PublishPacket, taken: Promise<void>, settled: () => void): void {
    const message: Incoming = { packetId, qos: qos as 1 | 2, isDone: false };
    if (qos > 0) this.#owed.add(message);
    this.#running++;
    taken.finally(() => {
      this.#running--;
      message.isDone = true;
      settled();
    });
  }

  /** Sends the acknowledgements whose turn it is. */
  acknowledge(session: ClientSession, now: number): void {
    for (const message of this.#owed) {
      // One of 3.1.1 and 5 alike: PUBACKs do not wait for PUBRECs, and the session knows the order.
      if (message.isDone && this.#send(session, message, now)) this.#owed.delete(message);
    }
  }

  /** The connection is over: messages of QoS 1 come again as new ones, those of QoS 2 as the same (4.3.3). */
  lost(): void {
    for (const message of this.#owed) if (message.qos === 1) this.#owed.delete(message);
  }

  /** The other broker has no session, so none comes again. */
  clear(): void {
    this.#owed.clear();
  }

  /** False when an earlier message has to be acknowledged first. */
  #send(session: ClientSession, { qos, packetId }: Incoming, now: number): boolean {
    try {
      session.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 }, now);
      return true;
    } catch (error) {
      if (error instanceof SessionError && error.code === Result.ACKNOWLEDGEMENT_ORDER) return false;
      throw error;
    }
  }
}
