import { isIP, type LookupFunction } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { failureOf } from './failures.js';
import { watchShown } from './shown-certificates.js';
import { tlsContexts } from './tls-contexts.js';
import type { MqttTransportFactory, Transport, TransportEvents, TransportRequest } from './transport.js';

export interface TlsTransportOptions {
  /** Milliseconds for the name, TCP and the handshake together; default 15,000. */
  connectTimeout?: number;
  /** Milliseconds after `end` until the socket is closed even if the peer has not closed its side; default 1000. */
  endTimeout?: number;
  /** Name resolution, for tests; default: the system's. */
  lookup?: LookupFunction;
}

/**
 * Transports over node:tls, TLS 1.2 or newer. The server's certificate and its name are always checked against the
 * given CAs or the Mozilla roots; the host name is sent as SNI.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:tls';
 * import type { AddressInfo } from 'node:net';
 * import { type MqttTransportFactory, type TlsTransportOptions, type Transport, tlsTransport } from 'wasmqtt/microvisor';
 * import type { TransportEvents, TransportFailure, TransportRequest } from 'wasmqtt/microvisor';
 * import { ensureServerPki } from 'wasmqtt/pki';
 *
 * const { ca, server } = await ensureServerPki('pki');
 * const listener = createServer({ cert: server.certificatePem, key: server.privateKeyPem }, (socket) => socket.resume());
 * await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
 * const { port } = listener.address() as AddressInfo;
 * const options: TlsTransportOptions = { connectTimeout: 5000 };
 * const connect: MqttTransportFactory = tlsTransport(options);
 * const request: TransportRequest = { host: 'localhost', port, ca: [ca.certificateDer], clientChain: [] };
 * const seen: string[] = [];
 * const failure = await new Promise<TransportFailure | undefined>((closed) => {
 *   const connected = ({ tls }: { tls: string }) => {
 *     seen.push(tls);
 *     transport.end();
 *   };
 *   const events: TransportEvents = { connected, data: () => {}, closed };
 *   const transport: Transport = connect(request, events);
 * });
 * [seen, failure]; // => [ [ 'TLSv1.3' ], undefined ]
 * listener.close();
 * ```
 */
export function tlsTransport(options: TlsTransportOptions = {}): MqttTransportFactory {
  return (request, events) => new TlsTransport(request, events, options);
}

class TlsTransport implements Transport {
  readonly #events: TransportEvents;
  readonly #options: TlsTransportOptions;
  #socket: TLSSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #error: Error | undefined;
  #shown: () => readonly Uint8Array[] = () => [];
  #closed = false;

  constructor(request: TransportRequest, events: TransportEvents, options: TlsTransportOptions) {
    this.#events = events;
    this.#options = options;
    try {
      this.#socket = this.#open(request);
    } catch (error) {
      // Credentials that cannot be used: reported later, as every failure is.
      this.#error = error as Error;
      setImmediate(() => this.#close());
    }
  }

  write(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  end(): void {
    const socket = this.#socket;
    socket?.end();
    this.#arm(this.#options.endTimeout ?? 1000, () => socket?.destroy());
  }

  destroy(): void {
    if (this.#socket) this.#socket.destroy();
    else setImmediate(() => this.#close());
  }

  #open(request: TransportRequest): TLSSocket {
    const socket = connect({
      secureContext: tlsContexts.of(request),
      host: request.host,
      port: request.port,
      // SNI is for names only (RFC 6066 section 3).
      ...(isIP(request.host) ? {} : { servername: request.host }),
      rejectUnauthorized: true,
      ...(this.#options.lookup ? { lookup: this.#options.lookup } : {}),
    });
    socket.setNoDelay(true);
    this.#shown = watchShown(socket);
    socket.once('secureConnect', () => {
      clearTimeout(this.#timer);
      this.#events.connected({
        tls: socket.getProtocol() ?? '',
        cipher: socket.getCipher().name,
        shown: this.#shown(),
      });
    });
    socket.on('data', (bytes) => this.#events.data(bytes));
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', () => this.#close());
    const timeout = this.#options.connectTimeout ?? 15_000;
    this.#arm(timeout, () => {
      this.#error ??= new Error(`no TLS connection to ${request.host}:${request.port} within ${timeout} ms`);
      socket.destroy();
    });
    return socket;
  }

  #arm(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
    this.#timer.unref();
  }

  #close(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#closed = true;
    this.#events.closed(this.#error && { ...failureOf(this.#error), shown: this.#shown() });
  }
}
