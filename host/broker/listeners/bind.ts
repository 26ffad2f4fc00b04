import { createServer, type Server, type Socket } from 'node:net';
import { ReasonCode } from '../../core/index.js';
import { type ListenFailure, listenFailure } from '../../node/listen-failure.js';
import type { ListenerInfo } from '../engine/rules.js';
import type { Entrance } from './entrance.js';
import type { TcpAddress } from './listen-options.js';
import { BrokerError, type Listener, type Protocol } from './listener.js';
import type { ServerCredentials } from './tls/server-credentials.js';

/** Milliseconds that connections have to end in good order when their listener closes. */
const CLOSE_TIMEOUT = 2000;

/** What is done with each connection that was accepted, and what the listener is made of. */
export interface Door {
  protocol: Protocol;
  entrance: Entrance;
  /** Takes a connection that there is room for. */
  welcome(socket: Socket): void;
  /** For a listener with TLS. */
  credentials?: ServerCredentials;
  settings: Omit<ListenerInfo, 'name'> & { name?: string };
  /** Of a peer without an address. */
  remote?: () => string;
}

/** Listens on an address. @throws BrokerError for the address */
export async function bindAddress(door: Door, { host, port }: TcpAddress): Promise<Listener> {
  const server = makeServer(door);
  await listening(
    server,
    () => server.listen(port, host),
    (error) => listenFailure(error, 'the broker', host, port),
  );
  const taken = (server.address() as { port: number }).port;
  const shown = host.includes(':') ? `[${host}]` : host;
  return new BoundListener(server, door, `${door.protocol}://${shown}:${taken}`, host, taken);
}

/** Listens on a Unix socket. @throws BrokerError for the file */
export async function bindPath(
  door: Door,
  path: string,
  open: (server: Server) => void,
  explain: (error: unknown) => ListenFailure,
): Promise<Listener> {
  const server = makeServer(door);
  await listening(server, () => open(server), explain);
  return new BoundListener(server, door, `unix:${path}`, path, 0);
}

function makeServer({ entrance, welcome, remote }: Door): Server {
  return createServer({ noDelay: true, allowHalfOpen: false }, (socket) => {
    if (entrance.admit(socket, remote?.())) welcome(socket);
  });
}

async function listening(server: Server, open: () => void, explain: (error: unknown) => ListenFailure): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      const { code, message } = explain(error);
      reject(new BrokerError(code, message, { cause: error }));
    };
    server.once('error', fail);
    server.once('listening', () => {
      server.off('error', fail);
      resolve();
    });
    try {
      open();
    } catch (error) {
      fail(error);
    }
  });
}

class BoundListener implements Listener {
  readonly name: string;
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #entrance: Entrance;
  readonly #credentials: ServerCredentials | undefined;
  #closing: Promise<void> | undefined;

  constructor(server: Server, door: Door, address: string, host: string, port: number) {
    const { protocol, entrance, credentials, settings } = door;
    this.name = settings.name ?? address;
    this.protocol = protocol;
    this.host = host;
    this.port = port;
    this.#server = server;
    this.#entrance = entrance;
    this.#credentials = credentials;
    entrance.info = { ...settings, name: this.name };
    const { engine } = entrance.lobby;
    // They concern one connection that could not be accepted: without a listener they would end the process.
    server.on('error', (error) => engine.refused('unknown:0', `the connection was not accepted: ${error.message}`));
    credentials?.start(entrance, this.name);
  }

  reload(material: Parameters<Listener['reload']>[0] = {}): void {
    if (!this.#credentials) {
      throw new BrokerError('options', `${this.name} has no TLS: there are no certificates to reload`);
    }
    this.#credentials.reload(material);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const { connections, lobby } = this.#entrance;
    this.#credentials?.stop();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of [...connections]) connection.end(ReasonCode.serverShuttingDown, 'the listener is closing');
    const last = lobby.clockwork.after(CLOSE_TIMEOUT, () => {
      for (const connection of connections) connection.destroy();
    });
    await closed;
    last.cancel();
  }
}
