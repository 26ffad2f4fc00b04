import { MqttError, type Packet, PacketCursor, ReasonCode } from '../../../core/index.js';
import { Violation } from '../violation.js';
import { SNIFF_BYTES, type Sniffed, sniffVersion } from './refusal.js';

/** Most bytes behind the fixed header of CONNECT: nobody who has not come in yet may make the broker keep more. */
const LARGEST_CONNECT = 1_048_576;

/** Takes one packet, and its size on the wire in bytes. False when the connection is over: nothing more is taken. */
type Handle = (packet: Packet, size: number) => boolean;

/**
 * From the bytes of one connection to its packets. While the rules have not answered a CONNECT, or a step of an enhanced
 * authentication, what the client sends behind it waits here: a client need not wait for CONNACK (3.1.4).
 */
export class Inbound {
  /** Shows one packet after the other: what is held is not decoded into objects yet. */
  readonly #cursor: PacketCursor;
  readonly #maximum: number;
  /** The first bytes, for `sniffVersion`. */
  #head = new Uint8Array(0);
  #sniffed: Sniffed | undefined;
  #isHeld = false;
  #holds = 0;
  /** What came after the chunk with the packet that they are asked about. */
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;

  /** @param maximumPacketSize bytes; as many may wait for an answer of the rules */
  constructor(maximumPacketSize: number) {
    this.#cursor = new PacketCursor({ maximumPacketSize });
    this.#maximum = maximumPacketSize;
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
    this.#push(this.#head.length < SNIFF_BYTES ? this.#sniff(bytes) : bytes, handle);
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
    this.#isHeld = false;
    if (!this.#handleAll(handle)) return;
    for (let bytes = this.#chunks.shift(); bytes; bytes = this.#chunks.shift()) {
      this.#heldBytes -= bytes.length;
      if (!this.#push(bytes, handle)) return;
    }
  }

  /** Looks at the version of the CONNECT. The decoder does not know of bridges: it gets the bytes without their bit. */
  #sniff(bytes: Uint8Array): Uint8Array {
    const before = this.#head.length;
    this.#head = joined(this.#head, bytes).slice(0, SNIFF_BYTES);
    if (this.#sniffed) return bytes;
    this.#sniffed = sniffVersion(this.#head);
    checkFirstLength(this.#head);
    if (!this.#sniffed?.isBridge) return bytes;
    const plain = new Uint8Array(bytes);
    plain[this.#sniffed.offset - before] = this.#sniffed.version;
    return plain;
  }

  /** @returns whether the next bytes may come */
  #push(bytes: Uint8Array, handle: Handle): boolean {
    try {
      if (!this.#cursor.push(bytes)) return true;
    } catch (error) {
      throw violationOf(error);
    }
    return this.#handleAll(handle);
  }

  /** @returns whether the next bytes may come */
  #handleAll(handle: Handle): boolean {
    while (this.#next()) {
      if (!handle(this.#cursor.toObject(), this.#cursor.length) || this.#isHeld) return false;
    }
    return true;
  }

  #next(): boolean {
    try {
      return this.#cursor.next();
    } catch (error) {
      throw violationOf(error);
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#maximum) {
      const text = `more than ${this.#maximum} bytes behind a packet that is not answered yet`;
      throw new Violation(ReasonCode.quotaExceeded, text);
    }
    this.#chunks.push(new Uint8Array(bytes));
  }
}

/** What the decoder throws for bytes that are not MQTT, as the end of their connection. */
function violationOf(error: unknown): unknown {
  return error instanceof MqttError ? new Violation(error.reasonCode, error.message) : error;
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
