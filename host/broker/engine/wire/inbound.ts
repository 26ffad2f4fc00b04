import { MqttError, type Packet, type PacketCursor, type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import type { CursorPool } from '../lazy/cursor-pool.js';
import { Violation } from '../violation.js';
import { SNIFF_BYTES, type Sniffed, sniffVersion } from './refusal.js';

const NOTHING = new Uint8Array(0);

/** Takes one packet, and its size on the wire in bytes. False when the connection is over: nothing more is taken. */
type Handle = (packet: Packet, size: number) => boolean;

/**
 * From the bytes of one connection to its packets. While the rules have not answered a CONNECT, or a step of an enhanced
 * authentication, what the client sends behind it waits here: a client need not wait for CONNACK (3.1.4).
 */
export class Inbound {
  readonly #cursors: CursorPool;
  readonly #maximum: number;
  readonly #connectMaximum: number;
  /**
   * Shows one packet after the other: what is held is not decoded into objects yet. Undefined while nothing of the stream is kept,
   * as in almost all connections at any time.
   */
  #cursor: PacketCursor | undefined;
  /** Of the packets to come, while there is no cursor. */
  #protocolVersion: ProtocolVersion = 4;
  /** The first bytes, for `sniffVersion`; undefined once all that it reads have come. */
  #head: Uint8Array | undefined = NOTHING;
  #sniffed: Sniffed | undefined;
  #isHeld = false;
  #holds = 0;
  /** What came after the chunk with the packet that they are asked about. */
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;

  /**
   * @param maximumHeld bytes that may wait for an answer of the rules
   * @param connectPacketSize bytes of the first packet behind its fixed header
   */
  constructor(cursors: CursorPool, maximumHeld: number, connectPacketSize: number) {
    this.#cursors = cursors;
    this.#maximum = maximumHeld;
    this.#connectMaximum = connectPacketSize;
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
    this.#push(this.#head === undefined ? bytes : this.#sniff(this.#head, bytes), handle);
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
  #sniff(before: Uint8Array, bytes: Uint8Array): Uint8Array {
    const head = joined(before, bytes).slice(0, SNIFF_BYTES);
    this.#head = head.length < SNIFF_BYTES ? head : undefined;
    if (this.#sniffed) return bytes;
    this.#sniffed = sniffVersion(head);
    checkFirstLength(head, this.#connectMaximum);
    if (!this.#sniffed?.isBridge) return bytes;
    const plain = new Uint8Array(bytes);
    plain[this.#sniffed.offset - before.length] = this.#sniffed.version;
    return plain;
  }

  /** @returns whether the next bytes may come */
  #push(bytes: Uint8Array, handle: Handle): boolean {
    this.#cursor ??= this.#newCursor();
    try {
      this.#cursor.push(bytes);
    } catch (error) {
      throw violationOf(error);
    }
    return this.#handleAll(handle);
  }

  #newCursor(): PacketCursor {
    const cursor = this.#cursors.take();
    cursor.protocolVersion = this.#protocolVersion;
    return cursor;
  }

  /** @returns whether the next bytes may come */
  #handleAll(handle: Handle): boolean {
    const cursor = this.#cursor;
    if (!cursor) return true;
    while (hasNext(cursor)) {
      if (!handle(cursor.toObject(), cursor.length) || this.#isHeld) return false;
    }
    if (cursor.pendingLength === 0) this.#putAway(cursor);
    return true;
  }

  #putAway(cursor: PacketCursor): void {
    this.#protocolVersion = cursor.protocolVersion;
    this.#cursor = undefined;
    this.#cursors.giveBack(cursor);
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

/** @throws Violation for bytes that are not MQTT */
function hasNext(cursor: PacketCursor): boolean {
  try {
    return cursor.next();
  } catch (error) {
    throw violationOf(error);
  }
}

/** What the decoder throws for bytes that are not MQTT, as the end of their connection. */
function violationOf(error: unknown): unknown {
  if (!(error instanceof MqttError)) return error;
  return new Violation(error.reasonCode, error.message, undefined, error.packetType);
}

/** @param head the first bytes of the connection; its fixed header is checked once it is there */
function checkFirstLength(head: Uint8Array, maximum: number): void {
  let length = 0;
  for (let at = 1; at < Math.min(head.length, 5); at++) {
    length += (head[at] & 0x7f) * 128 ** (at - 1);
    if (head[at] < 0x80) break;
  }
  if (length <= maximum) return;
  const text = `the first packet has ${length} bytes or more; CONNECT may have ${maximum}`;
  throw new Violation(ReasonCode.packetTooLarge, text);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
