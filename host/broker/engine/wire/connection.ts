import {
  type ConnectPacket,
  encodePacket,
  MqttError,
  type Packet,
  type ProtocolVersion,
  ReasonCode,
  Result,
} from '../../../core/index.js';
import type { ConnectionId, ConnectionInfo } from '../broker-transport.js';
import type { EngineContext } from '../context.js';
import type { Deadline } from '../deadlines.js';
import { ConnectedClient, type Wire } from '../packets/connected-client.js';
import { handlePacket } from '../packets/dispatch.js';
import type { Admission, ConnectRequest } from '../rules.js';
import type { Link } from '../sessions/session.js';
import { Violation } from '../violation.js';
import { announcement, identityOf, requestOf, sessionExpiry } from './admission.js';
import { closingReason, encodeFarewell, type FarewellType } from './farewell.js';
import { Inbound } from './inbound.js';
import { connackVersion } from './refusal.js';

/**
 * One network connection: framing, the order of packets, and every way in which it ends.
 *
 * None of its methods throws. What throws inside, be it the engine or the transport, is reported as `failed` and ends this
 * connection and no other, once the call is done. Until then it counts as slow, and what is sent on it is lost.
 */
export class Connection implements Wire, Link {
  protocolVersion: ProtocolVersion = 4;
  receiveMaximum = 0;
  readonly #context: EngineContext;
  readonly #id: ConnectionId;
  readonly #info: ConnectionInfo;
  readonly #onClosed: () => void;
  readonly #inbound: Inbound;
  readonly #connectEnd: Deadline;
  #client: ConnectedClient | undefined;
  #isClosed = false;
  /** Something threw: nothing is sent any more, and the connection ends with the engine's call. */
  #hasFailed = false;
  /** Largest packet that the client accepts (3.1.2.11.4). */
  #outboundMaximum = Number.POSITIVE_INFINITY;

  /** @param onClosed called once, when the connection is over for the engine */
  constructor(context: EngineContext, id: ConnectionId, info: ConnectionInfo, onClosed: () => void) {
    const { connectTimeout, maximumPacketSize } = context.limits;
    this.#context = context;
    this.#id = id;
    this.#info = info;
    this.#onClosed = onClosed;
    this.#inbound = new Inbound(maximumPacketSize);
    this.#connectEnd = context.deadlines.add(context.now + connectTimeout, () => this.#tooLate(connectTimeout / 1000));
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#hasFailed;
  }

  /** Takes bytes of the network, in chunks of any size. */
  receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    // A client that sends is not silent, however long its packet takes (3.1.2-22).
    if (this.#client) this.#client.lastHeard = this.#context.now;
    this.#attempt(() => this.#inbound.take(bytes, this.#take));
  }

  /** False when the packet is larger than the client accepts (3.1.2-24): nothing was sent. */
  send(packet: Packet): boolean {
    if (this.#isOver) return true;
    const bytes = this.#encode(packet);
    if (!bytes) return false;
    this.#transmit(bytes);
    return true;
  }

  isSlow(): boolean {
    if (this.#hasFailed) return true;
    const { transport, limits } = this.#context;
    try {
      return (transport.backlog?.(this.#id) ?? 0) > limits.backlogBytes;
    } catch (error) {
      this.#fail(error);
      return true;
    }
  }

  /** The network took what was waiting. */
  drained(): void {
    if (!this.#isClosed) this.#attempt(() => this.#client?.session.pump());
  }

  /** Says why (MQTT 5, 3.14) and closes. */
  closeByServer(reasonCode: number, reason: string): void {
    if (this.#isClosed) return;
    const code = closingReason('disconnect', reasonCode);
    if (this.#client) this.#sayWhy('disconnect', code, reason);
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

  /** Closes because the broker ends: its sessions end too, so wills are not published, or not before it runs again. */
  shutDown(): void {
    this.#client?.session.will.brokerEnds();
    this.#end(ReasonCode.serverShuttingDown, 'the server is shutting down');
  }

  waitForJournal(): void {
    this.#context.journal?.hold(this.#id);
  }

  /** Runs what the network or a packet asks for. This is the last catch of the connection. */
  #attempt(work: () => void): void {
    this.#context.journal?.actFor(this.#id);
    try {
      work();
    } catch (error) {
      if (error instanceof Violation) this.#end(error.reasonCode, error.message);
      else this.#fail(error);
    }
  }

  /** Something threw that must not: reports it, and ends this connection when the engine's call is done. */
  #fail(error: unknown): void {
    this.#report(error);
    if (this.#isOver) return;
    this.#hasFailed = true;
    this.#context.afterCall(() => this.#end(ReasonCode.implementationSpecificError, 'internal error'));
  }

  #report(error: unknown): void {
    this.#context.events.emit({ type: 'failed', remote: this.#info.remote, error });
  }

  /** Undefined when the packet is larger than the client accepts. One that cannot be encoded at all is a failure. */
  #encode(packet: Packet): Uint8Array | undefined {
    try {
      // What a server sends looks the same in 3.1 and 3.1.1.
      const bytes = encodePacket(packet, this.protocolVersion === 5 ? 5 : 4);
      return bytes.length <= this.#outboundMaximum ? bytes : undefined;
    } catch (error) {
      if (!(error instanceof MqttError && error.code === Result.PACKET_TOO_LARGE)) this.#fail(error);
      return undefined;
    }
  }

  #transmit(bytes: Uint8Array): void {
    try {
      this.#context.transport.send(this.#id, bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  #tooLate(seconds: number): void {
    if (this.#inbound.isHeld) this.#refuse(ReasonCode.serverBusy, `the rules did not answer within ${seconds} s`);
    else this.#refuse(undefined, `no CONNECT packet within ${seconds} s`);
  }

  readonly #take = (packet: Packet): boolean => {
    this.#handle(packet);
    return !this.#isOver;
  };

  #handle(packet: Packet): void {
    if (this.#client) handlePacket(this.#client, packet);
    else if (packet.type === 'connect') this.#connect(packet);
    else this.#refuse(undefined, `the first packet is ${packet.type.toUpperCase()}, not CONNECT (3.1.0-1)`);
  }

  #connect(packet: ConnectPacket): void {
    const context = this.#context;
    this.protocolVersion = packet.protocolVersion;
    this.#outboundMaximum = packet.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    const request = requestOf(context, packet, this.#info);
    const answer = context.rules.connect(request);
    if ('allow' in answer) {
      this.#answered(packet, request, answer);
      return;
    }
    this.#inbound.hold();
    answer.then((admission) =>
      context.later(() => {
        if (!this.#isOver) this.#attempt(() => this.#resume(packet, request, admission));
      }),
    );
  }

  /** The rules took their time: now comes what the client sent in the meantime. */
  #resume(packet: ConnectPacket, request: ConnectRequest, admission: Admission): void {
    this.#answered(packet, request, admission);
    if (!this.#isOver) this.#inbound.release(this.#take);
  }

  #answered(packet: ConnectPacket, request: ConnectRequest, admission: Admission): void {
    const context = this.#context;
    const { protocolVersion, cleanStart, keepAlive, properties } = packet;
    const identity = identityOf(context, request, admission);
    const connack: Packet = {
      type: 'connack',
      sessionPresent: false,
      reasonCode: 0,
      ...(protocolVersion === 5 && { properties: announcement(context, packet, identity.clientId) }),
    };
    // Checked before anything changes: no DISCONNECT may come before a successful CONNACK (3.14.0-1).
    if (!this.#encode(connack)) {
      if (this.#hasFailed) return;
      throw new Violation(ReasonCode.packetTooLarge, 'the client accepts no packet of the size of CONNACK');
    }

    const { session, present } = context.sessions.open(identity, cleanStart);
    session.expiryInterval = sessionExpiry(packet);
    this.receiveMaximum = Math.min(properties?.receiveMaximum ?? 65_535, context.limits.inflightMessages);
    this.#client = new ConnectedClient(context, session, this, keepAlive);
    this.#connectEnd.cancel();
    session.attach(this, identity);
    context.journal?.attached(session);
    session.will.set(packet.will, identity);

    // MQTT 3.1 has no Session Present flag.
    this.send({ ...connack, sessionPresent: present && protocolVersion !== 3 });
    const { clientId, userName, remote } = identity;
    context.events.emit({
      type: 'connected',
      clientId,
      userName,
      remote,
      protocolVersion,
      tlsVersion: this.#info.tls?.version,
      cleanStart,
      sessionPresent: present,
      keepAlive,
    });
    session.resume();
  }

  /** Ends the connection from the server's side, whether or not CONNECT was accepted. */
  #end(reasonCode: number, reason: string): void {
    if (this.#client) this.closeByServer(reasonCode, reason);
    else this.#refuse(reasonCode, reason);
  }

  /** Ends a connection that has no client; with CONNACK (3.2.2.2) if a CONNECT came and there is a reason code. */
  #refuse(reasonCode: number | undefined, reason: string): void {
    if (this.#isClosed) return;
    const version = this.#inbound.connectVersion;
    if (version !== undefined && reasonCode !== undefined) {
      this.protocolVersion = connackVersion(version);
      this.#sayWhy('connack', reasonCode, reason);
    }
    this.#close(true, reasonCode ?? ReasonCode.protocolError, reason);
  }

  #sayWhy(type: FarewellType, reasonCode: number, reason: string): void {
    const bytes = encodeFarewell(type, this.protocolVersion, reasonCode, reason, this.#outboundMaximum);
    if (bytes) this.#transmit(bytes);
  }

  /** Each step has its own catch: a connection that ends does so whatever one of them does. */
  #close(endTransport: boolean, reasonCode: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connectEnd.cancel();
    const { events, transport, sessions } = this.#context;
    const { remote } = this.#info;
    if (endTransport) this.#step(() => transport.end(this.#id));
    this.#onClosed();
    if (!this.#client) {
      events.emit({ type: 'refused', remote, reasonCode, reason });
      return;
    }
    this.#client.stop();
    const { session } = this.#client;
    const { clientId } = session.client;
    events.emit({ type: 'disconnected', clientId, remote, reasonCode, reason });
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
