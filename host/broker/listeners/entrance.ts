import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionInfo } from '../engine/broker-transport.js';
import type { ListenerInfo } from '../engine/rules.js';
import { IncomingConnection } from './incoming-connection.js';
import type { Lobby } from './lobby.js';

/** What fails on a socket is reported further up; without a listener it would end the process. */
function reportedElsewhere(): void {}

/** The door of one listener: counts and names who comes, and knows who is in. */
export class Entrance {
  readonly lobby: Lobby;
  /** Set when the address is known, which is before anybody comes. */
  info!: ListenerInfo;
  readonly connections = new Set<IncomingConnection>();
  readonly #timeout: number;
  readonly #bySocket = new WeakMap<Duplex, IncomingConnection>();

  /** @param timeout milliseconds from the acceptance of a connection to its `attach` */
  constructor(lobby: Lobby, timeout: number) {
    this.lobby = lobby;
    this.#timeout = timeout;
  }

  /**
   * A connection was accepted.
   *
   * @param remote for events; default: its address and port
   * @returns false when there is no room for it: it is reported and destroyed
   */
  admit(socket: Socket, remote = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`): boolean {
    socket.on('error', reportedElsewhere);
    const leave = this.lobby.waitingRoom.enter(socket.remoteAddress);
    if (typeof leave === 'string') {
      this.lobby.engine.refused(remote, leave);
      socket.destroy();
      return false;
    }
    const connection = new IncomingConnection(this.lobby, socket, remote, leave, this.#timeout);
    this.#bySocket.set(socket, connection);
    this.connections.add(connection);
    socket.on('close', () => {
      this.connections.delete(connection);
      connection.closed();
    });
    return true;
  }

  /** Hands a stream over an admitted socket to the engine; whatever throws on the way ends this connection alone. */
  attach(socket: Duplex, stream: Duplex, describeTls?: () => ConnectionInfo['tls']): void {
    const connection = this.connectionOf(socket);
    try {
      if (connection) connection.attach(stream, this.info, describeTls?.());
      else stream.destroy();
    } catch (error) {
      connection?.refuse(`the connection cannot be served: ${(error as Error).message}`);
      stream.destroy();
    }
  }

  /** Turns away who came over this socket, or over the one that is below it, and destroys it. */
  refuse(socket: Duplex, reason: string): void {
    this.connectionOf(socket)?.refuse(reason);
    socket.destroy();
  }

  /** The connection that a socket, or TLS above it, belongs to. */
  connectionOf(socket: Duplex): IncomingConnection | undefined {
    // A TLSSocket has no address any more once its peer is gone, and no public way to the socket below it.
    const below = (socket as { _parent?: Duplex })._parent;
    return this.#bySocket.get(socket) ?? (below && this.#bySocket.get(below));
  }
}
