import { type CoreExports, PacketRecord, SessionContext, SessionRecord } from '../../../../build/abi/core.js';
import { encodePacket, LARGEST_PACKET, type Packet } from '../../../../host/core/index.js';
import { connectPacket, publish } from './client-session-rig.js';

const PACKET = 0x1_0000;
const BYTES = PACKET + 1024;
const OUTPUT = BYTES + 1024;
const CONTEXT = OUTPUT + 1024;
/** Pages of memory for a context with room for 65,535 messages. */
const PAGES = 8;
/** In-flight records: bits as assembly/mqtt/session/in-flight.ts has them. */
const [AWAITS_PUBACK, RECEIVED] = [0x64, 0x76];

/** Numbers in a row. */
export const upTo = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** A session of an instance of the core with as many messages in flight as a test asks for. */
export class ManyInFlight {
  readonly #core: CoreExports;
  readonly #memory: Buffer;

  constructor(core: CoreExports) {
    (core.memory as unknown as { grow(pages: number): void }).grow(PAGES);
    this.#core = core;
    this.#memory = Buffer.from(core.memory.buffer);
  }

  #decode(packet: Packet): void {
    const bytes = encodePacket(packet, 5);
    this.#memory.set(bytes, BYTES);
    this.#core.mqtt_decode(BYTES, bytes.length, 5, LARGEST_PACKET, PACKET);
  }

  /** A connection on which these messages are in flight, and this Packet Identifier was the last. */
  connect(sent: readonly number[], last: number, received: readonly number[] = []): void {
    const size = SessionContext.HEADER + (0xffff + 64) * SessionContext.ENTRY;
    this.#core.session_init(CONTEXT, size, 0xffff, 64, 0, 5_000);
    this.#decode(connectPacket(5));
    this.#core.session_send(CONTEXT, PACKET, 0, OUTPUT, 1024);
    this.#decode({ type: 'connack', sessionPresent: false, reasonCode: 0 });
    this.#core.session_receive(CONTEXT, PACKET, 0, OUTPUT, 1024);
    const words = [...received.map((id) => (id << 16) | RECEIVED), ...sent.map((id) => (id << 16) | AWAITS_PUBACK)];
    words.forEach((record, index) => {
      this.#memory.writeUInt32LE(record >>> 0, CONTEXT + SessionContext.HEADER + SessionContext.ENTRY * index);
    });
    this.#memory.writeUInt32LE(words.length, CONTEXT + SessionRecord.count);
    this.#memory.writeUInt32LE(last, CONTEXT + SessionRecord.lastPacketId);
  }

  /** Makes a PUBLISH without a Packet Identifier ready; then `send` is one call of the core. */
  prepare(): void {
    this.#decode({ ...publish, packetId: 1 } as Packet);
    this.#memory.writeUInt32LE(0, PACKET + PacketRecord.packetId);
  }

  /** Returns the Packet Identifier of the PUBLISH. */
  send(): number {
    const result = this.#core.session_send(CONTEXT, PACKET, 0, OUTPUT, 1024);
    return result < 0 ? result : this.#memory.readUInt32LE(PACKET + PacketRecord.packetId);
  }
}
