import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { BrokerAddress, BrokerTls } from './broker-endpoint.js';

/** Bytes that may wait in a socket before messages wait. */
const BACKLOG = 1_048_576;
/** Milliseconds that the broker has to close its side. */
const END_TIMEOUT = 1000;

export interface ClientSocketEvents {
  opened(): void;
  data(bytes: Uint8Array): void;
  drained(): void;
  /** Once, and nothing after it. */
  closed(reason: string): void;
}

/** One connection to a broker, whatever carries it. */
export interface ClientTransport {
  /** What was written has not been taken: more should wait for `drained`. */
  readonly isSlow: boolean;
  write(bytes: Uint8Array): void;
  /** Whether data is wanted. */
  read(isWanted: boolean): void;
  /** Closes after what was written. Resolves when the connection is gone. */
  end(): Promise<void>;
}

/** A connection over TCP or TLS. */
export class ClientSocket implements ClientTransport {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;

  /** @param localAddress of this machine to connect from */
  constructor(
    { host, port }: BrokerAddress,
    tls: BrokerTls | undefined,
    localAddress: string | undefined,
    events: ClientSocketEvents,
  ) {
    let reason: string | undefined;
    // localAddress is for net.connect, which tls.connect passes it on to.
    const where = { host, port, localAddress };
    const socket = tls ? connectTls({ ...where, ...tlsOptions(host, tls) } as ConnectionOptions) : connect(where);
    this.#socket = socket.setNoDelay(true);
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.once(tls ? 'secureConnect' : 'connect', () => events.opened());
    socket.on('data', (bytes) => events.data(bytes));
    socket.on('drain', () => events.drained());
    socket.on('error', (error) => {
      reason ??= error.message;
      socket.destroy();
    });
    socket.once('close', () => events.closed(reason ?? 'the broker closed the connection'));
  }

  get isSlow(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > BACKLOG;
  }

  /** What one turn of the event loop writes goes out together. */
  write(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    socket.write(bytes);
  }

  read(isWanted: boolean): void {
    if (isWanted === this.#socket.isPaused()) {
      if (isWanted) this.#socket.resume();
      else this.#socket.pause();
    }
  }

  /** Takes a second at most. */
  async end(): Promise<void> {
    const socket = this.#socket;
    if (socket.connecting) socket.destroy();
    else socket.end().resume();
    const timer = setTimeout(() => socket.destroy(), END_TIMEOUT);
    await this.#closed;
    clearTimeout(timer);
  }
}

function tlsOptions(host: string, { ca, cert, key, minimumVersion, insecure, alpn }: BrokerTls): ConnectionOptions {
  const bytes = (pem: string | Uint8Array) => (typeof pem === 'string' ? pem : Buffer.from(pem));
  const several = ca === undefined || typeof ca === 'string' || ca instanceof Uint8Array ? ca : ca.map(bytes);
  return {
    ca: several instanceof Uint8Array ? Buffer.from(several) : several,
    cert: cert && bytes(cert),
    key: key && bytes(key),
    minVersion: minimumVersion ?? 'TLSv1.2',
    // SNI is for names only (RFC 6066 section 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(insecure && { checkServerIdentity: () => undefined }),
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
  };
}
