import { type ClientSession, type PublishPacket, Result, SessionError } from '../core/index.js';

/** A message above QoS 0 that is not acknowledged yet. */
interface Incoming {
  readonly packetId: number;
  readonly qos: 1 | 2;
  readonly topic: string;
  readonly payload: Uint8Array;
  isDone: boolean;
}

/** Messages of a connection that ended that are looked for on the next one. */
const MOST_EARLIER = 1024;

/** Messages of the broker. They are acknowledged when they are taken, in their order (4.6.0-2, -3). */
export class IncomingMessages {
  readonly #owed = new Set<Incoming>();
  /** By packet id: those of QoS 1 of the connection before, unacknowledged. They come again under the same id (4.4.0-1). */
  readonly #earlier = new Map<number, Incoming>();
  #running = 0;
  #bytes = 0;

  /** Messages that are not taken yet. */
  get size(): number {
    return this.#running;
  }

  /** Bytes of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Whether the message came on the connection before and is in hand since, or was taken without the broker knowing. Then it is
   * acknowledged as that one, and is not to be taken again. Its id cannot stand for another message: it was not acknowledged. The
   * contents are compared for brokers that number their messages anew.
   */
  resume({ packetId = 0, dup, qos, topic, payload }: PublishPacket): boolean {
    const earlier = qos === 1 ? this.#earlier.get(packetId) : undefined;
    if (!earlier) return false;
    this.#earlier.delete(packetId);
    if (!dup || earlier.topic !== topic || Buffer.compare(earlier.payload, payload) !== 0) return false;
    this.#owed.add(earlier);
    return true;
  }

  /**
   * A new message.
   *
   * @param taken settles when it is safe elsewhere, or never will be
   * @param settled called then; calls `acknowledge`
   */
  add({ packetId = 0, qos, topic, payload }: PublishPacket, taken: Promise<void>, settled: () => void): void {
    const message: Incoming = { packetId, qos: qos as 1 | 2, topic, payload, isDone: false };
    if (qos > 0) this.#owed.add(message);
    this.#running++;
    this.#bytes += payload.length;
    taken.finally(() => {
      this.#running--;
      this.#bytes -= payload.length;
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

  /** The connection is over: messages of QoS 1 come again, those of QoS 2 as ones that the session knows (4.3.3). */
  lost(): void {
    for (const message of this.#owed) {
      if (message.qos === 2) continue;
      this.#owed.delete(message);
      this.#earlier.set(message.packetId, message);
    }
    for (const packetId of this.#earlier.keys()) {
      if (this.#earlier.size <= MOST_EARLIER) break;
      this.#earlier.delete(packetId);
    }
  }

  /** The broker has no session, so none comes again. */
  clear(): void {
    this.#owed.clear();
    this.#earlier.clear();
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
