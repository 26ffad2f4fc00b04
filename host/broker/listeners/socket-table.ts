import type { Duplex } from 'node:stream';
import type { BrokerEngine } from '../engine/broker-engine.js';
import type { ConnectionId, ConnectionInfo, Transport } from '../engine/broker-limits.js';

/** Longest delay of setTimeout. */
const LONGEST_TIMER = 0x7fffffff;

/** Milliseconds that a peer has for closing its side after the broker closed. */
const LINGER = 1000;

/**
 * The rim of an engine: carries bytes between byte streams and the engine, and keeps the one timer that the engine
 * needs. Any duplex stream will do, whoever accepted it.
 *
 * Back-pressure: the engine sees how much a stream has not taken yet and holds messages back; and a stream that does
 * not take its answers is not read from, so that requests cannot make memory grow either.
 */
export class SocketTable implements Transport {
  private readonly engine: BrokerEngine;
  private readonly sockets = new Map<ConnectionId, Duplex>();
  /** Also those that the engine has ended and that are not closed yet. */
  private readonly alive = new Set<Duplex>();
  private readonly corked = new Set<Duplex>();
  private timer: NodeJS.Timeout | undefined;
  private timerAt = Number.POSITIVE_INFINITY;
  private whenEmpty: (() => void) | undefined;

  /**
   * @param makeEngine makes the engine over this transport
   * @param now the engine's clock
   */
  constructor(
    makeEngine: (transport: Transport) => BrokerEngine,
    private readonly now: () => number,
  ) {
    this.engine = makeEngine(this);
  }

  /** Serves one byte stream until it ends. */
  attach(socket: Duplex, info: ConnectionInfo): void {
    const { engine } = this;
    const id = engine.open(info);
    this.sockets.set(id, socket);
    this.alive.add(socket);
    let reason: string | undefined;
    socket.on('data', (chunk: Uint8Array) => {
      engine.receive(id, chunk);
      if (socket.writableNeedDrain && this.backlog(id) > engine.limits.backlogBytes) socket.pause();
      this.arm();
    });
    socket.on('drain', () => {
      engine.drained(id);
      socket.resume();
    });
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.on('close', () => {
      this.sockets.delete(id);
      this.corked.delete(socket);
      engine.closed(id, reason);
      this.arm();
      this.alive.delete(socket);
      if (this.alive.size === 0) this.whenEmpty?.();
    });
    this.arm();
  }

  send(id: ConnectionId, bytes: Uint8Array): void {
    const socket = this.sockets.get(id);
    if (!socket || socket.destroyed) return;
    // All that one turn of the event loop has for a socket leaves it in one write.
    if (!this.corked.has(socket)) {
      if (this.corked.size === 0) process.nextTick(() => this.uncork());
      this.corked.add(socket);
      socket.cork();
    }
    socket.write(bytes);
  }

  end(id: ConnectionId): void {
    const socket = this.sockets.get(id);
    if (!socket) return;
    this.sockets.delete(id);
    if (this.corked.delete(socket)) socket.uncork();
    socket.end();
    // Go on reading, for nothing: unread bytes would turn the close into a reset, which can overtake the last packet.
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LINGER);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  /** 0 unless a `drain` event is to be expected: only then may the engine wait for one. */
  backlog(id: ConnectionId): number {
    const socket = this.sockets.get(id);
    return socket?.writableNeedDrain ? socket.writableLength : 0;
  }

  /** Ends every connection in good order; resolves when all streams are closed. */
  async close(): Promise<void> {
    this.engine.shutDown();
    if (this.alive.size > 0) {
      await new Promise<void>((resolve) => {
        this.whenEmpty = resolve;
      });
    }
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private uncork(): void {
    const sockets = [...this.corked];
    this.corked.clear();
    for (const socket of sockets) socket.uncork();
  }

  private arm(): void {
    const next = this.engine.nextDeadline() ?? Number.POSITIVE_INFINITY;
    // A timer that comes too early does no harm.
    if (this.timerAt <= next) return;
    clearTimeout(this.timer);
    this.timerAt = next;
    const delay = Math.min(Math.max(Math.ceil(next - this.now()), 0), LONGEST_TIMER);
    this.timer = setTimeout(() => {
      this.timerAt = Number.POSITIVE_INFINITY;
      this.engine.tick();
      this.arm();
    }, delay);
    this.timer.unref();
  }
}
