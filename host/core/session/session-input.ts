import {
  DecodeOption,
  SessionEvent as EventNumber,
  PacketRecord,
  PacketType,
  SessionLimitsRecord,
  SessionRecord,
} from '../../../build/abi/core.js';
import { packetTypeNames } from '../decode/packet-type-names.js';
import type { PayloadPiece } from '../decode/payload-pieces.js';
import { core } from '../engine/core.js';
import { recordAddress, scratch } from '../engine/scratch.js';
import { MqttError } from '../mqtt-error.js';
import type { ProtocolVersion } from '../packets.js';
import { ANSWER_ROOM, type ContextMemory } from './context-memory.js';
import { RecordCursor } from './record-cursor.js';
import type { SessionOutput } from './session-output.js';
import { type ClientSessionEvent, MalformedPacketError, SessionError } from './session-types.js';

const eventNames = Object.keys(EventNumber).map((name) => name.toLowerCase()) as 'message'[];

/** The bytes of the server on one connection: packets for the session, and the events that they are. */
export class SessionInput {
  readonly #context: ContextMemory;
  readonly #output: SessionOutput;
  readonly #cursor: RecordCursor;
  readonly #maximumPacketSize: number;
  /** The PUBLISH whose payload comes in pieces, without it: the session takes the message when it is complete. */
  #head: Uint8Array | undefined;

  /** @param context holds the protocol version, and the Maximum Packet Size of the client */
  constructor(context: ContextMemory, output: SessionOutput, largestBuffered: number | undefined) {
    this.#context = context;
    this.#output = output;
    this.#maximumPacketSize = context.word(SessionRecord.SIZE + SessionLimitsRecord.maximumPacketSize) || 0xffff_ffff;
    this.#cursor = new RecordCursor({
      protocolVersion: this.#version,
      maximumPacketSize: this.#maximumPacketSize,
      largestBuffered,
    });
  }

  get #version(): ProtocolVersion {
    return (this.#context.word(SessionRecord.protocolVersion) || 4) as ProtocolVersion;
  }

  /** As `receive` of ClientSession. */
  receive(chunk: Uint8Array, now: number): ClientSessionEvent[] {
    const context = this.#context.enter();
    const events: ClientSessionEvent[] = [];
    const cursor = this.#cursor;
    try {
      cursor.push(chunk);
      while (cursor.next()) this.#take(context, now >>> 0, events);
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      const { code, byteOffset, packetType, protocolVersion, receivedCode } = error;
      throw new MalformedPacketError(code, byteOffset, packetType, events, protocolVersion, receivedCode ?? 0);
    }
    const isWaiting = cursor.pendingLength > 0 || this.#head !== undefined;
    if (isWaiting && chunk.length > 0) core.session_arrived(context, now >>> 0);
    return events;
  }

  /** Takes what the cursor shows. */
  #take(context: number, now: number, events: ClientSessionEvent[]): void {
    const cursor = this.#cursor;
    if (cursor.type === 0) {
      this.#takePiece(context, now, events);
      return;
    }
    const isByAlias = cursor.type === PacketType.PUBLISH && cursor.topicLength === 0;
    let place = context;
    if (cursor.remaining > 0) {
      // What the message means is asked of a copy: the session takes it when it is complete.
      const { length } = this.#context;
      place = scratch.take(length);
      scratch.u8.copyWithin(place, context, context + length);
    }
    const written = this.#receive(place, cursor.record, now, events);
    if (cursor.remaining > 0) this.#head = cursor.copyHead();
    else if (written > 0) this.#output.packet(this.#context.answer, written);
    const type = eventNames[scratch.u32[(place + SessionRecord.event) >> 2]];
    events.push({ type, packet: cursor.item(isByAlias) } as ClientSessionEvent);
  }

  #takePiece(context: number, now: number, events: ClientSessionEvent[]): void {
    const head = this.#head;
    // The payload of a message that was refused.
    if (head === undefined) return;
    const packet = this.#cursor.item(false) as PayloadPiece;
    events.push({ type: 'piece', packet });
    if (packet.remaining > 0) return;
    this.#head = undefined;
    const address = scratch.take(head.length);
    scratch.u8.set(head, address);
    const version = this.#version | DecodeOption.HEADER;
    core.mqtt_decode(address, head.length, version, this.#maximumPacketSize, recordAddress);
    const written = this.#receive(context, recordAddress, now, events);
    if (written > 0) this.#output.packet(this.#context.answer, written);
  }

  /** @returns bytes of the answer */
  #receive(context: number, record: number, now: number, events: ClientSessionEvent[]): number {
    const written = core.session_receive(context, record, now, this.#context.answer, ANSWER_ROOM);
    if (written >= 0) return written;
    const type = packetTypeNames[scratch.u32[(record + PacketRecord.type) >> 2]];
    const received = scratch.u32[(record + PacketRecord.reasonCode) >> 2];
    throw new SessionError(written, `the server sent ${type}`, events, type, this.#version, received);
  }
}
