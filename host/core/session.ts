import {
  SessionEvent as EventNumber,
  PacketRecord,
  PacketType,
  Result,
  results,
  SessionContext,
  SessionFlag,
  SessionLimitsRecord,
  SessionRecord,
} from '../../build/abi/core.js';
import { flag, integer } from './arguments.js';
import { packetTypeNames, toObject } from './decode.js';
import { encodePacket } from './encode.js';
import { describeResult, MqttError } from './errors.js';
import { core, scratch } from './instance.js';
import { LARGEST_PACKET } from './options.js';
import type { Packet, ProtocolVersion } from './packets.js';
import { Source } from './source.js';

export interface ClientSessionOptions {
  /** Messages of QoS 1 and 2 and subscriptions in flight to the server, 0 to 65,535. Default 8. */
  sendCapacity?: number;
  /** Messages in flight from the server, 0 to 65,535; give a CONNECT no larger Receive Maximum. Default 8. */
  receiveCapacity?: number;
  /** Bytes for the topics of inbound aliases: each has the same share, two bytes and its longest topic. Default 0. */
  aliasBytes?: number;
  /** PUBACK and PUBREC are sent by the caller, not by the session. Default false. */
  manualAcknowledgement?: boolean;
  /** The server may have session state of which this client knows nothing (see MQTT-3.2.2-4). Default false. */
  adoptSession?: boolean;
  /** Milliseconds for CONNACK, PINGRESP and AUTH, 1 to 2^31. Default 30,000. */
  responseTimeout?: number;
}

/**
 * What a packet of the server meant. `connected`, `refused`: CONNACK. `message`: new; `duplicate`: handed out before.
 * `accepted`: PUBREC came, the copy of the message may go. `published`: finished, `reasonCode` of the packet says how.
 * `released`: PUBREL came. `authenticate`: an AUTH has to be sent. `none`: nothing to do with it.
 */
export type ClientSessionEvent = {
  type: Exclude<keyof typeof EventNumber, 'RESEND'> extends infer Name extends string ? Lowercase<Name> : never;
  packet: Packet;
};

/** A packet that the session refuses, of the caller or of the server; or RESPONSE_TIMEOUT. Nothing has changed. */
export class SessionError extends Error {
  /** Negative result code, see `Result`. */
  readonly code: number;
  /** Name of the result code, for example RECEIVE_MAXIMUM_REACHED. */
  readonly codeName: string;
  /** Statement id or section of the standard. */
  readonly statement: string;
  /** MQTT 5 reason code to disconnect with, when the server is at fault. */
  readonly reasonCode: number | undefined;
  /** Events of the packets before the one that was refused. */
  readonly events: ClientSessionEvent[];

  constructor(code: number, what: string, events: ClientSessionEvent[] = []) {
    super(`${what}: ${describeResult(code)}`);
    this.name = 'SessionError';
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.statement = results[code]?.source ?? '';
    this.reasonCode = results[code]?.reasonCode;
    this.events = events;
  }
}

const eventNames = Object.keys(EventNumber).map((name) => name.toLowerCase()) as ClientSessionEvent['type'][];
const stateNames = ['closed', 'connecting', 'connected'] as const;
/** Room for the longest answer that the session writes by itself. */
const ANSWER_ROOM = 8;

/** Addresses of one call: the context in scratch memory, a Packet record, room for output. */
interface Frame {
  context: number;
  packet: number;
  output: number;
}

/**
 * The client session of the core for one server connection after the other: packets and the time in, bytes and events out.
 * It opens no socket and holds no payload. The caller sends the bytes of `takeOutput` after it has dealt with the events,
 * calls `poll` when `deadline` says so and after `receive`, and `close` when the transport is gone.
 *
 * Times are milliseconds of any clock.
 */
export class ClientSession {
  #context: Uint8Array;
  #output: Buffer[] = [];
  /** Bytes of a packet that is not complete yet, and how many there must be to look again. */
  #pending: Uint8Array[] = [];
  #wanted = 0;
  /** Bytes that `receive` has dealt with. */
  #used = 0;

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
   * A session from what `save` gave, closed: connect with Clean Start 0.
   *
   * @throws SessionError SESSION_FORMAT when the bytes are not of this version
   */
  static restore(context: Uint8Array): ClientSession {
    const session = new ClientSession({ sendCapacity: 0, receiveCapacity: 0 });
    const { HEADER, ENTRY, FORMAT } = SessionContext;
    const word = (offset: number) => new DataView(context.buffer, context.byteOffset).getUint32(offset, true);
    if (
      context.length < HEADER ||
      word(SessionRecord.format) !== FORMAT ||
      word(SessionRecord.aliasOffset) !==
        HEADER + (word(SessionRecord.sendCapacity) + word(SessionRecord.receiveCapacity)) * ENTRY ||
      word(SessionRecord.count) > word(SessionRecord.sendCapacity) + word(SessionRecord.receiveCapacity) ||
      word(SessionRecord.aliasOffset) + word(SessionRecord.aliasBytes) !== context.length
    ) {
      throw new SessionError(Result.SESSION_FORMAT, 'restore');
    }
    session.#context = Uint8Array.from(context);
    session.close();
    return session;
  }

  /** The state as bytes: to be kept in one step with what the events brought, before the output is sent. */
  save(): Uint8Array {
    return Uint8Array.from(this.#context);
  }

  get state(): (typeof stateNames)[number] {
    return stateNames[this.#word(SessionRecord.state)];
  }

  /** Milliseconds between packets after which a PINGREQ is sent: of the CONNECT or of the server; 0 for none. */
  get keepAlive(): number {
    return this.#word(SessionRecord.keepAlive);
  }

  /**
   * Puts a packet of the client into the output. A PUBLISH above QoS 0, SUBSCRIBE or UNSUBSCRIBE without a packet id gets a
   * free one; a PUBLISH with `dup` is the one that `poll` named.
   *
   * @returns the packet id, 0 for a packet that has none
   * @throws SessionError when the session does not allow it; MqttError, TypeError or RangeError for a packet that is wrong
   * by itself. Nothing is sent then.
   */
  send(packet: Packet, now: number): number {
    const lacksId = 'packetId' in packet ? !packet.packetId : packet.type === 'publish' && packet.qos > 0;
    const version = (this.#word(SessionRecord.protocolVersion) || 4) as ProtocolVersion;
    // Encoded and decoded once: the record of it is what the session works on.
    const bytes = encodePacket(lacksId ? ({ ...packet, packetId: 1 } as Packet) : packet, version);
    let packetId = 0;
    const result = this.#call(({ context, packet: record, output }) => {
      const input = scratch.take(bytes.length);
      scratch.u8.set(bytes, input);
      const length = core.mqtt_decode(input, bytes.length, version, LARGEST_PACKET, record);
      if (length < 0) throw new MqttError(length, -1, packet.type);
      if (lacksId) scratch.u32[(record + PacketRecord.packetId) >> 2] = 0;
      const written = core.session_send(context, record, now >>> 0, output, bytes.length + ANSWER_ROOM);
      packetId = scratch.u32[(record + PacketRecord.packetId) >> 2];
      if (written > 0) this.#keepOutput(output, written);
      return written;
    }, bytes.length);
    if (result < 0) throw new SessionError(result, `cannot send ${packet.type}`);
    return packetId;
  }

  /**
   * Takes bytes of the server in any fragments. The payloads of the events are views on the chunk.
   *
   * @throws MqttError for a malformed packet, SessionError for one that breaks a rule of the session (`events` are those
   * before it): send DISCONNECT with its `reasonCode`, then `close`. The refused packet is left out; to go on all the same,
   * call again with an empty chunk.
   */
  receive(chunk: Uint8Array, now: number): ClientSessionEvent[] {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('chunk must be a Uint8Array');
    this.#pending.push(chunk);
    const length = this.#pending.reduce((sum, { length }) => sum + length, 0);
    if (length < this.#wanted) return [];
    const source =
      this.#pending.length === 1
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat(this.#pending, length);
    const events: ClientSessionEvent[] = [];
    this.#used = 0;
    try {
      this.#call((frame) => {
        const input = scratch.take(length);
        scratch.u8.set(source, input);
        while (this.#used < length && this.#receiveOne(frame, source, input, now, events));
        return 0;
      });
    } finally {
      this.#pending = this.#used < length ? [source.subarray(this.#used)] : [];
    }
    return events;
  }

  /** Takes the packet at `#used` of the source, which stands at `input`; false when it is not complete. */
  #receiveOne(
    { context, packet, output }: Frame,
    source: Buffer,
    input: number,
    now: number,
    events: ClientSessionEvent[],
  ) {
    const word = (address: number) => scratch.u32[address >> 2];
    const left = source.length - this.#used;
    const version = word(context + SessionRecord.protocolVersion) || 4;
    const maximum = word(context + SessionRecord.SIZE + SessionLimitsRecord.maximumPacketSize) || LARGEST_PACKET;
    const length = core.mqtt_decode(input + this.#used, left, version, maximum, packet);
    const type = packetTypeNames[word(packet + PacketRecord.type)] ?? 'packet';
    if (length < 0) {
      const before = events.map((event) => event.packet);
      throw new MqttError(length, word(packet + PacketRecord.errorOffset), type, before);
    }
    this.#wanted = length > 0 ? 0 : left + word(packet + PacketRecord.needed);
    if (length === 0) return false;
    this.#used += length;
    const written = core.session_receive(context, packet, now >>> 0, output, ANSWER_ROOM);
    if (written < 0) throw new SessionError(written, `the server sent ${type}`, events);
    if (written > 0) this.#keepOutput(output, written);
    const event = eventNames[word(context + SessionRecord.event)];
    events.push({ type: event, packet: readPacket(packet, source, input) });
    return true;
  }

  /**
   * Puts what is due into the output: PINGREQ, or after a reconnect the PUBRELs.
   *
   * @returns the packet id of a message that has to be sent again with `dup`; undefined when there is none to send now
   * @throws SessionError RESPONSE_TIMEOUT when the server did not answer: `close`
   */
  poll(now: number): number | undefined {
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

  /** The time at which `poll` has something to do; undefined when nothing is to come. */
  deadline(now: number): number | undefined {
    const wait = this.#call(({ context }) => core.session_deadline(context, now >>> 0));
    return wait === SessionContext.NO_DEADLINE ? undefined : now + wait;
  }

  /** The transport is gone, or is closed after an error. Output that was not taken is dropped. */
  close(): void {
    this.#call(({ context }) => core.session_close(context));
    this.#output = [];
    this.#pending = [];
    this.#wanted = 0;
  }

  /** What is to be sent now. */
  takeOutput(): Buffer[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  #word(field: number): number {
    return new DataView(this.#context.buffer, this.#context.byteOffset).getUint32(field, true);
  }

  #keepOutput(address: number, length: number): void {
    this.#output.push(Buffer.from(scratch.u8.subarray(address, address + length)));
  }

  /** Calls the core on a copy of the context in scratch memory, which outlives no call. */
  #call(run: (frame: Frame) => number, outputLength = 0): number {
    const context = scratch.reserve(this.#context.length);
    const packet = scratch.take(PacketRecord.SIZE);
    const output = scratch.take(outputLength + ANSWER_ROOM);
    scratch.u8.set(this.#context, context);
    try {
      return run({ context, packet, output });
    } finally {
      this.#context.set(scratch.u8.subarray(context, context + this.#context.length));
    }
  }
}

/** The packet of a record as an object; the topic of an alias lies in the context, not in the source. */
function readPacket(record: number, source: Buffer, input: number): Packet {
  const at = record >> 2;
  const topic = scratch.u32[at + (PacketRecord.topic >> 2)];
  const length = scratch.u32[at + (PacketRecord.topicLength >> 2)];
  const elsewhere = scratch.u32[at] === PacketType.PUBLISH && (topic < input || topic >= input + source.length);
  if (elsewhere) scratch.u32.set([input, 0], at + (PacketRecord.topic >> 2));
  const packet = toObject(scratch.u32, at, new Source().open(source), input);
  if (elsewhere && packet.type === 'publish') packet.topic = scratch.u8.toString('utf8', topic, topic + length);
  return packet;
}
