import { ClientSession, type PublishPacket } from '../../core/index.js';
import type { ConnectRequest } from './connect-request.js';
import { Receipts } from './receipts.js';

/** The limits and times of a session. */
export interface SessionSettings {
  /** Messages of QoS 1 and 2 in flight to the broker. */
  publishesInFlight: number;
  /** The same for subscribe and for unsubscribe requests. */
  subscribesInFlight: number;
  /** Messages of QoS 1 and 2 in flight from the broker. */
  messagesInFlight: number;
  /** Topic aliases that the broker may set. */
  topicAliases: number;
  /** Seconds that the broker keeps the session without a connection (MQTT 5). */
  sessionExpiryInterval: number;
  /** Milliseconds for the answer to a PINGREQ. */
  pingTimeout: number;
}

/** Bytes of the longest topic that an alias may stand for. */
const ALIASED_TOPIC = 256;

/** A message on its way to the broker. */
export interface Sending {
  /** The request; undefined after the connection of the request has ended. */
  id: number | undefined;
  /** Sent again after a reconnect; undefined after PUBREC. */
  packet: PublishPacket | undefined;
}

/** What outlives a connection (4.1): the state of the core's session, and the messages, which the core does not keep. */
export class MqttSession {
  readonly core: ClientSession;
  readonly receipts: Receipts;
  /** By packet id. */
  readonly sending = new Map<number, Sending>();
  /** True when the broker may keep the session without a connection. */
  held = false;

  constructor(readonly settings: SessionSettings) {
    this.core = new ClientSession({
      sendCapacity: settings.publishesInFlight + 2 * settings.subscribesInFlight,
      receiveCapacity: settings.messagesInFlight,
      aliasBytes: settings.topicAliases * (2 + ALIASED_TOPIC),
      manualAcknowledgement: true,
      // A device that was restarted has lost its own state, and its application asks for the session on purpose.
      adoptSession: true,
      responseTimeout: settings.pingTimeout,
    });
    this.receipts = new Receipts(this.core);
  }

  /** The broker began a new session: no message of the old one is sent or received again (MQTT-3.2.2-5). */
  begin(): void {
    this.sending.clear();
    this.receipts.clear();
  }

  /** The connection is over. */
  close(): void {
    this.core.close();
    this.receipts.connectionLost();
    for (const message of this.sending.values()) message.id = undefined;
  }
}

/** Sessions that wait for their client to connect again, in memory: a restart of the device loses them. */
export class SessionStore {
  readonly #settings: SessionSettings;
  readonly #limit: number;
  readonly #waiting = new Map<string, MqttSession>();

  /** @param limit how many sessions may wait; beyond it the oldest is forgotten */
  constructor(settings: SessionSettings, limit: number) {
    this.#settings = settings;
    this.#limit = limit;
  }

  /** The session of this client at this broker, or a new one. */
  take(client: ConnectRequest): MqttSession {
    const key = keyOf(client);
    const found = this.#waiting.get(key);
    this.#waiting.delete(key);
    return found ?? new MqttSession(this.#settings);
  }

  /** Takes back a session that was closed, for the next connection of this client on any channel. */
  keep(client: ConnectRequest, session: MqttSession): void {
    const key = keyOf(client);
    this.#waiting.delete(key);
    if (session.held) this.#waiting.set(key, session);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= this.#limit) return;
      this.#waiting.delete(oldest);
    }
  }
}

/** A session belongs to a client identifier at a server (3.1.3.1). */
function keyOf({ host, port, mqtt }: ConnectRequest): string {
  return JSON.stringify([host, port, mqtt.clientId]);
}
