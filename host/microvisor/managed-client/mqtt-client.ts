import {
  type ClientSessionEvent,
  MalformedPacketError,
  MqttError,
  type Packet,
  type PublishPacket,
  type QoS,
  ReasonCode,
  Result,
  SessionError,
  type SubscribePacket,
  type Subscription,
  type UnsubscribePacket,
} from '../../core/index.js';
import { isBadValue } from './bad-value.js';
import { endingOf } from './broker-fault.js';
import type { ClientEvent } from './client-event.js';
import { connectPacket } from './connect-packet.js';
import type { MqttClientOptions } from './connect-request.js';
import type { Receipt } from './receipts.js';
import type { MqttSession } from './session-store.js';

/** The session takes the message later: after an answer, or when the messages of the connection before are sent. */
const LATER: number[] = [Result.RECEIVE_MAXIMUM_REACHED, Result.RESEND_PENDING];
const NO_EVENTS: readonly ClientEvent[] = [];

/**
 * The managed MQTT client: one connection of a session, packets in and out as bytes, time as a parameter. The core's session
 * knows the rules of MQTT; the client keeps the requests that wait for their answers.
 *
 * `receive` and `tick` return the events since the last of them, those of requests included.
 */
export class MqttClient {
  readonly #options: MqttClientOptions;
  readonly #session: MqttSession;
  readonly #maximumPacketSize: number;
  readonly #subscriptions = new Map<number, { id: number; count: number }>();
  /** Publishes above QoS 0 that wait for room or for the broker's Receive Maximum (MQTT 5, 4.9). */
  #queue: { packet: PublishPacket; id: number }[] = [];
  #events: ClientEvent[] = [];
  #state: 'connecting' | 'connected' | 'closed' = 'connecting';

  /** @param maximumPacketSize bytes of the largest packet that the broker may send (MQTT 5) */
  constructor(options: MqttClientOptions, session: MqttSession, maximumPacketSize: number) {
    this.#options = options;
    this.#session = session;
    this.#maximumPacketSize = maximumPacketSize;
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  /**
   * Puts CONNECT into the output. Call it once, before anything else.
   *
   * @throws MqttError, TypeError or RangeError for values that MQTT does not allow
   */
  start(now: number): void {
    const { core, settings } = this.#session;
    core.send(connectPacket(this.#options, settings, this.#maximumPacketSize), now);
  }

  subscribe(id: number, subscriptions: Subscription[], now: number): void {
    this.#subscription(id, { type: 'subscribe', packetId: 0, subscriptions }, subscriptions.length, now);
  }

  unsubscribe(id: number, topicFilters: string[], now: number): void {
    this.#subscription(id, { type: 'unsubscribe', packetId: 0, topicFilters }, topicFilters.length, now);
  }

  publish(id: number, message: { topic: string; payload: Uint8Array; qos: QoS; retain: boolean }, now: number): void {
    const packet: PublishPacket = { type: 'publish', dup: false, ...message };
    if (message.qos > 0) {
      this.#queue.push({ packet, id });
      this.#sendQueued(now);
    } else if (this.#send(id, packet, now) !== undefined) {
      this.#events.push({ type: 'published', id, reasonCode: 0 });
    }
  }

  /** The application has taken a message, maybe of an earlier connection; acknowledgements are sent in the order of the messages. */
  acknowledge(receipt: Receipt, now: number): void {
    this.#acknowledging(() => this.#session.receipts.acknowledge(receipt, now), now);
  }

  /** Puts DISCONNECT into the output, if it can be sent, after which the transport is to be ended. Never throws. */
  disconnect(now: number, reasonCode = 0): void {
    try {
      if (this.connected) this.#session.core.send({ type: 'disconnect', reasonCode }, now);
    } catch (error) {
      // A CONNECT from a broker is refused with a code that DISCONNECT does not have (3.14.2-1). Otherwise the broker takes
      // no packet of this size: the connection ends without DISCONNECT.
      if (error instanceof MqttError && reasonCode > ReasonCode.protocolError)
        this.disconnect(now, ReasonCode.protocolError);
    }
    this.#state = 'closed';
  }

  /** The connection is over; the session is free for another one. */
  close(): void {
    this.#state = 'closed';
    this.#session.close();
  }

  /** Bytes from the server, in any fragments. Never throws: what fails ends the connection, with a `closed` event. */
  receive(bytes: Uint8Array, now: number): readonly ClientEvent[] {
    if (this.#state === 'closed') return this.takeEvents();
    this.#attempt(() => this.#take(bytes, now), now);
    return this.tick(now);
  }

  /** Sends what is due: PINGREQ, messages of the connection before, publishes that waited. Never throws, as `receive`. */
  tick(now: number): readonly ClientEvent[] {
    if (this.connected) this.#attempt(() => this.#sendDue(now), now);
    return this.takeEvents();
  }

  /** The time of the next `tick`, in milliseconds; undefined when nothing is due. */
  nextDeadline(now: number): number | undefined {
    return this.connected ? this.#session.core.nextDeadline(now) : undefined;
  }

  takeOutput(): Uint8Array[] {
    return this.#session.core.takeOutput();
  }

  /** What neither `receive` nor `tick` has returned yet. */
  takeEvents(): readonly ClientEvent[] {
    if (this.#events.length === 0) return NO_EVENTS;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The last catch of the connection: a fault of this program ends it, not the process. */
  #attempt(work: () => void, now: number): void {
    try {
      work();
    } catch (error) {
      this.#fail(`internal error: ${(error as Error)?.message}`, ReasonCode.implementationSpecificError, now);
    }
  }

  #take(bytes: Uint8Array, now: number): void {
    try {
      for (const event of this.#session.core.receive(bytes, now)) this.#handle(event, now);
    } catch (error) {
      if (!(error instanceof SessionError || error instanceof MalformedPacketError)) throw error;
      for (const event of error.events) this.#handle(event, now);
      this.#refused(error, now);
    }
  }

  #sendDue(now: number) {
    try {
      this.#resend(now);
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      if (error.code === Result.RESPONSE_TIMEOUT) {
        const reason = `no answer to PINGREQ within ${this.#session.settings.pingTimeout} ms`;
        return this.#fail(reason, error.reasonCode, now);
      }
      // The broker takes less than on the connection before: the session cannot go on.
      this.#session.held = false;
      return this.#fail(`a message cannot be sent again: ${error.message}`, undefined, now);
    }
    this.#sendQueued(now);
  }

  #handle({ type, packet }: ClientSessionEvent, now: number) {
    switch (packet.type) {
      case 'connack':
        return this.#connack(packet);
      case 'suback':
      case 'unsuback':
        return this.#subscriptionAnswer(packet.type, packet.packetId, packet.reasonCodes);
      case 'publish':
        return this.#message(type, packet, now);
      case 'puback':
      case 'pubrec':
      case 'pubcomp':
        return this.#publishAnswer(type, packet.packetId, packet.reasonCode);
      case 'disconnect':
        this.#state = 'closed';
        this.#events.push({ type: 'closed', reason: 'the broker sent DISCONNECT', reasonCode: packet.reasonCode });
    }
  }

  #connack({ reasonCode, sessionPresent, properties }: Extract<Packet, { type: 'connack' }>): void {
    if (reasonCode !== 0) {
      this.#state = 'closed';
      this.#events.push({ type: 'refused', reasonCode, reasonString: properties?.reasonString });
      return;
    }
    this.#state = 'connected';
    if (!sessionPresent) this.#session.begin();
    const { protocolVersion, cleanStart } = this.#options;
    this.#session.held = protocolVersion === 5 ? this.#session.settings.sessionExpiryInterval > 0 : !cleanStart;
    this.#events.push({ type: 'connected', sessionPresent });
  }

  #subscriptionAnswer(type: 'suback' | 'unsuback', packetId: number, reasonCodes: number[]): void {
    const waiting = this.#subscriptions.get(packetId);
    if (!waiting) return;
    this.#subscriptions.delete(packetId);
    const { id, count } = waiting;
    // An UNSUBACK of 3.1.1 carries no codes: it is success for every filter.
    const codes = reasonCodes.length === 0 ? Array<number>(count).fill(0) : reasonCodes;
    this.#events.push({ type: type === 'suback' ? 'subscribed' : 'unsubscribed', id, reasonCodes: codes });
  }

  #publishAnswer(event: ClientSessionEvent['type'], packetId: number, reasonCode: number): void {
    const message = this.#session.sending.get(packetId);
    if (!message) return;
    if (event === 'accepted') message.packet = undefined;
    if (event !== 'published') return;
    this.#session.sending.delete(packetId);
    if (message.id !== undefined) this.#events.push({ type: 'published', id: message.id, reasonCode });
  }

  #message(event: ClientSessionEvent['type'], packet: PublishPacket, now: number): void {
    const { packetId = 0, topic, payload, qos, retain } = packet;
    const { receipts } = this.#session;
    let receipt: Receipt | undefined;
    if (event === 'duplicate') {
      receipt = this.#acknowledging(() => receipts.again(packetId, now), now);
      if (!receipt) return;
    } else if (qos > 0) {
      receipt = receipts.add(packetId, qos as 1 | 2);
    }
    // The payload is a view on the chunk (a Buffer, whose slice() would be a view again): copied to be kept.
    this.#events.push({ type: 'message', receipt, topic, qos, retain, payload: new Uint8Array(payload) });
  }

  /** Ends the connection when the broker's Maximum Packet Size is too small for an acknowledgement. */
  #acknowledging<T>(run: () => T, now: number): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#fail(error.message, undefined, now);
      return undefined;
    }
  }

  #subscription(id: number, packet: SubscribePacket | UnsubscribePacket, count: number, now: number): void {
    const packetId = this.#send(id, packet, now);
    if (packetId !== undefined) this.#subscriptions.set(packetId, { id, count });
  }

  #resend(now: number): void {
    const { core, sending } = this.#session;
    for (let packetId = core.tick(now); packetId !== undefined; packetId = core.tick(now)) {
      core.send({ ...(sending.get(packetId)?.packet as PublishPacket), packetId, dup: true }, now);
    }
  }

  #sendQueued(now: number): void {
    const { sending, settings } = this.#session;
    while (this.#queue.length > 0 && sending.size < settings.publishesInFlight) {
      const [{ id, packet }] = this.#queue;
      const packetId = this.#send(id, packet, now);
      if (packetId === 0) return;
      this.#queue.shift();
      if (packetId !== undefined) sending.set(packetId, { id, packet });
    }
  }

  /** @returns the packet id; 0 also for a message that has to wait; undefined after an `invalid` event: it cannot be sent */
  #send(id: number, packet: Packet, now: number): number | undefined {
    try {
      return this.#session.core.send(packet, now);
    } catch (error) {
      if (error instanceof SessionError && LATER.includes(error.code)) return 0;
      if (!isBadValue(error)) throw error;
      this.#events.push({ type: 'invalid', id, reason: error.message });
      return undefined;
    }
  }

  /** The session or the decoder refused a packet of the broker. */
  #refused(error: SessionError | MalformedPacketError, now: number) {
    if (this.#state === 'closed') return;
    const ending = endingOf(error, this.#state === 'connecting', this.#maximumPacketSize);
    if (ending.type === 'closed') return this.#fail(ending.reason, error.reasonCode, now, ending.reasonCode);
    if (ending.type === 'refused') this.#state = 'closed';
    this.#events.push(ending);
  }

  #fail(reason: string, reasonCode: number = ReasonCode.unspecifiedError, now: number, received = 0) {
    if (this.#options.protocolVersion === 5) this.disconnect(now, reasonCode);
    this.#state = 'closed';
    this.#events.push({ type: 'closed', reason, reasonCode: received });
  }
}
