import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type ClientOptions, WebSocket } from 'ws';
import type { Listener, ListenOptions, Protocol, TlsSettings } from '../../../../host/broker/index.js';
import type { TestPki } from './certificates.js';

export const PROTOCOLS = ['mqtt', 'mqtts', 'ws', 'wss', 'unix'] as const satisfies readonly Protocol[];

/** The smallest options of a listener of each kind. */
export function listenOptions(protocol: Protocol, pki: TestPki, tls: Partial<TlsSettings> = {}): ListenOptions {
  const settings = { cert: pki.read('server.crt'), key: pki.read('server.key'), ...tls };
  switch (protocol) {
    case 'mqtts':
    case 'wss':
      return { protocol, tls: settings };
    case 'unix':
      return { protocol, socketPath: pki.path(`${sockets++}.sock`) };
    default:
      return { protocol };
  }
}

let sockets = 0;

/** A byte stream to a listener, open. */
export async function dial(
  { protocol, host, port }: Pick<Listener, 'protocol' | 'host' | 'port'>,
  pki: TestPki,
  tls: ConnectionOptions = {},
): Promise<Duplex> {
  const trust = { ca: pki.read('ca.crt'), servername: 'localhost', ...tls };
  switch (protocol) {
    case 'mqtt':
      return await opened(connectTcp(port, host), 'connect');
    case 'unix':
      return await opened(connectTcp(host), 'connect');
    case 'mqtts':
      return await opened(connectTls({ host, port, ...trust }), 'secureConnect');
    default:
      return new WebSocketClient(
        await openWebSocket(`${protocol}://${host}:${port}/mqtt`, ['mqtt'], trust as ClientOptions),
      );
  }
}

/** @throws what `ws` says against the connection, with the status of the answer */
export async function openWebSocket(url: string, protocols: string[], options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, options);
  await once(socket, 'open');
  return socket;
}

async function opened<T extends Duplex>(stream: T, event: string): Promise<T> {
  stream.on('error', () => {});
  await once(stream, event);
  return stream;
}

/** The client's end of a WebSocket as a stream, written apart from the broker's. */
class WebSocketClient extends Duplex {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => {
      if (!this.push(data)) socket.pause();
    });
    socket.on('error', () => {});
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.send(chunk, { binary: true }, done);
  }

  override _final(done: () => void): void {
    this.#socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}
