import type { Duplex } from 'node:stream';
import type { BrokerEngine } from '../engine/broker-engine.js';
import type { ConnectionId, ConnectionInfo, Transport } from '../engine/broker-transport.js';
import type { Clockwork } from './clockwork.js';
import { Outgoing } from './outgoing.js';

/** Default of `closeTimeout`, milliseconds. */
const CLOSE_TIMEOUT = 1000;

/**
 * Carries bytes between byte streams and an engine. Takes any duplex stream, whichever listener accepted it.
 *
 * Back-pressure: the engine sees how much a stream has not taken yet and holds messages back. A stream that does not
 * take its answers is not read from either, so requests cannot make memory grow.
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { BrokerEngine, Clockwork, SocketTable } from 'wasmqtt/broker';
 *
 * const now = () => performance.now();
 * const clockwork = new Clockwork(now, true);
 * const sockets = new SocketTable((transport) => new BrokerEngine({ now, transport }), clockwork);
 * sockets.attach(new PassThrough(), { remote: 'a test' }) !== undefined; // => true
 * await sockets.close();
 * clockwork.stop();
 * ```
 */
export class SocketTable implements Transport {
  readonly #engine: BrokerEngine;
  readonly #clockwork: Clockwork;
  readonly #closeTimeout: number;
  /** Those that the engine has not ended. */
  readonly #open = new Map<ConnectionId, Outgoing>();
  /** All that are not closed, those that the engine has ended too. */
  readonly #alive = new Set<Duplex>();
  /** Those that this turn has something for. */
  #due: ConnectionId[] = [];
  /** Those that the engine wants nothing from for a while. */
  readonly #paused = new Set<ConnectionId>();
  #whenEmpty: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param makeEngine makes the engine over this transport
   * @param clockwork has the engine's clock, and drives the engine from now on
   * @param closeTimeout milliseconds that a peer has to close its side after the broker closed; then the stream is destroyed
   */
  constructor(
    makeEngine: (transport: Transport) => BrokerEngine,
    clockwork: Clockwork,
    closeTimeout: number = CLOSE_TIMEOUT,
  ) {
    this.#engine = makeEngine(this);
    this.#clockwork = clockwork;
    this.#closeTimeout = closeTimeout;
    clockwork.drive(this.#engine);
  }

  /**
   * Serves one byte stream until it ends. One that comes after `close` is destroyed.
   *
   * @returns its number at the engine; undefined for one that came too late
   */
  attach(socket: Duplex, info: ConnectionInfo): ConnectionId | undefined {
    if (this.#closing || socket.destroyed) {
      socket.on('error', () => {});
      socket.destroy();
      return undefined;
    }
    const engine = this.#engine;
    const id = engine.open(info);
    this.#open.set(id, new Outgoing(socket));
    this.#alive.add(socket);
    let reason: string | undefined;
    socket.on('data', (chunk: Uint8Array) => {
      engine.receive(id, chunk);
      this.#clockwork.arm();
    });
    socket.on('drain', () => {
      engine.drained(id);
      if (!this.#paused.has(id)) socket.resume();
      this.#clockwork.arm();
    });
    // Not every stream closes by itself after an error.
    socket.on('error', (error) => {
      reason ??= error.message;
      socket.destroy();
    });
    socket.on('close', () => {
      this.#open.delete(id);
      this.#paused.delete(id);
      engine.closed(id, reason);
      this.#clockwork.arm();
      this.#alive.delete(socket);
      if (this.#alive.size === 0) this.#whenEmpty?.();
    });
    this.#clockwork.arm();
    return id;
  }

  send(id: ConnectionId, bytes: Uint8Array): void {
    const outgoing = this.#open.get(id);
    if (!outgoing || outgoing.stream.destroyed) return;
    if (!outgoing.isDue) {
      if (this.#due.length === 0) process.nextTick(this.#flush);
      this.#due.push(id);
    }
    outgoing.add(bytes);
  }

  end(id: ConnectionId): void {
    const outgoing = this.#open.get(id);
    if (!outgoing) return;
    this.#open.delete(id);
    this.#paused.delete(id);
    const socket = outgoing.stream;
    const deadline = this.#clockwork.after(this.#closeTimeout, () => socket.destroy());
    socket.once('close', () => deadline.cancel());
    if (outgoing.isDue) outgoing.flush();
    socket.end();
    // Keep reading: unread bytes would turn the close into a reset, which can overtake the last packet.
    socket.resume();
  }

  pause(id: ConnectionId): void {
    const outgoing = this.#open.get(id);
    if (!outgoing) return;
    this.#paused.add(id);
    outgoing.stream.pause();
  }

  resume(id: ConnectionId): void {
    const outgoing = this.#open.get(id);
    // One that does not take its answers is read from again when it has.
    if (!this.#paused.delete(id) || !outgoing) return;
    if (backlogOf(outgoing) <= this.#engine.limits.backlogBytes) outgoing.stream.resume();
  }

  /** 0 unless a `drain` event will follow: only then may the engine wait for one. */
  backlog(id: ConnectionId): number {
    const outgoing = this.#open.get(id);
    return outgoing ? backlogOf(outgoing) : 0;
  }

  /**
   * Ends each of its connections in good order. Resolves when all streams are closed, and after twice `closeTimeout` even if one
   * does not say so. Later calls return the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#endAll();
    return this.#closing;
  }

  async #endAll(): Promise<void> {
    this.#engine.shutDown((id) => !this.#open.has(id));
    if (this.#alive.size === 0) return;
    await new Promise<void>((resolve) => {
      const deadline = this.#clockwork.after(2 * this.#closeTimeout, resolve);
      this.#clockwork.hold();
      this.#whenEmpty = () => {
        deadline.cancel();
        resolve();
      };
    });
  }

  readonly #flush = (): void => {
    const due = this.#due;
    this.#due = [];
    for (const id of due) {
      // The engine has ended it, or it is closed, since.
      const outgoing = this.#open.get(id);
      if (!outgoing) continue;
      outgoing.flush();
      // Whoever does not take its answers is not read from either.
      if (backlogOf(outgoing) > this.#engine.limits.backlogBytes) outgoing.stream.pause();
    }
  };
}

function backlogOf({ stream, size }: Outgoing): number {
  return stream.writableNeedDrain ? stream.writableLength + size : 0;
}
