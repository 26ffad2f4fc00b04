import { ClientSession, type PublishPacket } from '../../core/index.js';
import type { ConnectRequest } from '../calls/mqtt/read-connect-request.js';
import { Receipts } from './receipts.js';

/** What a session needs to know of the device. */
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
  /** The request, while its connection stands. */
  id: number | undefined;
  /** To be sent again after a reconnect; gone once PUBREC came. */
  packet: PublishPacket | undefined;
}

/** What outlives a connection (4.1): the state of the core's session, and the messages, of which it holds no copies. */
export class MqttSession {
  readonly core: ClientSession;
  readonly receipts: Receipts;
  /** By packet id. */
  readonly sending = new Map<number, Sending>();
  /** The broker may hold the session without a connection. */
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

  /** The broker began a new session: nothing of the old one is sent or comes again (MQTT-3.2.2-5). */
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

/** Sessions that wait for their client to connect again; a device that is restarted has none. */
export class Sessions {
  readonly #waiting = new Map<string, MqttSession>();

  /** @param limit of the sessions that wait; beyond it the oldest is forgotten */
  constructor(
    private readonly settings: SessionSettings,
    private readonly limit: number,
  ) {}

  /** The session of this client at this broker, or a new one. */
  take(client: ConnectRequest): MqttSession {
    const key = keyOf(client);
    const found = this.#waiting.get(key);
    this.#waiting.delete(key);
    return found ?? new MqttSession(this.settings);
  }

  /** Takes back a session that was closed, for the next connection of this client on whichever channel. */
  keep(client: ConnectRequest, session: MqttSession): void {
    const key = keyOf(client);
    this.#waiting.delete(key);
    if (session.held) this.#waiting.set(key, session);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= this.limit) return;
      this.#waiting.delete(oldest);
    }
  }
}

/** A session belongs to a client identifier at a server (3.1.3.1). */
function keyOf({ host, port, mqtt }: ConnectRequest): string {
  return JSON.stringify([host, port, mqtt.clientId]);
}
