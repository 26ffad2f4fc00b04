import { ReasonCode } from '../../../core/index.js';
import type { BrokerEventOf, OccasionalEvent } from '../../engine/broker-events.js';
import type { Principal } from './principal.js';
import { RecentMap } from './recent-map.js';

/** A message of the broker itself. */
export interface LifecycleMessage {
  readonly topic: string;
  /** JSON. */
  readonly payload: string;
}

/** A connection, as its events name it. */
interface Connection {
  readonly principal: Principal;
  readonly sessionIdentifier: string;
}

export interface LifecycleOptions {
  readonly publish: (message: LifecycleMessage) => void;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Default: random UUIDs. */
  readonly newIdentifier?: () => string;
}

/** AWS's words for why a connection ended (developer guide, life-cycle-events). */
const REASONS: ReadonlyMap<number, string> = new Map<number, string>([
  [ReasonCode.sessionTakenOver, 'DUPLICATE_CLIENTID'],
  [ReasonCode.keepAliveTimeout, 'MQTT_KEEP_ALIVE_TIMEOUT'],
  [ReasonCode.notAuthorized, 'FORBIDDEN_ACCESS'],
  [ReasonCode.messageRateTooHigh, 'THROTTLED'],
  [ReasonCode.serverBusy, 'SERVER_ERROR'],
  [ReasonCode.implementationSpecificError, 'SERVER_ERROR'],
  [ReasonCode.serverShuttingDown, 'SERVER_INITIATED_DISCONNECT'],
  [ReasonCode.administrativeAction, 'SERVER_INITIATED_DISCONNECT'],
  [ReasonCode.unspecifiedError, 'CONNECTION_LOST'],
]);

/** `$aws/events/presence/…` and `$aws/events/subscriptions/…`: who comes and goes, and subscribes to what. */
export class LifecycleEvents {
  readonly #options: LifecycleOptions;
  /** Who may come in, by where it comes from, until it is there or has gone. */
  readonly #arriving = new Map<string, Principal>();
  readonly #connections = new Map<string, Connection>();
  /** Of the events about each client id. */
  readonly #versions = new RecentMap<number>();

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** The rules let it in. */
  admitted(principal: Principal): void {
    this.#arriving.set(principal.remote, principal);
  }

  /** The rules did not. */
  turnedAway(principal: Principal): void {
    const { clientId } = principal;
    const body = this.#body(clientId, 'connect_failed', { principal, sessionIdentifier: this.#newIdentifier() });
    const ipAddress = principal.sourceIp;
    this.#send(`presence/connect_failed/${clientId}`, {
      ...body,
      ipAddress,
      connectFailureReason: 'AUTHORIZATION_FAILED',
    });
  }

  /** Something happened at the broker. */
  take(event: OccasionalEvent): void {
    switch (event.type) {
      case 'connected':
        this.#connected(event);
        break;
      case 'refused':
        this.#arriving.delete(event.remote);
        break;
      case 'disconnected':
        this.#disconnected(event);
        break;
      case 'subscribed': {
        const granted = event.subscriptions.filter(({ reasonCode }) => reasonCode < ReasonCode.unspecifiedError);
        this.#subscriptions(
          'subscribed',
          event.clientId,
          granted.map(({ topicFilter }) => topicFilter),
        );
        break;
      }
      case 'unsubscribed':
        this.#subscriptions('unsubscribed', event.clientId, event.topicFilters);
        break;
    }
  }

  #connected({ clientId, remote }: BrokerEventOf<'connected'>): void {
    const principal = this.#arriving.get(remote);
    if (!principal) return;
    this.#arriving.delete(remote);
    const connection = { principal, sessionIdentifier: this.#newIdentifier() };
    this.#connections.set(clientId, connection);
    const body = this.#body(clientId, 'connected', connection);
    this.#send(`presence/connected/${clientId}`, { ...body, ipAddress: principal.sourceIp });
  }

  #disconnected({ clientId, reason, reasonCode }: BrokerEventOf<'disconnected'>): void {
    const connection = this.#connections.get(clientId);
    if (!connection) return;
    this.#connections.delete(clientId);
    const clientInitiatedDisconnect = reason === 'DISCONNECT from the client';
    const disconnectReason = clientInitiatedDisconnect
      ? 'CLIENT_INITIATED_DISCONNECT'
      : (REASONS.get(reasonCode) ?? 'CLIENT_ERROR');
    const body = this.#body(clientId, 'disconnected', connection);
    this.#send(`presence/disconnected/${clientId}`, { ...body, clientInitiatedDisconnect, disconnectReason });
  }

  #subscriptions(eventType: string, clientId: string, topics: readonly string[]): void {
    const connection = this.#connections.get(clientId);
    if (!connection || topics.length === 0) return;
    const { versionNumber, ...body } = this.#body(clientId, eventType, connection);
    this.#send(`subscriptions/${eventType}/${clientId}`, { ...body, topics });
  }

  #body(clientId: string, eventType: string, { principal, sessionIdentifier }: Connection) {
    const { certificateId, standing } = principal;
    const versionNumber = (this.#versions.get(clientId) ?? -1) + 1;
    if (!eventType.endsWith('subscribed')) this.#versions.set(clientId, versionNumber);
    return {
      clientId,
      ...(standing.isExclusive && { thingName: standing.thing?.name }),
      timestamp: this.#options.wallClock(),
      eventType,
      sessionIdentifier,
      principalIdentifier: certificateId,
      versionNumber,
    };
  }

  #send(topic: string, body: object): void {
    // AWS has none about client ids with wildcards: the topic would not be one.
    if (/[+#]/.test(topic)) return;
    this.#options.publish({ topic: `$aws/events/${topic}`, payload: JSON.stringify(body) });
  }

  #newIdentifier(): string {
    return (this.#options.newIdentifier ?? (() => crypto.randomUUID()))();
  }
}
