import { type DisconnectPacket, type Packet, type ProtocolVersion, ReasonCode } from '../../../core/index.js';
import type { Broker } from '../context.js';
import type { Deadline } from '../deadlines.js';
import type { Link, Session } from '../sessions/session.js';
import { Violation } from '../violation.js';
import type { Connection } from '../wire/connection.js';
import { handleAcknowledgement, handlePublish } from './publish.js';
import { handleSubscribe, handleUnsubscribe } from './subscribe.js';

/** What a client asked for in CONNECT. */
export interface ClientSettings {
  /** Seconds, 0 for none. */
  keepAlive: number;
  /** Most messages of QoS 1 and 2 that it takes unacknowledged. */
  receiveMaximum: number;
}

/** A connection whose CONNECT was accepted: what its packets mean. */
export class ConnectedClient implements Link {
  /** Topic aliases that the client set (3.3.2.3.4). */
  readonly aliases = new Map<number, string>();
  readonly protocolVersion: ProtocolVersion;
  readonly receiveMaximum: number;
  private readonly keepAlive: number;
  private lastHeard: number;
  private keepAliveEnd: Deadline | undefined;

  constructor(
    readonly broker: Broker,
    readonly session: Session,
    private readonly connection: Connection,
    settings: ClientSettings,
  ) {
    this.protocolVersion = connection.protocolVersion;
    this.receiveMaximum = settings.receiveMaximum;
    // One and a half times the keep-alive (3.1.2-22).
    this.keepAlive = settings.keepAlive * 1500;
    this.lastHeard = broker.now();
    if (this.keepAlive > 0) this.watch();
  }

  /** QoS 2 messages that may wait for PUBREL; clients of 3.1.1 were told no maximum. */
  get inboundMaximum(): number {
    return this.protocolVersion === 5 ? this.broker.limits.receiveMaximum : 65_535;
  }

  send(packet: Packet): boolean {
    return this.connection.send(packet);
  }

  isSlow(): boolean {
    return this.connection.isSlow();
  }

  takenOver(): void {
    this.connection.closeByServer(ReasonCode.sessionTakenOver, 'another connection uses the same client id');
  }

  /** @throws Violation when the packet breaks a rule */
  handle(packet: Packet): void {
    this.lastHeard = this.broker.now();
    switch (packet.type) {
      case 'publish':
        handlePublish(this, packet);
        break;
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp':
        handleAcknowledgement(this, packet);
        break;
      case 'subscribe':
        handleSubscribe(this, packet);
        break;
      case 'unsubscribe':
        handleUnsubscribe(this, packet);
        break;
      case 'pingreq':
        this.send({ type: 'pingresp' });
        break;
      case 'disconnect':
        this.goodbye(packet);
        break;
      case 'connect':
        throw new Violation(ReasonCode.protocolError, 'a second CONNECT on one connection (3.1.0-2)');
      default:
        throw new Violation(ReasonCode.protocolError, `${packet.type.toUpperCase()} is not for a client to send here`);
    }
  }

  /** The connection is over. */
  stop(): void {
    this.keepAliveEnd?.cancel();
  }

  private goodbye({ reasonCode, properties }: DisconnectPacket): void {
    const expiry = properties?.sessionExpiryInterval;
    if (expiry !== undefined) {
      if (this.session.expiryInterval === 0 && expiry > 0) {
        throw new Violation(
          ReasonCode.protocolError,
          'DISCONNECT gives a session that had none an expiry (3.14.2.2.2)',
        );
      }
      this.session.expiryInterval = expiry;
    }
    // Reason 0 discards the will, every other one publishes it (3.14.4-3).
    if (reasonCode === 0) this.session.will.discard();
    this.connection.closeByClient(reasonCode);
  }

  /** The deadline is not moved with each packet; when it comes it looks at the time of the last one. */
  private watch(): void {
    const end = this.lastHeard + this.keepAlive;
    if (end > this.broker.now()) {
      this.keepAliveEnd = this.broker.deadlines.add(end, () => this.watch());
      return;
    }
    const seconds = this.keepAlive / 1000;
    this.connection.closeByServer(ReasonCode.keepAliveTimeout, `nothing came for ${seconds} s (1.5 times keep-alive)`);
  }
}
