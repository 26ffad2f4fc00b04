import {
  SessionEvent as EventNumber,
  PacketRecord,
  PacketType,
  Result,
  SessionContext,
  SessionFlag,
  SessionLimitsRecord,
  SessionRecord,
} from '../../../build/abi/core.js';
import { checkChunk, flag, integer, object } from '../bytes/check-arguments.js';
import { FieldReader } from '../bytes/field-reader.js';
import { utf8Text } from '../bytes/strings.js';
import { copyOf } from '../bytes/views.js';
import { packetTypeNames } from '../decode/packet-type-names.js';
import { toObject } from '../decode/to-object.js';
import { fillRecord } from '../encode/encode.js';
import { core } from '../engine/core.js';
import { recordAddress, scratch } from '../engine/scratch.js';
import { MqttError } from '../mqtt-error.js';
import { LARGEST_PACKET, type Packet, type ProtocolVersion } from '../packets.js';
import { Fragments } from './fragments.js';
import {
  type ClientSessionEvent,
  type ClientSessionOptions,
  MalformedPacketError,
  SessionError,
} from './session-types.js';

const eventNames = Object.keys(EventNumber).map((name) => name.toLowerCase()) as ClientSessionEvent['type'][];
const stateNames = ['closed', 'connecting', 'connected'] as const;
/** Room for the longest answer that the session writes by itself. */
const ANSWER_ROOM = 8;

/** Addresses of one call: the context in scratch memory, a Packet record for the received packet, room for output. */
interface Frame {
  context: number;
  packet: number;
  output: number;
}

/**
 * The client session of the core, for one connection after the other: packets and the time go in, bytes and events come
 * out. It opens no socket and holds no payload. The caller handles the events and then sends the bytes of `takeOutput`. It
 * calls `tick` at `nextDeadline` and after `receive`, and `close` when the transport is gone.
 *
 * Times are milliseconds of a monotonic clock. One that goes back, by less than 2^31, counts as no time.
 */
export class ClientSession {
  #context: Uint8Array;
  #output: Buffer[] = [];
  readonly #fragments = new Fragments();
  /** Bytes that `receive` has handled, and how many it needs at least beyond the rest. */
  #used = 0;
  #needed = 0;

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
    this.#context = new Uint8Array(HEADER + (sendCapacity + receiveCapacity) * ENTRY + aliasBytes);
    this.#call(({ context }) =>
      core.session_init(context, this.#context.length, sendCapacity, receiveCapacity, flags, timeout),
    );
  }

  /**
   * A session from the bytes that `save` returned. It is closed: connect with Clean Start 0.
   *
   * @param context is copied
   * @throws SessionError SESSION_FORMAT when the bytes are not of this version, SESSION_TORN when some of them are missing or of another
   * context. What the records and topics say is not checked: store a checksum with the bytes
   */
  static restore(context: Uint8Array): ClientSession {
    const session = new ClientSession({ sendCapacity: 0, receiveCapacity: 0 });
    session.#context = Uint8Array.from(context);
    const result = session.#call((frame) => core.session_restore(frame.context, context.length));
    if (result < 0) throw new SessionError(result, 'restore');
    return session;
  }

  /** The state as bytes. Store them together with the results of the events, before the output is sent. */
  save(): Uint8Array {
    return Uint8Array.from(this.#context);
  }

  /** `connecting` from CONNECT to CONNACK; `closed` before, after DISCONNECT of either side, and after `close`. */
  get state(): (typeof stateNames)[number] {
    return stateNames[this.#word(SessionRecord.state)];
  }

  /** Milliseconds without a packet after which a PINGREQ is sent, from the CONNECT or the server; 0 for never. */
  get keepAlive(): number {
    return this.#word(SessionRecord.keepAlive);
  }

  /**
   * Puts a packet of the client into the output. A PUBLISH above QoS 0, SUBSCRIBE or UNSUBSCRIBE without a packet id gets a
   * free one; a PUBLISH with `dup` is the one that `tick` named. PUBACK and PUBREC acknowledge a message by hand, in the
   * order of the messages (MQTT-4.6.0-2). A PUBREC is also accepted after the connection was lost; nothing is sent then.
   * DISCONNECT closes the session.
   *
   * @param packet a packet that clients send; all but CONNECT are written in the version of the CONNECT
   * @param now milliseconds
   * @returns the packet id, 0 for a packet that has none
   * @throws SessionError when the session does not allow the packet; MqttError, TypeError or RangeError when the packet itself
   * is wrong. Nothing is sent then.
   */
  send(packet: Packet, now: number): number {
    object(packet, 'packet');
    const lacksId = 'packetId' in packet ? !packet.packetId : packet.type === 'publish' && packet.qos > 0;
    const version = (this.#word(SessionRecord.protocolVersion) || 4) as ProtocolVersion;
    const size = fillRecord(lacksId ? ({ ...packet, packetId: 1 } as Packet) : packet, version);
    if (lacksId) scratch.u32[(recordAddress + PacketRecord.packetId) >> 2] = 0;
    const send = ({ context, output }: Frame) => {
      const written = core.session_send(context, recordAddress, now >>> 0, output, size);
      if (written > 0) this.#keepOutput(output, written);
      return written;
    };
    // The strings of the record stay where they are, below the frame.
    const result = this.#call(send, size, size);
    if (result >= 0) return scratch.u32[(recordAddress + PacketRecord.packetId) >> 2];
    if (isOfSession(result)) throw new SessionError(result, `cannot send ${packet.type}`, [], packet.type, version);
    throw new MqttError(result, -1, packet.type, [], packet.type === 'connect' ? packet.protocolVersion : version);
  }

  /**
   * Takes bytes from the server, however they are fragmented. Payloads of the events are views on the chunk: do not write to
   * it again.
   *
   * @param chunk may be empty
   * @param now milliseconds
   * @returns one event for each packet that is complete now, in order
   * @throws MalformedPacketError (an MqttError), or SessionError for a packet that breaks a rule of the session. Its `events`
   * are those before the packet. Send DISCONNECT with its `reasonCode`, then `close`. The refused packet is dropped: to go on
   * all the same, call again with an empty chunk. TypeError when the chunk is not a Uint8Array, RangeError beyond
   * 1.5 GiB; the session is then unchanged.
   */
  receive(chunk: Uint8Array, now: number): ClientSessionEvent[] {
    checkChunk(chunk, this.#fragments.length);
    const source = this.#fragments.add(chunk);
    if (!source) {
      if (chunk.length > 0) this.arrived(now);
      return [];
    }
    const events: ClientSessionEvent[] = [];
    this.#used = 0;
    this.#needed = 0;
    try {
      this.#call((frame) => {
        const input = scratch.take(source.length);
        scratch.u8.set(source, input);
        while (this.#used < source.length && this.#receiveOne(frame, source, input, now, events));
        const hasArrived = chunk.length > 0 && this.#used < source.length;
        return hasArrived ? core.session_arrived(frame.context, now >>> 0) : 0;
      });
    } finally {
      this.#fragments.keep(source.subarray(this.#used), this.#needed);
    }
    return events;
  }

  /** Takes the packet at `#used` of the source, whose copy is at `input`; false when the packet is not complete. */
  #receiveOne(
    { context, packet, output }: Frame,
    source: Buffer,
    input: number,
    now: number,
    events: ClientSessionEvent[],
  ) {
    const word = (address: number) => scratch.u32[address >> 2];
    const left = source.length - this.#used;
    const version = (word(context + SessionRecord.protocolVersion) || 4) as ProtocolVersion;
    const maximum = word(context + SessionRecord.SIZE + SessionLimitsRecord.maximumPacketSize) || LARGEST_PACKET;
    const length = core.mqtt_decode(input + this.#used, left, version, maximum, packet);
    const type = packetTypeNames[word(packet + PacketRecord.type)] ?? 'packet';
    const received = word(packet + PacketRecord.reasonCode);
    if (length < 0) {
      throw new MalformedPacketError(length, word(packet + PacketRecord.errorOffset), type, events, version, received);
    }
    if (length === 0) {
      this.#needed = word(packet + PacketRecord.needed);
      return false;
    }
    this.#used += length;
    const written = core.session_receive(context, packet, now >>> 0, output, ANSWER_ROOM);
    if (written < 0) throw new SessionError(written, `the server sent ${type}`, events, type, version, received);
    if (written > 0) this.#keepOutput(output, written);
    const event = eventNames[word(context + SessionRecord.event)];
    events.push({ type: event, packet: readPacket(packet, source, input) });
    return true;
  }

  /**
   * Says that bytes of the server are there that `receive` does not get yet, because the caller is behind: they prolong the wait for
   * PINGRESP as those of `receive` do.
   *
   * @param now milliseconds
   */
  arrived(now: number): void {
    this.#call(({ context }) => core.session_arrived(context, now >>> 0));
  }

  /**
   * Does what is due: puts a PINGREQ, or after a reconnect the PUBRELs, into the output. Call it at `nextDeadline` and after
   * `receive`. When it names a message, send that and call it again, until it names none.
   *
   * @param now milliseconds
   * @returns the packet id of a message to send again with `dup`; undefined when there is none to send now
   * @throws SessionError RESPONSE_TIMEOUT when the server did not answer: then `close`
   */
  tick(now: number): number | undefined {
    while (true) {
      const result = this.#call(({ context, output }) => {
        const written = core.session_poll(context, now >>> 0, output, ANSWER_ROOM);
        if (written > 0) this.#keepOutput(output, written);
        return written;
      });
      if (result < 0) throw new SessionError(result, 'connection');
      if (result > 0) continue;
      return this.#word(SessionRecord.event) === EventNumber.RESEND ? this.#word(SessionRecord.packetId) : undefined;
    }
  }

  /**
   * The time at which `tick` next has something to do, in milliseconds of the same clock; undefined when nothing is due.
   *
   * @param now milliseconds
   */
  nextDeadline(now: number): number | undefined {
    const wait = this.#call(({ context }) => core.session_deadline(context, now >>> 0));
    return wait === SessionContext.NO_DEADLINE ? undefined : now + wait;
  }

  /**
   * Tells the session that the transport is gone, or is being closed after an error. It drops output that was not taken and
   * forgets what belongs to the connection: subscriptions in flight, unacknowledged received messages of QoS 1, aliases.
   */
  close(): void {
    this.#call(({ context }) => core.session_close(context));
    this.#output = [];
    this.#fragments.clear();
  }

  /** The bytes to send now, in this order; the caller owns them. */
  takeOutput(): Buffer[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #word(field: number): number {
    return new DataView(this.#context.buffer, this.#context.byteOffset).getUint32(field, true);
  }

  #keepOutput(address: number, length: number): void {
    this.#output.push(copyOf(scratch.u8.subarray(address, address + length)));
  }

  /** Calls the core on a copy of the context in scratch memory, whose first `occupied` bytes are left untouched. */
  #call(run: (frame: Frame) => number, occupied = 0, room = ANSWER_ROOM): number {
    scratch.reserve(occupied);
    const context = scratch.take(this.#context.length);
    const packet = scratch.take(PacketRecord.SIZE);
    const output = scratch.take(room);
    scratch.u8.set(this.#context, context);
    try {
      return run({ context, packet, output });
    } finally {
      this.#context.set(scratch.u8.subarray(context, context + this.#context.length));
    }
  }
}

/** Whether the session, and not the encoder, refused a packet: PACKET_TOO_LARGE means too large for the server. */
function isOfSession(result: number): boolean {
  return result <= Result.SESSION_STATE || result === Result.PACKET_TOO_LARGE;
}

/** Reads one packet after the other. */
const reader = new FieldReader();

/** The packet of a record as an object. The topic of an alias lies in the context, not in the source. */
function readPacket(record: number, source: Buffer, input: number): Packet {
  const at = record >> 2;
  const topic = scratch.u32[at + (PacketRecord.topic >> 2)];
  const length = scratch.u32[at + (PacketRecord.topicLength >> 2)];
  const elsewhere = scratch.u32[at] === PacketType.PUBLISH && (topic < input || topic >= input + source.length);
  if (elsewhere) scratch.u32.set([input, 0], at + (PacketRecord.topic >> 2));
  const packet = toObject(scratch.u32, at, reader.open(source), input);
  reader.letGo();
  if (elsewhere && packet.type === 'publish') packet.topic = utf8Text(scratch.u8, topic, topic + length);
  return packet;
}
