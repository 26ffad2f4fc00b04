import {
  SessionEvent as EventNumber,
  PacketRecord,
  Result,
  SessionContext,
  SessionFlag,
  SessionLimitsRecord,
  SessionRecord,
} from '../../../build/abi/core.js';
import { bytes, flag, integer, object } from '../bytes/check-arguments.js';
import { NOTHING } from '../bytes/views.js';
import type { PayloadPiece, PublishStart } from '../decode/payload-pieces.js';
import { fillRecord } from '../encode/encode.js';
import { LARGEST_BODY, packetSize } from '../encode/packet-writer.js';
import { core } from '../engine/core.js';
import { recordAddress, scratch } from '../engine/scratch.js';
import { MqttError } from '../mqtt-error.js';
import type { Packet, ProtocolVersion, PublishPacket } from '../packets.js';
import { ANSWER_ROOM, ContextMemory } from './context-memory.js';
import { SessionInput } from './session-input.js';
import { SessionOutput } from './session-output.js';
import { type ClientSessionEvent, type ClientSessionOptions, SessionError } from './session-types.js';

const stateNames = ['closed', 'connecting', 'connected'] as const;
/** Offset of what the server's CONNACK allows. */
const SERVER = SessionRecord.SIZE + SessionLimitsRecord.SIZE;

/**
 * The client session of the core, for one connection after the other: packets and the time go in, bytes and events come
 * out. It opens no socket and holds no payload. The caller handles the events and then sends the bytes of `takeOutput`. It
 * calls `tick` at `nextDeadline` and after `receive`, and `close` when the transport is gone.
 *
 * Times are milliseconds of a monotonic clock. One that goes back, by less than 2^31, counts as no time.
 *
 * @example
 * ```ts
 * import { ClientSession, type ClientSessionEvent, encodePacket } from 'wasmqtt';
 *
 * const session = new ClientSession();
 * session.send({ type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'c' }, 0);
 * const connect = session.takeOutput(); // for the transport
 * const connack = encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5);
 * const [event]: ClientSessionEvent[] = session.receive(connack, 10);
 * [event.type, session.state, session.nextDeadline(10)]; // => [ 'connected', 'connected', 60000 ]
 * ```
 */
export class ClientSession {
  #context: ContextMemory;
  readonly #output = new SessionOutput();
  readonly #largestBuffered: number | undefined;
  #input: SessionInput;
  /** The address of the last packet that was sent. */
  #sentAt = 0;

  /** @throws TypeError or RangeError for an option out of its range */
  constructor(options: ClientSessionOptions = {}) {
    const sendCapacity = integer(options.sendCapacity ?? 8, 0, 0xffff, 'sendCapacity');
    const receiveCapacity = integer(options.receiveCapacity ?? 8, 0, 0xffff, 'receiveCapacity');
    const aliasBytes = integer(options.aliasBytes ?? 0, 0, 0x1000_0000, 'aliasBytes');
    const timeout = integer(options.responseTimeout ?? 30_000, 1, 0x8000_0000, 'responseTimeout');
    const flags =
      flag(options.manualAcknowledgement, 'manualAcknowledgement') * SessionFlag.MANUAL_ACKNOWLEDGEMENT +
      flag(options.adoptSession, 'adoptSession') * SessionFlag.ADOPT_SESSION;
    const { HEADER, ENTRY } = SessionContext;
    const length = HEADER + (sendCapacity + receiveCapacity) * ENTRY + aliasBytes;
    this.#largestBuffered = options.largestBuffered;
    this.#context = new ContextMemory(new Uint8Array(length));
    core.session_init(this.#context.enter(), length, sendCapacity, receiveCapacity, flags, timeout);
    this.#input = this.#newInput();
  }

  /**
   * A session from the bytes that `save` returned. It is closed: connect with Clean Start 0.
   *
   * @param context is copied
   * @param options those that say how the session is used here; what the context holds is taken from it
   * @throws SessionError SESSION_FORMAT when the bytes are not of this version, SESSION_TORN when some of them are missing or of another
   * context. What the records and topics say is not checked: store a checksum with the bytes
   */
  static restore(context: Uint8Array, options: Pick<ClientSessionOptions, 'largestBuffered'> = {}): ClientSession {
    const session = new ClientSession({ ...options, sendCapacity: 0, receiveCapacity: 0 });
    const memory = new ContextMemory(Uint8Array.from(context));
    const result = core.session_restore(memory.enter(), context.length);
    if (result < 0) throw new SessionError(result, 'restore');
    session.#context = memory;
    session.#input = session.#newInput();
    return session;
  }

  /** The state as bytes. Store them together with the results of the events, before the output is sent. */
  save(): Uint8Array {
    return this.#context.copy();
  }

  /** `connecting` from CONNECT to CONNACK; `closed` before, after DISCONNECT of either side, and after `close`. */
  get state(): (typeof stateNames)[number] {
    return stateNames[this.#context.word(SessionRecord.state)];
  }

  /** Milliseconds without a packet after which a PINGREQ is sent, from the CONNECT or the server; 0 for never. */
  get keepAlive(): number {
    return this.#context.word(SessionRecord.keepAlive);
  }

  /**
   * Puts a packet of the client into the output. A PUBLISH above QoS 0, SUBSCRIBE or UNSUBSCRIBE without a packet id gets a
   * free one; a PUBLISH with `dup` is the one that `tick` named. PUBACK and PUBREC acknowledge a message by hand, in the
   * order of the messages (MQTT-4.6.0-2). A PUBREC is also accepted after the connection was lost; nothing is sent then.
   * DISCONNECT closes the session.
   *
   * A PUBLISH with a `payloadLength` above that of its payload begins a payload that comes in pieces, so that it is never whole
   * in memory. The pieces are sent next, until none of its bytes is missing. They go into the output as views: do not write to
   * them before they were sent. Meanwhile no other packet can be sent, and answers and PINGREQ wait for the end of the payload. MQTT has
   * no way to abort a PUBLISH: when the rest of the payload cannot be had, `close` the session and the transport. A server may take
   * a client for dead that sends no whole packet for one and a half times the Keep Alive (MQTT-3.1.2-22).
   *
   * @param packet a packet that clients send, or a piece; all but CONNECT are written in the version of the CONNECT
   * @param now milliseconds
   * @returns the packet id, 0 for a packet that has none and for a piece
   * @throws SessionError when the session does not allow the packet; MqttError, TypeError or RangeError when the packet itself
   * is wrong; RangeError also for a piece of more bytes than are missing. Nothing is sent then.
   */
  send(packet: Packet | PublishStart | PayloadPiece, now: number): number {
    object(packet, 'packet');
    if (packet.type === 'piece') return this.#sendPiece(packet.payload, now);
    const { missing } = this.#output;
    if (missing > 0) {
      const what = `cannot send ${packet.type} before the other ${missing} bytes of a payload`;
      throw new SessionError(Result.SESSION_STATE, what, [], packet.type, this.#version);
    }
    if (packet.type === 'publish') return this.#publish(packet, now);
    const { packetId } = packet as { packetId?: number };
    const needsId = 'packetId' in packet && !packetId;
    const length = this.#send(needsId ? { ...packet, packetId: 1 } : packet, needsId, 0, now);
    if (length > 0) this.#output.packet(this.#sentAt, length);
    if (packet.type === 'connect') this.#input = this.#newInput();
    return this.#sentId;
  }

  #publish(packet: PublishPacket | PublishStart, now: number): number {
    const { topic, qos, retain, dup, packetId, properties } = packet;
    const payload = bytes(packet.payload, 'publish', 'payload');
    const whole =
      'payloadLength' in packet
        ? integer(packet.payloadLength, payload.length, LARGEST_BODY, 'publish', 'payloadLength')
        : payload.length;
    const needsId = qos > 0 && !packetId;
    const head: PublishPacket = {
      type: 'publish',
      topic,
      payload: NOTHING,
      qos,
      retain,
      dup,
      packetId: needsId ? 1 : packetId,
      properties,
    };
    const length = this.#send(head, needsId, whole, now);
    this.#output.publish(this.#sentAt, length, payload, whole);
    return this.#sentId;
  }

  /**
   * Hands a packet to the session, which writes it to `#sentAt`.
   *
   * @param needsId whether its packet id is only a place for one
   * @param more bytes of the payload of a PUBLISH, which is not in the packet
   * @returns its length, bytes
   */
  #send(packet: Packet, needsId: boolean, more: number, now: number): number {
    const version = this.#version;
    const context = this.#context.enter();
    const body = fillRecord(packet, version);
    if (body + more > LARGEST_BODY) throw new MqttError(Result.PACKET_TOO_LARGE, -1, packet.type, [], version);
    if (needsId) scratch.u32[(recordAddress + PacketRecord.packetId) >> 2] = 0;
    const length = packetSize(body);
    this.#sentAt = scratch.take(length);
    // The core does not see the payload of a PUBLISH: what is too large for the server finds no room.
    const largest = this.#context.word(SERVER + SessionLimitsRecord.maximumPacketSize);
    const room = more > 0 && packetSize(body + more) > largest ? 0 : length;
    const result = core.session_send(context, recordAddress, now >>> 0, this.#sentAt, room);
    if (result >= 0) return result;
    const code = result === Result.OUT_OF_SPACE ? Result.PACKET_TOO_LARGE : result;
    throw new SessionError(code, `cannot send ${packet.type}`, [], packet.type, version);
  }

  /** The packet id of the last packet. */
  get #sentId(): number {
    return scratch.u32[(recordAddress + PacketRecord.packetId) >> 2];
  }

  #sendPiece(payload: Uint8Array, now: number): number {
    const { length } = bytes(payload, 'piece', 'payload');
    const { missing } = this.#output;
    if (length > missing) {
      throw new RangeError(`piece: ${length} bytes, but only ${missing} of the payload of a PUBLISH are missing`);
    }
    if (length === 0) return 0;
    this.#output.piece(payload);
    // Nothing is due as long as the client sends.
    scratch.u32[(this.#context.enter() + SessionRecord.lastSent) >> 2] = now;
    return 0;
  }

  /**
   * Takes bytes from the server, however they are fragmented. Payloads of the events are views on the chunk: do not write to
   * it again.
   *
   * With `largestBuffered`, a larger PUBLISH comes as a PublishStart, in the event that says what the message is; the rest of its
   * payload follows in events `piece`. The session takes the message, and acknowledges it, with the last piece. When the connection
   * ends before, the server sends a message above QoS 0 again: drop the pieces.
   *
   * @param chunk may be empty
   * @param now milliseconds
   * @returns one event for each packet that is complete now, and for each piece, in order
   * @throws MalformedPacketError (an MqttError), or SessionError for a packet that breaks a rule of the session. Its `events`
   * are those before the packet. Send DISCONNECT with its `reasonCode`, then `close`. The packet that the session refused is dropped: to
   * go on all the same, call again with an empty chunk. TypeError when the chunk is not a Uint8Array, RangeError beyond
   * 1.5 GiB; the session is then unchanged.
   */
  receive(chunk: Uint8Array, now: number): ClientSessionEvent[] {
    return this.#input.receive(chunk, now);
  }

  /**
   * Says that bytes of the server are there that `receive` does not get yet, because the caller is behind: they prolong the wait for
   * PINGRESP as those of `receive` do.
   *
   * @param now milliseconds
   */
  arrived(now: number): void {
    core.session_arrived(this.#context.enter(), now >>> 0);
  }

  /**
   * Does what is due: puts a PINGREQ, or after a reconnect the PUBRELs, into the output. Call it at `nextDeadline` and after
   * `receive`. When it names a message, send that and call it again, until it names none. While a payload is given in pieces, nothing but
   * the answer to an earlier packet is due.
   *
   * @param now milliseconds
   * @returns the packet id of a message to send again with `dup`; undefined when there is none to send now
   * @throws SessionError RESPONSE_TIMEOUT when the server did not answer: then `close`
   */
  tick(now: number): number | undefined {
    if (this.#output.missing > 0 && this.nextDeadline(now) !== now) return undefined;
    const context = this.#context.enter();
    const { answer } = this.#context;
    while (true) {
      const result = core.session_poll(context, now >>> 0, answer, ANSWER_ROOM);
      if (result < 0) throw new SessionError(result, 'connection');
      if (result === 0) break;
      this.#output.packet(answer, result);
      if (this.#output.missing > 0) return undefined;
    }
    const isNamed = this.#context.word(SessionRecord.event) === EventNumber.RESEND;
    return isNamed && this.#output.missing === 0 ? this.#context.word(SessionRecord.packetId) : undefined;
  }

  /**
   * The time at which `tick` next has something to do, in milliseconds of the same clock; undefined when nothing is due.
   *
   * @param now milliseconds
   */
  nextDeadline(now: number): number | undefined {
    const context = this.#context.enter();
    // A PINGREQ would wait for the end of the payload.
    if (this.#output.missing > 0 && !this.#isAnswerDue) return undefined;
    const wait = core.session_deadline(context, now >>> 0);
    return wait === SessionContext.NO_DEADLINE ? undefined : now + wait;
  }

  get #isAnswerDue(): boolean {
    return this.#context.word(SessionRecord.pinging) + this.#context.word(SessionRecord.waiting) > 0;
  }

  /**
   * Tells the session that the transport is gone, or is being closed after an error. It drops output that was not taken and
   * forgets what belongs to the connection: subscriptions in flight, unacknowledged received messages of QoS 1, aliases, payloads that
   * are not complete.
   */
  close(): void {
    core.session_close(this.#context.enter());
    this.#output.clear();
    this.#input = this.#newInput();
  }

  /** The bytes to send now, in this order; the caller owns them, but for those of pieces. */
  takeOutput(): Buffer[] {
    return this.#output.take();
  }

  get #version(): ProtocolVersion {
    return (this.#context.word(SessionRecord.protocolVersion) || 4) as ProtocolVersion;
  }

  #newInput(): SessionInput {
    return new SessionInput(this.#context, this.#output, this.#largestBuffered);
  }
}
