import { MqttError, type Packet, type PacketDecoder, type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import type { DecoderPool } from '../lazy/decoder-pool.js';
import { Violation } from '../violation.js';
import { SNIFF_BYTES, type Sniffed, sniffVersion } from './refusal.js';

/** Most bytes behind the fixed header of CONNECT: nobody who has not come in yet may make the broker keep more. */
const LARGEST_CONNECT = 1_048_576;

/** What one call of the decoder came to. */
interface Decoded {
  packets: readonly Packet[];
  error?: MqttError;
}

const NOTHING = new Uint8Array(0);
const NO_PACKETS: Decoded = { packets: [] };

/** Takes one packet. False when the connection is over: nothing more is taken. */
type Handle = (packet: Packet) => boolean;

/**
 * From the bytes of one connection to its packets. While the rules have not answered a CONNECT, or a step of an enhanced
 * authentication, what the client sends behind it waits here: a client need not wait for CONNACK (3.1.4).
 */
export class Inbound {
  readonly #decoders: DecoderPool;
  readonly #maximum: number;
  /** In the middle of a packet. */
  #decoder: PacketDecoder | undefined;
  #protocolVersion: ProtocolVersion = 4;
  /** The first bytes, for `sniffVersion`; undefined once all that it reads have come. */
  #head: Uint8Array | undefined = NOTHING;
  #sniffed: Sniffed | undefined;
  #isHeld = false;
  #holds = 0;
  /** What came in one piece with the packet that they are asked about. The rest is not decoded yet: that would overwrite these. */
  #decoded: Decoded = NO_PACKETS;
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;

  /** @param maximumHeld bytes that may wait for an answer of the rules */
  constructor(decoders: DecoderPool, maximumHeld: number) {
    this.#decoders = decoders;
    this.#maximum = maximumHeld;
  }

  /** Whether packets wait for an answer of the rules. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** The Protocol Version byte of the CONNECT, also of one that cannot be decoded; undefined when there is none. */
  get connectVersion(): number | undefined {
    return this.#sniffed?.version;
  }

  /** Whether the CONNECT says that its sender is a bridge. */
  get isBridge(): boolean {
    return this.#sniffed?.isBridge === true;
  }

  /**
   * Takes bytes of the network, in chunks of any size.
   *
   * @throws Violation for bytes that are not MQTT, after the packets before them, and for too many that wait
   */
  take(bytes: Uint8Array, handle: Handle): void {
    if (this.#isHeld) {
      this.#keep(bytes);
      return;
    }
    this.#handleAll(this.#decode(this.#head === undefined ? bytes : this.#sniff(this.#head, bytes)), handle);
  }

  /**
   * From now on no packet is taken. Called by `handle`.
   *
   * @returns takes what has waited, until `handle` holds again; does nothing when that has happened already. Throws as `take`
   */
  hold(): (handle: Handle) => void {
    this.#isHeld = true;
    const turn = ++this.#holds;
    return (handle) => {
      if (turn === this.#holds) this.#release(handle);
    };
  }

  #release(handle: Handle): void {
    const decoded = this.#decoded;
    this.#decoded = NO_PACKETS;
    this.#isHeld = false;
    if (!this.#handleAll(decoded, handle)) return;
    for (let bytes = this.#chunks.shift(); bytes; bytes = this.#chunks.shift()) {
      this.#heldBytes -= bytes.length;
      if (!this.#handleAll(this.#decode(bytes), handle)) return;
    }
  }

  /** Looks at the version of the CONNECT. The decoder does not know of bridges: it gets the bytes without their bit. */
  #sniff(before: Uint8Array, bytes: Uint8Array): Uint8Array {
    const head = joined(before, bytes).slice(0, SNIFF_BYTES);
    this.#head = head.length < SNIFF_BYTES ? head : undefined;
    if (this.#sniffed) return bytes;
    this.#sniffed = sniffVersion(head);
    checkFirstLength(head);
    if (!this.#sniffed?.isBridge) return bytes;
    const plain = new Uint8Array(bytes);
    plain[this.#sniffed.offset - before.length] = this.#sniffed.version;
    return plain;
  }

  #handleAll({ packets, error }: Decoded, handle: Handle): boolean {
    for (const [index, packet] of packets.entries()) {
      if (!handle(packet)) return false;
      if (!this.#isHeld) continue;
      this.#decoded = { packets: packets.slice(index + 1), error };
      return false;
    }
    if (error) throw new Violation(error.reasonCode, error.message);
    return true;
  }

  #keep(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#maximum) {
      const text = `more than ${this.#maximum} bytes behind a packet that is not answered yet`;
      throw new Violation(ReasonCode.quotaExceeded, text);
    }
    this.#chunks.push(new Uint8Array(bytes));
  }

  /** A stream whose bytes were wrong keeps its decoder, which goes on to say so. */
  #decode(bytes: Uint8Array): Decoded {
    const decoder = this.#decoder ?? this.#decoders.take();
    this.#decoder = decoder;
    decoder.protocolVersion = this.#protocolVersion;
    try {
      const packets = decoder.push(bytes);
      this.#protocolVersion = decoder.protocolVersion;
      if (decoder.pendingLength === 0) {
        this.#decoder = undefined;
        this.#decoders.giveBack(decoder);
      }
      return { packets };
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      return { packets: error.packets, error };
    }
  }
}

/** @param head the first bytes of the connection; its fixed header is checked once it is there */
function checkFirstLength(head: Uint8Array): void {
  let length = 0;
  for (let at = 1; at < Math.min(head.length, 5); at++) {
    length += (head[at] & 0x7f) * 128 ** (at - 1);
    if (head[at] < 0x80) break;
  }
  if (length <= LARGEST_CONNECT) return;
  const text = `the first packet has ${length} bytes or more; CONNECT may have ${LARGEST_CONNECT}`;
  throw new Violation(ReasonCode.packetTooLarge, text);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
