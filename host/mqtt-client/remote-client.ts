import {
  ClientSession,
  type ClientSessionEvent,
  MqttError,
  type Packet,
  ReasonCode,
  Result,
  refusalWords,
  SessionError,
} from '../core/index.js';
import { type CarriedMessage, forwardedProperties } from './carried-message.js';
import { IncomingMessages } from './incoming-messages.js';
import { OutgoingMessages, type RemoteLimits } from './outgoing-messages.js';
import { markPrivate } from './private-connect.js';
import type { RemoteClientEvents, RemoteClientOptions } from './remote-client-options.js';
import { RemoteSubscriptions } from './remote-subscriptions.js';

/** Messages and subscriptions in flight to the broker. */
const SEND_CAPACITY = 64;
/** Bytes that are decoded at a time. */
const PIECE = 4096;
/** Messages in such a piece: a PUBLISH above QoS 0 has seven bytes at least. */
const PIECE_MESSAGES = 600;
const DEFAULT_MOST = { messages: 100, bytes: Number.POSITIVE_INFINITY };

/**
 * The client of the broker, connection after connection: bytes and the time in, bytes and events out. With a clean start each
 * connection has a session of its own; otherwise the session, and what is in flight, goes on.
 */
export class RemoteClient {
  readonly #options: RemoteClientOptions;
  readonly #events: RemoteClientEvents;
  readonly #outgoing: OutgoingMessages;
  readonly #subscriptions: RemoteSubscriptions;
  #incoming = new IncomingMessages();
  #session: ClientSession;
  #state: 'closed' | 'connecting' | 'connected' = 'closed';
  #isPrivate = false;
  #limits: RemoteLimits = { maximumQoS: 2, retainAvailable: true };
  /** Input that waits: enough is in hand. */
  #input: Uint8Array[] = [];
  #output: Uint8Array[] = [];

  constructor(options: RemoteClientOptions, events: RemoteClientEvents) {
    this.#options = options;
    this.#events = events;
    const { connect, filters } = options;
    this.#outgoing = new OutgoingMessages(connect.protocolVersion, options.largest);
    this.#subscriptions = new RemoteSubscriptions(connect.protocolVersion, filters);
    this.#session = this.#newSession();
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** False while the network should be read no further. */
  get isReading(): boolean {
    return this.#input.length === 0;
  }

  /**
   * The transport is up: puts CONNECT into the output.
   *
   * @param isPrivate says that this is a bridge, which MQTT before 5 has no word for
   */
  open(isPrivate: boolean, now: number): void {
    const { connect } = this.#options;
    if (connect.cleanStart) {
      this.#session = this.#newSession();
      this.#outgoing.begin();
      this.#incoming = new IncomingMessages();
    }
    this.#state = 'connecting';
    this.#isPrivate = isPrivate && connect.protocolVersion < 5;
    this.#session.send(connect, now);
    this.#flush();
    if (this.#isPrivate) markPrivate(this.#output[0]);
  }

  receive(bytes: Uint8Array, now: number): void {
    if (this.#state === 'closed') return;
    this.#input.push(bytes);
    this.#takeInput(now);
    this.tick(now);
  }

  /** The transport is gone. */
  lost(): void {
    this.#state = 'closed';
    this.#input = [];
    this.#output = [];
    this.#subscriptions.lost();
    this.#session.close();
    if (!this.#options.keepsQoS0) this.#outgoing.lost();
    this.#incoming.lost();
  }

  /** Resolves when the broker has the message; with the problem when it was dropped. QoS 0 ends without a connection, unless it is to wait. */
  async publish(message: CarriedMessage): Promise<string | undefined> {
    if (message.qos === 0 && !this.isConnected && !this.#options.keepsQoS0) return undefined;
    const done = this.#outgoing.add(message);
    this.#events.changed();
    return done;
  }

  /** Puts DISCONNECT into the output, after what was published. */
  disconnect(now: number): void {
    if (this.isConnected) this.#attempt(() => this.#session.send({ type: 'disconnect', reasonCode: 0 }, now), now);
    this.#flush();
  }

  /** Sends what is due or waits. */
  tick(now: number): void {
    if (this.#state === 'closed') return;
    // The broker is not silent while there is something of it to read.
    if (!this.isReading) this.#session.arrived(now);
    this.#attempt(() => {
      // The deadline of CONNACK counts before there is a connection.
      if (this.#state === 'connecting') this.#session.tick(now);
      else this.#sendWaiting(now);
    }, now);
    this.#flush();
  }

  nextDeadline(now: number): number | undefined {
    return this.#state === 'closed' ? undefined : this.#session.nextDeadline(now);
  }

  takeOutput(): Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #flush(): void {
    this.#output.push(...this.#session.takeOutput());
  }

  #sendWaiting(now: number): void {
    // As mosquitto: what was under way may take long.
    this.#subscriptions.send(this.#session, now);
    this.#outgoing.send(this.#session, this.#limits, now, () => this.#events.isSlow());
  }

  #takeInput(now: number): void {
    const { messages, bytes: most } = this.#options.most ?? DEFAULT_MOST;
    const isFull = () => this.#incoming.size >= messages || this.#incoming.bytes >= most;
    while (this.#input.length > 0 && !isFull() && this.#state !== 'closed') {
      const bytes = this.#input.shift()!;
      const piece = bytes.subarray(0, PIECE);
      if (bytes.length > PIECE) this.#input.unshift(bytes.subarray(PIECE));
      this.#attempt(() => {
        for (const event of this.#session.receive(piece, now)) this.#handle(event, now);
      }, now);
    }
  }

  /** What the session refuses ends the connection; what came before in the same piece is handled. */
  #attempt(work: () => void, now: number): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SessionError || error instanceof MqttError)) throw error;
      if ('events' in error) for (const event of error.events as ClientSessionEvent[]) this.#handle(event, now);
      if (this.#state !== 'closed') this.#refuse(error, now);
    }
  }

  #refuse(error: SessionError | MqttError, now: number): void {
    const { reasonCode = ReasonCode.unspecifiedError } = error;
    const isTimeout = error instanceof SessionError && error.code === Result.RESPONSE_TIMEOUT;
    try {
      if (this.isConnected && this.#options.connect.protocolVersion === 5) {
        this.#session.send({ type: 'disconnect', reasonCode }, now);
        this.#flush();
      }
    } catch {
      // It ends without DISCONNECT.
    }
    this.#end(isTimeout ? 'the broker does not answer' : error.message);
  }

  #end(reason: string, isPrivateRefused = false): void {
    this.#state = 'closed';
    this.#events.failed(reason, isPrivateRefused);
  }

  #handle(event: ClientSessionEvent, now: number): void {
    // The connection has ended with a packet before this one.
    if (this.#state === 'closed') return;
    const { type, packet } = event;
    switch (packet.type) {
      case 'connack':
        this.#connack(packet);
        break;
      case 'publish':
        this.#message(type, packet, now);
        break;
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        this.#outgoing.answered(type, packet.packetId, packet.reasonCode);
        break;
      case 'suback':
      case 'unsuback':
        for (const { topicFilter, reasonCode } of this.#subscriptions.answered(packet)) {
          if (reasonCode >= 0x80) this.#events.notSubscribed(topicFilter, reasonCode);
          else this.#events.subscribed?.(topicFilter);
        }
        break;
      case 'disconnect':
        this.#end(`the broker said ${this.#words(packet.reasonCode, packet.properties?.reasonString)}`);
    }
  }

  #connack({ reasonCode, sessionPresent, properties }: Extract<Packet, { type: 'connack' }>): void {
    if (reasonCode !== 0) {
      const reason = `the broker refused the bridge: ${this.#words(reasonCode, properties?.reasonString)}`;
      this.#end(reason, this.#isPrivate && reasonCode === 1);
      return;
    }
    this.#state = 'connected';
    this.#limits = {
      maximumQoS: (properties?.maximumQoS ?? 2) as 0 | 1 | 2,
      retainAvailable: properties?.retainAvailable !== 0,
    };
    if (!sessionPresent) {
      this.#outgoing.begin();
      this.#incoming.clear();
    }
    this.#subscriptions.begin();
    this.#events.connected(sessionPresent);
  }

  #message(type: ClientSessionEvent['type'], packet: Extract<Packet, { type: 'publish' }>, now: number): void {
    const incoming = this.#incoming;
    if (type === 'duplicate') {
      incoming.acknowledge(this.#session, now);
      return;
    }
    if (incoming.resume(packet)) {
      this.#events.changed();
      return;
    }
    const { topic, payload, qos, retain, dup, properties } = packet;
    const message = { topic, payload, qos, retain, properties: forwardedProperties(properties) };
    incoming.add(packet, this.#events.message(message, dup), () => this.#events.changed());
  }

  /** After `changed`: sends acknowledgements, and takes input that waited for them. */
  settle(now: number): void {
    this.#attempt(() => this.#incoming.acknowledge(this.#session, now), now);
    if (this.#state !== 'closed') this.#takeInput(now);
    this.tick(now);
  }

  #words(reasonCode: number, reason: string | undefined): string {
    const words = refusalWords(this.#options.connect.protocolVersion, reasonCode);
    return reason === undefined ? words : `${words}: ${reason}`;
  }

  #newSession(): ClientSession {
    const { messages } = this.#options.most ?? DEFAULT_MOST;
    return new ClientSession({
      sendCapacity: SEND_CAPACITY,
      // Receive Maximum keeps a broker of MQTT 5 within it. Before, a broker may send what fits into one more piece of input.
      receiveCapacity: messages + PIECE_MESSAGES,
      manualAcknowledgement: true,
      // What an earlier process of this client left at the broker.
      adoptSession: true,
    });
  }
}
