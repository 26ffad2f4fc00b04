import {
  type ClientSession,
  type ClientSessionEvent,
  type ProtocolVersion,
  type PublishPacket,
  type QoS,
  Result,
  SessionError,
} from '../core/index.js';
import type { CarriedMessage } from './carried-message.js';

/** A message on its way to the broker. */
interface Outgoing {
  packet: PublishPacket;
  /** PUBREC came: only the PUBREL is sent again. */
  isAccepted: boolean;
  /** @param problem why it was dropped */
  done(problem?: string): void;
}

/** What the broker said in CONNACK that it takes. */
export interface RemoteLimits {
  maximumQoS: QoS;
  retainAvailable: boolean;
}

/** What the session takes later: after an answer, or when the messages of the connection before are sent. */
const LATER: readonly number[] = [Result.RECEIVE_MAXIMUM_REACHED, Result.RESEND_PENDING, Result.NO_MEMORY];
/** Bytes of a PUBLISH besides topic, payload and properties, at most. */
const HEAD = 12;

/** Messages for the broker: sent in their order, again after a reconnect, and done when the broker has them. */
export class OutgoingMessages {
  readonly #version: ProtocolVersion;
  readonly #largest: number;
  #queue: Outgoing[] = [];
  /** By packet id, in the order in which they were sent. */
  #sent = new Map<number, Outgoing>();

  /** @param largest bytes of a packet */
  constructor(version: ProtocolVersion, largest: number) {
    this.#version = version;
    this.#largest = largest;
  }

  /** Resolves when the broker has the message; with the problem when it was dropped. */
  add({ topic, payload, qos, retain, properties }: CarriedMessage): Promise<string | undefined> {
    const packet: PublishPacket = { type: 'publish', topic, payload, qos, retain, dup: false };
    if (this.#version === 5) packet.properties = properties;
    return new Promise((resolve) => {
      this.#queue.push({ packet, isAccepted: false, done: resolve });
    });
  }

  /** Sends what the session takes, while the network does. @throws SessionError when a message cannot be sent again: the session cannot go on */
  send(session: ClientSession, limits: RemoteLimits, now: number, isSlow: () => boolean): void {
    for (let packetId = session.tick(now); packetId !== undefined; packetId = session.tick(now)) {
      session.send({ ...this.#sent.get(packetId)!.packet, packetId, dup: true }, now);
    }
    while (this.#queue.length > 0 && !isSlow()) {
      if (!this.#trySend(session, this.#queue[0], limits, now)) return;
      this.#queue.shift();
    }
  }

  /** An answer of the broker. */
  answered(event: ClientSessionEvent['type'], packetId: number, reasonCode: number): void {
    const message = this.#sent.get(packetId);
    if (!message) return;
    if (event === 'accepted') message.isAccepted = true;
    if (event !== 'published') return;
    this.#sent.delete(packetId);
    message.done(reasonCode < 0x80 ? undefined : `the broker refused it with 0x${reasonCode.toString(16)}`);
  }

  /**
   * The broker has no session: what it has not acknowledged is sent as new. A message that it has accepted is with it already
   * (4.3.3).
   */
  begin(): void {
    const unfinished = [...this.#sent.values()];
    this.#sent = new Map();
    for (const { isAccepted, done } of unfinished) if (isAccepted) done();
    this.#queue = [...unfinished.filter(({ isAccepted }) => !isAccepted), ...this.#queue];
  }

  /** The connection is over: QoS 0 ends with it. */
  lost(): void {
    const [passing, kept] = [this.#queue.filter(isPassing), this.#queue.filter((message) => !isPassing(message))];
    this.#queue = kept;
    for (const { done } of passing) done();
  }

  /** False when the session takes the message later. */
  #trySend(session: ClientSession, message: Outgoing, limits: RemoteLimits, now: number): boolean {
    const { packet } = message;
    const size = Buffer.byteLength(packet.topic) + packet.payload.length + HEAD;
    if (size > this.#largest) {
      message.done(`it is larger than ${this.#largest} bytes`);
      return true;
    }
    const qos = Math.min(packet.qos, limits.maximumQoS) as QoS;
    try {
      const retain = packet.retain && limits.retainAvailable;
      const packetId = session.send({ ...packet, qos, retain }, now);
      message.packet = { ...packet, qos, retain };
      if (qos === 0) message.done();
      else this.#sent.set(packetId, message);
    } catch (error) {
      if (error instanceof SessionError && LATER.includes(error.code)) return false;
      message.done((error as Error).message);
    }
    return true;
  }
}

function isPassing({ packet }: Outgoing): boolean {
  return packet.qos === 0;
}
