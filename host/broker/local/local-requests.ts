import {
  ClientSession,
  type ClientSessionEvent,
  type ConnectPacket,
  type Packet,
  Result,
  SessionError,
} from '../../core/index.js';
import { LocalClientError } from './local-client-error.js';
import type { LocalLink } from './local-link.js';

/** A packet that waits: to be sent, or for its answer. */
interface Request {
  readonly packet: Packet;
  resolve(): void;
  reject(error: LocalClientError): void;
}

/** Requests that wait for their answers at a time; more wait to be sent. */
const IN_FLIGHT = 64;

/** What the session takes later: after an answer to another request. */
const LATER: readonly number[] = [Result.RECEIVE_MAXIMUM_REACHED, Result.NO_MEMORY];

/** The requests of a local client, each with its promise, over the core's session. */
export class LocalRequests {
  readonly #link: LocalLink;
  readonly #session: ClientSession;
  readonly #maximumQueued: number;
  #connect: { resolve(sessionPresent: boolean): void; reject(error: LocalClientError): void } | undefined;
  #queue: Request[] = [];
  readonly #waiting = new Map<number, Request>();
  /** QoS 0: the broker has them; they resolve in the next turn, so that who waits for them lets others have theirs. */
  #taken: Request[] = [];
  #reason: string | undefined;

  /**
   * @param window messages above QoS 0 that the client takes unacknowledged
   * @param maximumQueued requests that may wait to be sent
   */
  constructor(link: LocalLink, window: number, maximumQueued: number) {
    this.#link = link;
    this.#maximumQueued = maximumQueued;
    this.#session = new ClientSession({
      sendCapacity: IN_FLIGHT,
      receiveCapacity: window,
      manualAcknowledgement: true,
      adoptSession: true,
    });
  }

  /** @returns Session Present. @throws LocalClientError */
  connect(packet: ConnectPacket): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#connect = { resolve, reject };
      try {
        this.#session.send(packet, this.#link.now);
      } catch (error) {
        this.#link.close();
        reject(invalid(packet, error));
        return;
      }
      this.#flush();
    });
  }

  /** Resolves with the answer of the broker. @throws LocalClientError */
  send(packet: Packet): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = { packet, resolve, reject };
      if (this.#reason !== undefined) reject(closed(this.#reason));
      else if (this.#queue.length >= this.#maximumQueued) reject(full(this.#maximumQueued));
      else if (this.#queue.length > 0 || !this.#trySend(request)) this.#queue.push(request);
      this.#flush();
    });
  }

  acknowledge(packet: Packet): void {
    if (this.#reason !== undefined) return;
    try {
      this.#session.send(packet, this.#link.now);
      this.#flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes bytes of the broker. Returns what they mean, in order. */
  receive(bytes: Uint8Array): ClientSessionEvent[] {
    if (this.#reason !== undefined) return [];
    try {
      const events = this.#session.receive(bytes, this.#link.now);
      for (const event of events) this.#answer(event);
      return events;
    } catch (error) {
      this.#fail(error);
      return [];
    }
  }

  /** Broker and client do not understand each other, which is a fault of this program: the connection ends, nothing else. */
  #fail(error: unknown): void {
    this.#reason = (error as Error).message;
    this.#link.close();
  }

  /** A turn of the event loop: what was taken is done, what waited is sent. */
  turn(): void {
    for (const { resolve } of this.#taken.splice(0)) resolve();
    while (this.#queue.length > 0 && this.#reason === undefined) {
      if (!this.#trySend(this.#queue[0])) break;
      this.#queue.shift();
    }
    this.#flush();
  }

  close(): void {
    if (this.#reason !== undefined) return;
    this.#reason = 'the local client closed';
    if (this.#session.state === 'connected') {
      this.#session.send({ type: 'disconnect', reasonCode: 0 }, this.#link.now);
      this.#flush();
    }
    this.#link.close();
  }

  /** The connection is over: rejects what waits. Returns the reason. */
  end(): string {
    this.#reason ??= 'the broker ended the connection';
    this.#session.close();
    const error = closed(this.#reason);
    for (const { resolve } of this.#taken.splice(0)) resolve();
    for (const { reject } of [...this.#queue.splice(0), ...this.#waiting.values()]) reject(error);
    this.#waiting.clear();
    this.#connect?.reject(error);
    return this.#reason;
  }

  /** False when the session takes it later. One that it never takes is rejected. */
  #trySend(request: Request): boolean {
    const { packet } = request;
    try {
      const packetId = this.#session.send(packet, this.#link.now);
      if (packetId > 0) this.#waiting.set(packetId, request);
      else this.#taken.push(request);
    } catch (error) {
      if (error instanceof SessionError && LATER.includes(error.code)) return false;
      request.reject(invalid(packet, error));
    }
    return true;
  }

  #flush(): void {
    for (const bytes of this.#session.takeOutput()) this.#link.receive(bytes);
    if (this.#taken.length > 0) this.#link.schedule();
  }

  #answer({ type, packet }: ClientSessionEvent): void {
    switch (packet.type) {
      case 'connack':
        this.#connected(packet);
        break;
      case 'suback':
      case 'unsuback':
        this.#answered(packet.packetId, packet.reasonCodes[0], packet.properties?.reasonString);
        break;
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        if (type === 'published') this.#answered(packet.packetId, packet.reasonCode, packet.properties?.reasonString);
        break;
      case 'disconnect':
        this.#reason = packet.properties?.reasonString ?? `the broker sent DISCONNECT ${hex(packet.reasonCode)}`;
    }
  }

  #connected({ reasonCode, sessionPresent, properties }: Extract<Packet, { type: 'connack' }>): void {
    const waiting = this.#connect;
    this.#connect = undefined;
    if (reasonCode === 0) waiting?.resolve(sessionPresent);
    else waiting?.reject(refused('CONNECT', reasonCode, properties?.reasonString));
  }

  #answered(packetId: number, reasonCode: number, reason: string | undefined): void {
    const request = this.#waiting.get(packetId);
    this.#waiting.delete(packetId);
    if (reasonCode < 0x80) request?.resolve();
    else request?.reject(refused(request.packet.type.toUpperCase(), reasonCode, reason));
  }
}

function hex(reasonCode: number): string {
  return `0x${reasonCode.toString(16).toUpperCase().padStart(2, '0')}`;
}

function refused(what: string, reasonCode: number, reason: string | undefined): LocalClientError {
  const because = reason === undefined ? '' : `: ${reason}`;
  return new LocalClientError('refused', `the broker refused ${what} with ${hex(reasonCode)}${because}`, reasonCode);
}

function closed(reason: string): LocalClientError {
  return new LocalClientError('closed', `the local client is not connected: ${reason}; connect again`);
}

function full(maximum: number): LocalClientError {
  const text = `${maximum} requests of this local client wait already; wait for their promises`;
  return new LocalClientError('queue-full', text);
}

function invalid({ type }: Packet, cause: unknown): LocalClientError {
  const text = `the local client cannot send ${type}: ${(cause as Error).message}; correct the request`;
  return new LocalClientError('invalid', text, undefined, { cause });
}
