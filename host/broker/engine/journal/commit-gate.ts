import type { ConnectionId, Transport } from '../broker-transport.js';

interface Held {
  /** Bytes, and the write that has to be durable before they leave; the writes never fall. */
  readonly parts: { readonly after: number; readonly bytes: Uint8Array }[];
  /** The write that what is sent next waits for. */
  after: number;
  size: number;
  /** The engine has ended the connection. */
  isEnded: boolean;
}

/** CONNACK, in the upper half of a packet's first byte. */
const CONNACK = 2;

/**
 * Stands between the engine and its transport: bytes that depend on a write leave when it is durable. What a connection sends
 * behind them waits too, so the order stays; connections that depend on nothing are not delayed.
 */
export class CommitGate implements Transport {
  readonly #transport: Transport;
  readonly #held = new Map<ConnectionId, Held>();
  readonly #beforeSend: (id: ConnectionId) => void;
  readonly #onHeld: (id: ConnectionId, length: number) => void;
  #committed = 0;

  /**
   * @param beforeSend called before each `send`; it may call `hold`
   * @param onHeld called with the length of bytes that have to wait
   */
  constructor(
    transport: Transport,
    beforeSend: (id: ConnectionId) => void,
    onHeld: (id: ConnectionId, length: number) => void,
  ) {
    this.#transport = transport;
    this.#beforeSend = beforeSend;
    this.#onHeld = onHeld;
  }

  /** Connections with bytes that wait. */
  get waiting(): ConnectionId[] {
    return [...this.#held].filter(([, { parts }]) => parts.length > 0).map(([id]) => id);
  }

  /**
   * What this connection sends from now on depends on a write.
   *
   * @param after number of the write
   * @returns false when it is durable already
   */
  hold(id: ConnectionId, after: number): boolean {
    if (after <= this.#committed) return false;
    const held = this.#held.get(id);
    if (held) held.after = Math.max(held.after, after);
    else this.#held.set(id, { parts: [], after, size: 0, isEnded: false });
    return true;
  }

  send(id: ConnectionId, bytes: Uint8Array): void {
    this.#beforeSend(id);
    const held = this.#held.get(id);
    if (!held) {
      this.#transport.send(id, bytes);
      return;
    }
    held.parts.push({ after: held.after, bytes });
    held.size += bytes.length;
    this.#onHeld(id, bytes.length);
  }

  end(id: ConnectionId): void {
    const held = this.#held.get(id);
    if (held && held.parts.length > 0) held.isEnded = true;
    else {
      this.#held.delete(id);
      this.#transport.end(id);
    }
  }

  pause(id: ConnectionId): void {
    this.#transport.pause?.(id);
  }

  resume(id: ConnectionId): void {
    this.#transport.resume?.(id);
  }

  backlog(id: ConnectionId): number {
    return (this.#transport.backlog?.(id) ?? 0) + (this.#held.get(id)?.size ?? 0);
  }

  /**
   * Forgets what waits for a connection: it is gone, or what it waits for will not come.
   *
   * @returns true when CONNACK was among it: the client has seen nothing yet
   */
  discard(id: ConnectionId): boolean {
    const held = this.#held.get(id);
    this.#held.delete(id);
    return held?.parts[0] !== undefined && held.parts[0].bytes[0] >> 4 === CONNACK;
  }

  /**
   * The first so many writes are durable: what waited for them leaves.
   *
   * @param released called for each connection that sent what it had and goes on, outside of any catch
   * @param failed called when the transport throws for a connection; nothing waits for it any more
   */
  release(writes: number, released: (id: ConnectionId) => void, failed: (id: ConnectionId, error: unknown) => void) {
    this.#committed = writes;
    for (const [id, held] of [...this.#held]) {
      try {
        if (this.#sendReady(id, held)) released(id);
      } catch (error) {
        this.#held.delete(id);
        failed(id, error);
      }
    }
  }

  /** True when the connection is free again. */
  #sendReady(id: ConnectionId, held: Held): boolean {
    let count = 0;
    while (count < held.parts.length && held.parts[count].after <= this.#committed) count++;
    for (const { bytes } of held.parts.splice(0, count)) {
      held.size -= bytes.length;
      this.#transport.send(id, bytes);
    }
    if (held.parts.length > 0 || held.after > this.#committed) return false;
    this.#held.delete(id);
    if (held.isEnded) this.#transport.end(id);
    return !held.isEnded;
  }
}
