import {
  type ConnectPacket,
  encodePacket,
  MqttError,
  type Packet,
  PacketDecoder,
  type ProtocolVersion,
  ReasonCode,
} from '../../../core/index.js';
import type { Broker } from '../context.js';
import type { Deadline } from '../deadlines.js';
import type { ConnectionId, ConnectionInfo } from '../broker-limits.js';
import { ConnectedClient } from '../packets/connected-client.js';
import { Violation } from '../violation.js';
import {
  admit,
  announcement,
  connackVersion,
  returnCode,
  SNIFF_BYTES,
  sessionExpiry,
  sniffVersion,
} from './admission.js';

/** One network connection: framing, the order of packets, and every way in which it ends. */
export class Connection {
  protocolVersion: ProtocolVersion = 4;
  private readonly decoder: PacketDecoder;
  private client: ConnectedClient | undefined;
  private isClosed = false;
  /** Largest packet that the client takes (3.1.2.11.4). */
  private outboundMaximum = Number.POSITIVE_INFINITY;
  private head = new Uint8Array(0);
  private readonly connectEnd: Deadline;

  /** @param onClosed called once, when the connection is over for the engine */
  constructor(
    private readonly broker: Broker,
    private readonly id: ConnectionId,
    private readonly info: ConnectionInfo,
    private readonly onClosed: () => void,
  ) {
    const { connectTimeout, maximumPacketSize } = broker.limits;
    this.decoder = new PacketDecoder({ maximumPacketSize });
    this.connectEnd = broker.deadlines.add(broker.now() + connectTimeout, () =>
      this.refuse(undefined, `no CONNECT packet within ${connectTimeout / 1000} s`),
    );
  }

  /** Takes what the network delivered, cut anywhere. */
  receive(bytes: Uint8Array): void {
    if (this.isClosed) return;
    if (!this.client) this.keepHead(bytes);
    try {
      const { packets, error } = this.decode(bytes);
      for (const packet of packets) {
        this.handle(packet);
        if (this.isClosed) return;
      }
      if (error) throw new Violation(error.reasonCode, error.message);
    } catch (error) {
      if (error instanceof Violation) {
        this.end(error.reasonCode, error.message);
        return;
      }
      this.broker.events.emit({ type: 'failed', remote: this.info.remote, error });
      this.end(ReasonCode.implementationSpecificError, 'internal error');
    }
  }

  /** False when the packet is larger than the client takes (3.1.2-24): nothing was sent. */
  send(packet: Packet): boolean {
    const bytes = this.encode(packet);
    if (bytes.length > this.outboundMaximum) return false;
    this.broker.transport.send(this.id, bytes);
    return true;
  }

  isSlow(): boolean {
    return (this.broker.transport.backlog?.(this.id) ?? 0) > this.broker.limits.backlogBytes;
  }

  /** The network took what was waiting. */
  drained(): void {
    if (!this.isClosed) this.client?.session.pump();
  }

  /** Says why (MQTT 5, 3.14) and closes. */
  closeByServer(reasonCode: number, reason: string): void {
    if (this.isClosed) return;
    if (this.client && this.protocolVersion === 5) {
      const said = this.send({ type: 'disconnect', reasonCode, properties: { reasonString: reason } });
      if (!said) this.send({ type: 'disconnect', reasonCode });
    }
    this.close(true, reasonCode, reason);
  }

  closeByClient(reasonCode: number): void {
    this.close(true, reasonCode, 'DISCONNECT from the client');
  }

  closedByNetwork(reason: string): void {
    this.close(false, ReasonCode.unspecifiedError, reason);
  }

  /** Closes as at the end of the server's life: sessions end with it, wills are not published. */
  shutDown(): void {
    this.client?.session.will.discard();
    this.end(ReasonCode.serverShuttingDown, 'the server is shutting down');
  }

  /** What a server sends looks the same in 3.1 and 3.1.1. */
  private encode(packet: Packet): Uint8Array {
    return encodePacket(packet, this.protocolVersion === 5 ? 5 : 4);
  }

  private fits(packet: Packet): boolean {
    return this.encode(packet).length <= this.outboundMaximum;
  }

  private decode(bytes: Uint8Array): { packets: readonly Packet[]; error?: MqttError } {
    try {
      return { packets: this.decoder.push(bytes) };
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      return { packets: error.packets, error };
    }
  }

  private handle(packet: Packet): void {
    if (this.client) this.client.handle(packet);
    else if (packet.type === 'connect') this.connect(packet);
    else this.refuse(undefined, `the first packet is ${packet.type.toUpperCase()}, not CONNECT (3.1.0-1)`);
  }

  private connect(packet: ConnectPacket): void {
    const { broker } = this;
    const { protocolVersion, cleanStart, keepAlive, properties } = packet;
    this.protocolVersion = protocolVersion;
    this.outboundMaximum = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    const identity = admit(broker, packet, this.info);
    const connack: Packet = {
      type: 'connack',
      sessionPresent: false,
      reasonCode: 0,
      ...(protocolVersion === 5 && { properties: announcement(broker, packet, identity.clientId) }),
    };
    // Asked before anything is changed, as a refusal: there is no DISCONNECT before a CONNACK of success (3.14.0-1).
    if (!this.fits(connack)) {
      throw new Violation(ReasonCode.packetTooLarge, 'the client takes no packet of CONNACK size');
    }

    const { session, present } = broker.sessions.open(identity, cleanStart);
    session.expiryInterval = sessionExpiry(packet);
    const receiveMaximum = Math.min(properties?.receiveMaximum ?? 65_535, broker.limits.inflightMessages);
    const client = new ConnectedClient(broker, session, this, { keepAlive, receiveMaximum });
    this.client = client;
    this.connectEnd.cancel();
    session.attach(client, identity);
    session.will.set(packet.will, identity);

    // MQTT 3.1 has no such flag.
    this.send({ ...connack, sessionPresent: present && protocolVersion !== 3 });
    const { clientId, userName, remote } = identity;
    broker.events.emit({
      type: 'connected',
      clientId,
      userName,
      remote,
      protocolVersion,
      tlsVersion: this.info.tls?.version,
      cleanStart,
      sessionPresent: present,
      keepAlive,
    });
    session.resume();
  }

  /** The server's part of the end, before or after the CONNECT was accepted. */
  private end(reasonCode: number, reason: string): void {
    if (this.client) this.closeByServer(reasonCode, reason);
    else this.refuse(reasonCode, reason);
  }

  /** Ends a connection that has no client: with CONNACK (3.2.2.2) if it got as far as a CONNECT. */
  private refuse(reasonCode: number | undefined, reason: string): void {
    if (this.isClosed) return;
    const version = sniffVersion(this.head);
    if (version !== undefined && reasonCode !== undefined) {
      this.protocolVersion = connackVersion(version);
      const isFive = this.protocolVersion === 5;
      const code = isFive ? reasonCode : returnCode(reasonCode);
      const properties = isFive ? { reasonString: reason } : undefined;
      if (code !== undefined && !this.send({ type: 'connack', sessionPresent: false, reasonCode: code, properties })) {
        this.send({ type: 'connack', sessionPresent: false, reasonCode: code });
      }
    }
    this.close(true, reasonCode ?? ReasonCode.protocolError, reason);
  }

  private close(endTransport: boolean, reasonCode: number, reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.connectEnd.cancel();
    const { broker, client, info } = this;
    if (endTransport) broker.transport.end(this.id);
    this.onClosed();
    if (!client) {
      broker.events.emit({ type: 'refused', remote: info.remote, reasonCode, reason });
      return;
    }
    client.stop();
    const { session } = client;
    const { clientId } = session.client;
    broker.events.emit({ type: 'disconnected', clientId, remote: info.remote, reasonCode, reason });
    // Before the will: the client may have subscribed to it, and nothing is sent to a connection that has ended.
    session.detach();
    session.will.connectionLost();
    broker.sessions.detached(session);
  }

  private keepHead(bytes: Uint8Array): void {
    if (this.head.length >= SNIFF_BYTES) return;
    const joined = new Uint8Array(this.head.length + bytes.length);
    joined.set(this.head);
    joined.set(bytes, this.head.length);
    this.head = joined.slice(0, SNIFF_BYTES);
  }
}
