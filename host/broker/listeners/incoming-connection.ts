import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionId, ConnectionInfo } from '../engine/broker-transport.js';
import type { Deadline } from '../engine/deadlines.js';
import type { ClientCertificate, ListenerInfo } from '../engine/rules.js';
import type { Lobby } from './lobby.js';

/** Milliseconds that a peer has to take an answer after which it is refused. */
const ANSWER_TIMEOUT = 1000;

/** Where a connection is on its way in. */
type Place =
  /** TLS or HTTP is still under way. */
  | { at: 'door'; deadline: Deadline }
  | { at: 'engine'; id: ConnectionId; certificate?: ClientCertificate }
  | { at: 'end' };

/** One accepted connection, from its first byte until its socket is closed. It is refused at most once. */
export class IncomingConnection {
  /** Address and port of the peer. Asked when it came: a socket that is gone knows neither. */
  readonly remote: string;
  readonly #lobby: Lobby;
  readonly #socket: Socket;
  readonly #leave: () => void;
  #place: Place;

  /**
   * @param socket the one that was accepted, under TLS and WebSocket
   * @param leave gives its place in the waiting room back
   * @param timeout milliseconds until `attach`
   */
  constructor(lobby: Lobby, socket: Socket, remote: string, leave: () => void, timeout: number) {
    this.remote = remote;
    this.#lobby = lobby;
    this.#socket = socket;
    this.#leave = leave;
    const tooLate = () => this.refuse(`the TLS handshake or WebSocket upgrade did not end within ${timeout / 1000} s`);
    this.#place = { at: 'door', deadline: lobby.clockwork.after(timeout, tooLate) };
  }

  /** Its socket is closed. */
  closed(): void {
    this.#leave();
    if (this.#place.at !== 'door') return;
    // TLS may still have to say why.
    setImmediate(() => this.refuse('the connection was closed before its handshake had ended'));
  }

  /** The verified certificate of a connection that the engine has. */
  get certificate(): ClientCertificate | undefined {
    return this.#place.at === 'engine' ? this.#place.certificate : undefined;
  }

  /** Turns it away, unless the engine has it: reports why, and destroys the socket. */
  refuse(reason: string): void {
    if (this.#place.at !== 'door') return;
    this.#place.deadline.cancel();
    this.#place = { at: 'end' };
    this.#lobby.engine.refused(this.remote, reason);
    // TLS may be in the middle of a handshake on this socket: without it, Node crashes.
    setImmediate(() => this.#socket.destroy());
  }

  /** The same, with an answer: the socket is destroyed when the peer has taken it, or has had a second for it. */
  refuseWith(answer: string, stream: Duplex, reason: string): void {
    if (this.#place.at !== 'door') return;
    this.#place.deadline.cancel();
    this.#place = { at: 'end' };
    this.#lobby.engine.refused(this.remote, reason);
    const last = this.#lobby.clockwork.after(ANSWER_TIMEOUT, () => this.#socket.destroy());
    this.#socket.once('close', () => last.cancel());
    stream.end(answer, () => this.#socket.destroySoon());
  }

  /** The handshakes are done: hands the stream to the engine. */
  attach(stream: Duplex, listener: ListenerInfo, tls?: ConnectionInfo['tls']): void {
    if (this.#place.at !== 'door') {
      stream.destroy();
      return;
    }
    this.#place.deadline.cancel();
    const { remote } = this;
    const id = this.#lobby.sockets.attach(stream, { remote, listener, tls, accepted: this.#leave });
    this.#place = id === undefined ? { at: 'end' } : { at: 'engine', id, certificate: tls?.certificate };
  }

  /** Ends it, wherever it is. A client of MQTT 5 gets the reason code. */
  end(reasonCode: number, reason: string): void {
    if (this.#place.at === 'engine') this.#lobby.engine.endConnection(this.#place.id, reasonCode, reason);
    else this.refuse(reason);
  }

  /** At once, whatever it is doing. */
  destroy(): void {
    this.#socket.destroy();
  }
}
