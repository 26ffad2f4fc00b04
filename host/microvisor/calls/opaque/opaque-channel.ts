import { MvClosureReason, MvEventType } from '../../../../build/abi/microvisor.js';
import type { Channel, ChannelDriver } from '../../kernel/channel-driver.js';
import type { FamilyServices } from '../../kernel/family.js';
import type { OpaqueConnection, OpaqueEndpoint } from './opaque-endpoint.js';

const NO_BYTES = new Uint8Array(0);

/** The two directions of one channel: bytes to send wait for the next tick, received ones lie in the application's own ring. */
export class OpaqueChannel implements ChannelDriver {
  readonly #services: FamilyServices;
  readonly #channel: Channel;
  readonly #connection: OpaqueConnection;
  /** As large as the send buffer. */
  readonly #outgoing: Uint8Array;
  #outgoingBytes = 0;
  /** A write found too little room, so the application waits for more. */
  #isShort = false;
  #incoming: Uint8Array[] = [];
  #incomingBytes = 0;
  /** Where the unread bytes of the ring begin, and how many there are. */
  #head = 0;
  #unread = 0;
  #ended: 'closed' | 'reset' | undefined;
  #isClosed = false;

  constructor(services: FamilyServices, channel: Channel, endpoint: OpaqueEndpoint) {
    this.#services = services;
    this.#channel = channel;
    this.#outgoing = new Uint8Array(channel.send.size);
    this.#connection = endpoint({
      data: (bytes) => this.#received(bytes),
      closed: (how) => this.#end(how),
    });
  }

  /** Bytes that can be written now. */
  get room(): number {
    return this.#channel.send.size - this.#outgoingBytes;
  }

  /** Queues bytes, not more than there is room for. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#outgoing.set(bytes, this.#outgoingBytes);
    this.#outgoingBytes += bytes.length;
    this.#services.wake();
  }

  /** The next send is followed by CHANNELDATAWRITESPACE. */
  waitForRoom(): void {
    this.#isShort = true;
  }

  /** The unread bytes as far as they lie together, in guest memory. */
  get readable(): { address: number; length: number } {
    const { address, size } = this.#channel.receive;
    return { address: address + this.#head, length: Math.min(this.#unread, size - this.#head) };
  }

  /** Frees bytes that were read, at most those of `readable`. */
  consume(count: number): void {
    const consumed = Math.min(count, this.readable.length);
    this.#head = (this.#head + consumed) % this.#channel.receive.size;
    this.#unread -= consumed;
    if (this.#incomingBytes > 0) this.#services.wake();
  }

  tick(): void {
    this.#send();
    if (this.#fill()) this.#services.channels.readable(this.#channel);
    if (this.#ended === undefined || this.#incomingBytes > 0) return;
    const reset = this.#ended === 'reset';
    const closure = reset ? MvClosureReason.CHANNELRESETBYSERVER : MvClosureReason.CHANNELCLOSEDBYSERVER;
    this.#services.channels.disconnect(this.#channel, closure, 'the far end closed the channel', false);
  }

  nextDeadline(now: number): number | undefined {
    return this.#outgoingBytes > 0 ? now : undefined;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#incoming = [];
    this.#outgoingBytes = 0;
    this.#incomingBytes = 0;
    this.#connection.close();
  }

  #send(): void {
    if (this.#outgoingBytes === 0) return;
    const bytes = this.#outgoing.slice(0, this.#outgoingBytes);
    this.#outgoingBytes = 0;
    this.#connection.write(bytes);
    if (!this.#isShort) return;
    this.#isShort = false;
    this.#services.channels.notify(this.#channel, MvEventType.CHANNELDATAWRITESPACE);
  }

  /** What the device does not take in time resets the channel: nothing is held without a bound. */
  #received(bytes: Uint8Array): void {
    if (this.#isClosed || this.#ended) return;
    this.#incoming.push(bytes.slice());
    this.#incomingBytes += bytes.length;
    if (this.#incomingBytes > this.#services.limits.channelBuffer) {
      this.#incoming = [];
      this.#incomingBytes = 0;
      this.#ended = 'reset';
    }
    this.#services.wake();
  }

  #end(how: 'closed' | 'reset'): void {
    if (this.#isClosed) return;
    this.#ended ??= how;
    this.#services.wake();
  }

  /** Moves received bytes into the ring as far as there is room. True when there were any. */
  #fill(): boolean {
    const { address, size } = this.#channel.receive;
    let moved = false;
    while (this.#incoming.length > 0 && this.#unread < size) {
      const tail = (this.#head + this.#unread) % size;
      const [first] = this.#incoming;
      const piece = first.subarray(0, Math.min(size - this.#unread, size - tail));
      this.#services.memory.write(address + tail, piece);
      this.#unread += piece.length;
      this.#incomingBytes -= piece.length;
      const rest = first.length > piece.length ? first.subarray(piece.length) : NO_BYTES;
      if (rest.length > 0) this.#incoming[0] = rest;
      else this.#incoming.shift();
      moved = true;
    }
    return moved;
  }
}
