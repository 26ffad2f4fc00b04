import { type ConnectPacket, type Packet, type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import type { ConnectionId, ConnectionInfo } from '../broker-transport.js';
import type { EngineContext } from '../context.js';
import type { Deadline } from '../deadlines.js';
import { type GuardedRules, isPromise } from '../guarded-rules.js';
import type { ListenerSettings } from '../listener-settings.js';
import type { Delivery, Reply } from '../message.js';
import { ConnectedClient, type Wire } from '../packets/connected-client.js';
import { handlePacket } from '../packets/dispatch.js';
import type { Link } from '../sessions/session-link.js';
import { ConnectionTap } from '../tap/connection-tap.js';
import { Violation } from '../violation.js';
import { type Entrance, keepAliveOf, mountedWill, openSession, sessionExpiry, windowOf } from './admission.js';
import type { AuthenticationWire } from './authentication.js';
import { Arrival, type Arrived } from './client-arrival.js';
import { closingReason, lateness, type Why } from './farewell.js';
import { Inbound } from './inbound.js';
import { Outbound } from './outbound.js';
import { connackVersion } from './refusal.js';

/**
 * One network connection: framing, the order of packets, and every way in which it ends. None of its methods throws. What throws
 * inside, be it the engine or the transport, is reported as `failed` and ends this connection and no other, once the call is done.
 * Until then it counts as slow, and what is sent on it is lost.
 */
export class Connection implements Wire, Link, AuthenticationWire {
  receiveMaximum = 0;
  readonly #context: EngineContext;
  readonly #id: ConnectionId;
  readonly #entrance: Entrance;
  readonly #onClosed: (id: ConnectionId) => void;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #tap: ConnectionTap | undefined;
  /** The end of the time for CONNECT, or for authenticating again. */
  #timer: Deadline | undefined;
  /** From CONNECT on. */
  #arrival: Arrival | undefined;
  #client: ConnectedClient | undefined;
  /** As CONNECT named it. */
  #clientId: string | undefined;
  #isClosed = false;
  /** Something threw: the connection ends with the engine's call. */
  #hasFailed = false;
  /** It is closed or has failed: nothing is sent or taken any more. */
  #isOver = false;

  /** @param onClosed called once, when the connection is over for the engine */
  constructor(context: EngineContext, id: ConnectionId, info: ConnectionInfo, onClosed: (id: ConnectionId) => void) {
    const listener = context.listeners.of(info.listener ?? context.listener);
    const { settings } = listener;
    this.#context = context;
    this.#id = id;
    this.#entrance = { info, listener, settings };
    this.#onClosed = onClosed;
    this.#inbound = new Inbound(listener.cursors, settings.maximumPacketSize, context.limits.connectPacketSize);
    this.#tap = ConnectionTap.open(context, id, info);
    this.#outbound = new Outbound(context.transport, id, settings, this.#tap, (error) => this.#fail(error));
    this.startTimer();
  }

  get protocolVersion(): ProtocolVersion {
    return this.#outbound.protocolVersion;
  }

  get settings(): ListenerSettings {
    return this.#entrance.settings;
  }

  get rules(): GuardedRules {
    return this.#context.rules;
  }

  receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    this.#tap?.received(bytes);
    // A client that sends is not silent, however long its packet takes (3.1.2-22).
    if (this.#client) this.#client.lastHeard = this.#context.now;
    this.#attempt(Connection.#takeChunk, bytes);
  }

  send(packet: Reply): boolean {
    return this.#isOver || this.#outbound.send(packet);
  }

  sendMessage(delivery: Delivery, packetId: number | undefined, dup: boolean): boolean {
    return this.#isOver || this.#outbound.sendMessage(delivery, packetId, dup, this.#context.now);
  }

  answer(packet: Reply, reason: string | undefined): void {
    if (!this.#isOver) this.#outbound.answer(packet, reason);
  }

  waitForJournal(): void {
    this.#context.journal?.hold(this.#id);
  }

  isSlow(): boolean {
    return this.#hasFailed || this.#outbound.backlog() > this.#context.limits.backlogBytes;
  }

  /** The network took what was waiting. */
  drained(): void {
    if (!this.#isClosed) this.#attempt(() => this.#client?.session.pump());
  }

  /** Says why (MQTT 5, 3.14) and closes. */
  closeByServer(reasonCode: number, reason: string, serverReference?: string, packetType?: string): void {
    if (this.#isClosed) return;
    const code = closingReason('disconnect', reasonCode);
    if (this.#client) this.#outbound.sayWhy('disconnect', { reasonCode: code, reason, serverReference, packetType });
    this.#close(true, code, reason);
  }

  closeByClient(reasonCode: number): void {
    this.#close(true, reasonCode, 'DISCONNECT from the client');
  }

  closedByNetwork(reason: string): void {
    this.#close(false, ReasonCode.unspecifiedError, reason);
  }

  takenOver(): void {
    this.closeByServer(ReasonCode.sessionTakenOver, 'another connection uses the same client id');
  }

  /** Closes because the broker ends: wills are not published, or not before it runs again. */
  shutDown(): void {
    this.#client?.session.will.brokerEnds();
    this.#end({ reasonCode: ReasonCode.serverShuttingDown, reason: 'the server is shutting down' });
  }

  /** Asks the rules again: the client stays, perhaps under another name, or has to go. */
  reconsider(): void {
    const session = this.#client?.session;
    if (!session || this.#isOver) return;
    this.#attempt(() => this.#arrival!.reconsider(session));
  }

  /** Runs what the network or a packet asks for. This is the last catch of the connection. */
  #attempt(work: (self: Connection, chunk: Uint8Array) => unknown, chunk?: Uint8Array): void {
    this.#context.journal?.actFor(this.#id);
    try {
      work(this, chunk!);
    } catch (error) {
      if (error instanceof Violation) this.#end(error);
      else this.#fail(error);
    }
  }

  /** Something threw that must not: reports it, and ends this connection when the engine's call is done. */
  #fail(error: unknown): void {
    this.#report(error);
    if (this.#isOver) return;
    this.#hasFailed = true;
    this.#isOver = true;
    const why = { reasonCode: ReasonCode.implementationSpecificError, reason: 'internal error' };
    this.#context.afterCall(() => this.#end(why));
  }

  #report(error: unknown): void {
    this.#context.events.emit({ type: 'failed', remote: this.#entrance.info.remote, error });
  }

  startTimer(): void {
    const { deadlines, now, limits } = this.#context;
    this.#timer = deadlines.add(now + limits.connectTimeout, () => {
      const waits = { forAuthAgain: this.#client !== undefined, forRules: this.#inbound.isHeld };
      this.#end(lateness({ ...waits, forAuth: this.#arrival !== undefined }, limits.connectTimeout / 1000));
    });
  }

  stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** One function for all chunks: one for each would be garbage. */
  static readonly #takeChunk = (self: Connection, chunk: Uint8Array) => self.#inbound.take(chunk, self.#take);

  readonly #take = (packet: Packet, size: number): boolean => {
    if (!this.#isOver) this.#handle(packet, size);
    return !this.#isOver;
  };

  #handle(packet: Packet, size: number): void {
    this.#tap?.taken(packet, size);
    const authentication = this.#arrival?.authentication;
    if (packet.type === 'auth' && authentication) authentication.receive(packet, this.#client?.session.client);
    else if (this.#client) handlePacket(this.#client, packet);
    else if (packet.type === 'connect' && !this.#arrival) this.#connect(packet);
    else if (this.#arrival) this.closeByClient(this.#arrival.goodbyeIn(packet).reasonCode);
    else this.#end({ reason: `the first packet is ${packet.type.toUpperCase()}, not CONNECT (3.1.0-1)` });
  }

  #connect(packet: ConnectPacket): void {
    this.#clientId = packet.clientId || undefined;
    this.#outbound.adapt(packet);
    this.#arrival = new Arrival(this.#context, this.#entrance, packet, this.#inbound.isBridge, this);
    this.#arrival.begin((arrived) => this.#arrived(arrived));
  }

  /** Before CONNACK, what the client sends waits for the answer, and comes after it. */
  whenAnswered<T extends object>(answer: T | Promise<T>, then: (answer: T) => void): void {
    if (isPromise(answer)) {
      const goOn = this.#client ? (work: () => void) => this.#attempt(() => this.#isOver || work()) : this.hold();
      answer.then((value) => this.#context.later(() => goOn(() => then(value))));
    } else then(answer);
  }

  /** Takes no more packets until the result is called: then comes its work, and what the client sent in the meantime. */
  hold(): (work: () => void) => void {
    const release = this.#inbound.hold();
    this.#outbound.setReading(false);
    return (work) => {
      this.#outbound.setReading(true);
      this.#attempt(() => {
        if (!this.#isOver) work();
        release(this.#take);
      });
    };
  }

  #arrived({ packet, identity, connack, maximumConnectTime }: Arrived): void {
    const context = this.#context;
    const { settings, listener, info } = this.#entrance;
    const { protocolVersion, cleanStart, properties } = packet;
    // Checked before anything changes: no DISCONNECT may come before a successful CONNACK (3.14.0-1).
    if (!this.#outbound.encode(connack)) {
      if (this.#hasFailed) return;
      throw new Violation(ReasonCode.packetTooLarge, 'the client accepts no packet of the size of CONNACK');
    }
    const { session, present } = openSession(context, identity, cleanStart);
    session.expiryInterval = sessionExpiry(packet);
    this.receiveMaximum = windowOf(context.limits, identity, properties);
    const keepAlive = keepAliveOf(settings, packet.keepAlive);
    this.#client = new ConnectedClient(context, session, this, keepAlive, maximumConnectTime);
    listener.clients++;
    this.stopTimer();
    this.#step(() => info.accepted?.());
    this.#tap?.named(identity.clientId);
    session.attach(this, identity);
    context.journal?.attached(session);
    session.will.set(mountedWill(packet.will, settings), identity);
    // MQTT 3.1 has no Session Present flag.
    this.send({ ...connack, sessionPresent: present && protocolVersion !== 3 });
    const { clientId, userName, remote } = identity;
    const tlsVersion = info.tls?.version;
    const about = { clientId, userName, remote, protocolVersion, tlsVersion, cleanStart, sessionPresent: present };
    context.events.emit({ type: 'connected', ...about, keepAlive });
    session.resume();
  }

  /** Ends the connection from the server's side; before it is accepted with CONNACK (3.2.2.2), if a CONNECT came and there is a code. */
  #end({ reasonCode, reason = '', serverReference, packetType }: Partial<Why>): void {
    if (this.#isClosed) return;
    const code = reasonCode ?? ReasonCode.protocolError;
    const version = this.#inbound.connectVersion;
    if (this.#client) this.closeByServer(code, reason, serverReference, packetType);
    else if (version !== undefined && reasonCode !== undefined) {
      this.#outbound.protocolVersion = connackVersion(version);
      this.#outbound.sayWhy('connack', { reasonCode, reason, serverReference, packetType });
    }
    this.#close(true, code, reason);
  }

  /** Each step has its own catch: a connection that ends does so whatever one of them does. */
  #close(endTransport: boolean, reasonCode: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isOver = true;
    this.stopTimer();
    this.#arrival?.authentication?.cancel();
    const { events, transport, sessions } = this.#context;
    const { info, listener } = this.#entrance;
    if (endTransport) this.#step(() => transport.end(this.#id));
    this.#onClosed(this.#id);
    this.#tap?.closed(reason);
    if (!this.#client) {
      events.emit({ type: 'refused', remote: info.remote, clientId: this.#clientId, reasonCode, reason });
      return;
    }
    listener.clients--;
    this.#client.stop();
    const { session } = this.#client;
    events.emit({ type: 'disconnected', clientId: session.client.clientId, remote: info.remote, reasonCode, reason });
    // Before the will: the client may have subscribed to it, and nothing is sent to a connection that has ended.
    session.detach();
    this.#step(() => session.will.connectionLost());
    this.#step(() => sessions.detached(session));
  }

  #step(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#report(error);
    }
  }
}
