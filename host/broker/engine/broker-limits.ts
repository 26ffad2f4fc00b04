import { LARGEST_PACKET, type QoS } from '../../core/index.js';

/** Every limit of the engine. Sizes are in bytes, times in milliseconds, the rest are counts. */
export interface Limits {
  /** Largest packet accepted from a client (announced to MQTT 5 clients, 3.2.2.3.6). */
  maximumPacketSize: number;
  /**
   * Largest CONNECT, its fixed header left out: nobody who has not come in may make the broker keep more. The default has room for the
   * largest will (65,535 bytes) and as much again for names, password and user properties; `packet_max_connect` of mosquitto 2.1 is 100,000.
   */
  connectPacketSize: number;
  /** QoS 2 messages of a client that may wait for their PUBREL (announced, 3.2.2.3.3). */
  receiveMaximum: number;
  /** Topic aliases that a client may set on a connection (announced, 3.2.2.3.8). */
  topicAliasMaximum: number;
  /** Topic aliases that the broker sets on a connection, where the client accepts as many (3.1.2.11.5); 0 for none. */
  outgoingTopicAliases: number;
  /** Highest QoS accepted and granted (announced when below 2, 3.2.2.3.4). */
  maximumQoS: QoS;
  /** Messages of QoS 1 and 2 sent to one client and not acknowledged; the client's receive maximum may lower it. */
  inflightMessages: number;
  /** Bytes of such messages: once there are as many, the next one waits. One may have any size. */
  inflightBytes: number;
  /** Messages that wait for one client. */
  queuedMessages: number;
  /** Bytes of the messages that wait for one client: topics, payloads and properties. */
  queuedBytes: number;
  /** A connection with more unsent bytes than this is slow: messages wait in its queues. */
  backlogBytes: number;
  /** Bytes that all clients together have waiting or unacknowledged, a message counted once; little is always let through. */
  heldBytes: number;
  /**
   * Bytes of changes that a store has not made durable. When there are more, nothing is read from the clients that make changes until
   * half of it is durable; the others are served.
   */
  unstoredBytes: number;
  retainedMessages: number;
  /** Bytes of retained messages, with their properties and the nodes of their topics. */
  retainedBytes: number;
  subscriptionsPerSession: number;
  /** Bytes that the filters of one session count for: 200 for each level, and the text. */
  subscriptionBytesPerSession: number;
  /** The same for all sessions together, levels that they share counted once. */
  subscriptionBytes: number;
  /** Sessions, connected or not. When there are more, the one that has been without a connection for longest is ended. */
  sessions: number;
  /** Time that a session outlives its connection at most, whole seconds; announced when it lowers what was asked for (3.2.2.3.2). */
  sessionExpiryMaximum: number;
  /** Levels in a topic name or filter; the default takes 200 slashes, as Mosquitto does. */
  topicLevels: number;
  /** Time between the opening of a connection and its CONNECT packet. */
  connectTimeout: number;
  /**
   * What one call into the engine does before others have their turn: 1 for a node of a topic tree, 20 for a delivery. Less makes
   * others wait less; more is faster for messages to many.
   */
  workPerTurn: number;
}

/**
 * @example
 * ```ts
 * import { createBroker, DEFAULT_LIMITS } from 'wasmqtt/broker';
 *
 * const broker = await createBroker({ limits: { maximumPacketSize: 64 * 1024 } });
 * broker.engine.limits.maximumPacketSize < DEFAULT_LIMITS.maximumPacketSize; // => true
 * broker.engine.limits.sessions === DEFAULT_LIMITS.sessions; // => true
 * await broker.close();
 * ```
 */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  maximumPacketSize: 1_048_576,
  connectPacketSize: 131_072,
  receiveMaximum: 100,
  topicAliasMaximum: 16,
  outgoingTopicAliases: 16,
  maximumQoS: 2,
  inflightMessages: 20,
  inflightBytes: Number.POSITIVE_INFINITY,
  queuedMessages: 1000,
  queuedBytes: 16_777_216,
  backlogBytes: 1_048_576,
  heldBytes: 268_435_456,
  unstoredBytes: 33_554_432,
  retainedMessages: 10_000,
  retainedBytes: 67_108_864,
  subscriptionsPerSession: 1000,
  subscriptionBytesPerSession: 4_194_304,
  subscriptionBytes: 268_435_456,
  sessions: 10_000,
  sessionExpiryMaximum: Number.POSITIVE_INFINITY,
  topicLevels: 201,
  connectTimeout: 10_000,
  workPerTurn: 100_000,
};

/** Limits that end up in packets, and those that must not be 0. Every other one is 0 or more, and may be infinite. */
const RANGES: Partial<Record<keyof Limits, [smallest: number, largest: number]>> = {
  maximumPacketSize: [1, LARGEST_PACKET],
  connectPacketSize: [1, Number.POSITIVE_INFINITY],
  receiveMaximum: [1, 65_535],
  topicAliasMaximum: [0, 65_535],
  outgoingTopicAliases: [0, 65_535],
  maximumQoS: [0, 2],
  inflightMessages: [1, Number.POSITIVE_INFINITY],
  inflightBytes: [1, Number.POSITIVE_INFINITY],
  workPerTurn: [1, Number.POSITIVE_INFINITY],
};

/**
 * These limits, with the default for each one that is left out or undefined.
 *
 * @throws RangeError for one that is out of range: found here, it cannot end the broker at its first connection
 */
export function completeLimits(given: Partial<Limits> = {}): Limits {
  const limits: Limits = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof Limits)[]) {
    const value: number = given[name] ?? limits[name];
    const [smallest, largest] = RANGES[name] ?? [0, Number.POSITIVE_INFINITY];
    const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
    if (!isWhole || value < smallest || value > largest) {
      throw new RangeError(`limits: ${name} is ${value}; use a whole number from ${smallest} to ${largest}`);
    }
    limits[name] = value as QoS;
  }
  return limits;
}
