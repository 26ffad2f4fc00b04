import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../node/networks.js';
import type { ServiceLimits } from './service-options.js';

type Limits = Pick<ServiceLimits, 'connections' | 'connectionsPerAddress' | 'strangersPerAddress'>;

interface Connection {
  /** the TCP socket, below TLS if there is TLS */
  socket: Socket;
  peer: string;
  network: Network;
  /** nobody has logged in on it yet */
  isStranger: boolean;
  /** requests whose answers are not sent yet */
  pending: number;
  /** the request that came last */
  last?: { request: IncomingMessage; response: ServerResponse };
}

/** All connections from one subscriber. A trusted proxy has none: whom it speaks for is not known before its requests come. */
interface Network {
  name: string | undefined;
  size: number;
  /** oldest first */
  strangers: Set<Connection>;
}

/**
 * The connections of a server, and how many there may be.
 *
 * Whoever opens connections and says nothing takes places from nobody: where there are too many, the oldest one on which nobody has
 * logged in ends. One on which somebody has logged in ends only by itself, by a deadline or at {@link close}.
 */
export class ConnectionTable {
  readonly #limits: Limits;
  readonly #isProxy: (address: string) => boolean;
  /** by address and port of the peer: what a socket below TLS and the one above have in common */
  readonly #connections = new Map<string, Connection>();
  readonly #networks = new Map<string | undefined, Network>();
  /** of all networks, oldest first */
  readonly #strangers = new Set<Connection>();
  #isClosing = false;
  /** connections that were ended to make room, and those that were not let in, since the start */
  displaced = 0;
  refused = 0;

  /** @param isProxy whether an address is that of a proxy that is trusted */
  constructor(limits: Limits, isProxy: (address: string) => boolean) {
    this.#limits = limits;
    this.#isProxy = isProxy;
  }

  get size(): number {
    return this.#connections.size;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get strangers(): number {
    return this.#strangers.size;
  }

  /** A connection has been accepted. One that there is no room for is destroyed. */
  admit(socket: Socket): void {
    const address = socket.remoteAddress;
    if (this.#isClosing || address === undefined) {
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    // The port may be used again before the end of the former connection was seen.
    const former = this.#connections.get(peer);
    if (former) this.#remove(former);
    const name = this.#isProxy(address) ? undefined : networkOf(address);
    if (!this.#makeRoom(name)) {
      this.refused++;
      socket.destroy();
      return;
    }
    const network = this.#networks.get(name) ?? { name, size: 0, strangers: new Set() };
    this.#networks.set(name, network);
    const connection: Connection = { socket, peer, network, isStranger: true, pending: 0 };
    network.size++;
    network.strangers.add(connection);
    this.#strangers.add(connection);
    this.#connections.set(peer, connection);
    socket.on('close', () => this.#remove(connection));
  }

  /** Somebody has logged in on the connection of this socket, which may be above TLS. */
  loggedIn(socket: Socket): void {
    const connection = this.#connections.get(peerOf(socket));
    if (connection?.isStranger) this.#acquaint(connection);
  }

  /** A request has come whole as far as its headers go. */
  requested(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(peerOf(request.socket));
    if (connection === undefined) return;
    connection.pending++;
    connection.last = { request, response };
    response.on('close', () => {
      connection.pending--;
      // Above TLS, which has to say goodbye too.
      if (this.#isClosing && connection.pending === 0) request.socket.destroySoon();
    });
  }

  /** Whether an answer to something that came earlier is still to be sent, so that another one would be taken for it. */
  owesAnswer(socket: Socket): boolean {
    const { last, pending } = this.#connections.get(peerOf(socket)) ?? { pending: 0 };
    if (last === undefined || pending === 0) return false;
    return pending > 1 || last.request.complete || last.response.headersSent;
  }

  /** Ends connections without a request at once, lets no more in, and ends the others at the latest after some time. */
  close(milliseconds: number): void {
    this.#isClosing = true;
    for (const { pending, socket } of this.#connections.values()) if (pending === 0) socket.destroy();
    const last = setTimeout(() => {
      for (const { socket } of this.#connections.values()) socket.destroy();
    }, milliseconds);
    last.unref();
  }

  /** @returns false when everybody who is there has logged in */
  #makeRoom(name: string | undefined): boolean {
    const { connections, connectionsPerAddress, strangersPerAddress } = this.#limits;
    const network = name === undefined ? undefined : this.#networks.get(name);
    if (network && (network.size >= connectionsPerAddress || network.strangers.size >= strangersPerAddress)) {
      return this.#displace(network.strangers);
    }
    return this.#connections.size < connections || this.#displace(this.#strangers);
  }

  #displace(strangers: ReadonlySet<Connection>): boolean {
    const [oldest] = strangers;
    if (oldest === undefined) return false;
    this.displaced++;
    // It counts as gone now: its event comes later.
    this.#remove(oldest);
    oldest.socket.destroy();
    return true;
  }

  #acquaint(connection: Connection): void {
    connection.isStranger = false;
    connection.network.strangers.delete(connection);
    this.#strangers.delete(connection);
  }

  #remove(connection: Connection): void {
    if (this.#connections.get(connection.peer) !== connection) return;
    this.#connections.delete(connection.peer);
    this.#acquaint(connection);
    const { network } = connection;
    if (--network.size === 0) this.#networks.delete(network.name);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
