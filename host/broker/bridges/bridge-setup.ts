import type { ProtocolVersion, QoS } from '../../core/index.js';
import type { BrokerAddress, BrokerTls } from '../../mqtt-client/broker-endpoint.js';
import type { RestartDelay } from '../../mqtt-client/restart-delay.js';

export type { BrokerAddress as BridgeAddress, BrokerTls as BridgeTls } from '../../mqtt-client/broker-endpoint.js';
export type { RestartDelay } from '../../mqtt-client/restart-delay.js';

/** Messages that a bridge carries in one direction; `both` of mosquitto.conf(5) is one entry for each. */
export interface BridgeTopic {
  /** `in` comes from the other broker, `out` goes there. */
  readonly direction: 'in' | 'out';
  /** Most that the bridge subscribes with, and so passes on. */
  readonly qos: QoS;
  /** Topic filter: at the other broker for `in`, here for `out`. */
  readonly filter: string;
  /** Taken off the topic of a message; what `filter` begins with. */
  readonly removePrefix: string;
  /** Put before the rest. */
  readonly addPrefix: string;
}

/**
 * A bridge, in the words and with the defaults of mosquitto.conf(5). Times are in seconds.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { Bridge, type BridgeOptions, type BridgeTls, createBroker } from 'wasmqtt/broker';
 *
 * const broker = await createBroker();
 * const tls: BridgeTls = { ca: readFileSync('ca.pem'), cert: readFileSync('device.pem'), key: readFileSync('device.key') };
 * const options: BridgeOptions = {
 *   name: 'up',
 *   addresses: [{ host: 'broker.example.com', port: 8883 }],
 *   topics: [{ direction: 'in', qos: 1, filter: 'command/#', removePrefix: '', addPrefix: '' }],
 *   remoteClientId: 'plant',
 *   tls,
 * };
 * new Bridge(options, { local: broker.local }).isConnected; // => false
 * await broker.close();
 * ```
 */
export interface BridgeOptions {
  readonly name: string;
  /** One at least. A failure makes the bridge try the next one. */
  readonly addresses: readonly BrokerAddress[];
  /** All addresses are equal: a connection that was lost is made again at the next one, not at the first. Default false. */
  readonly roundRobin?: boolean;
  /** One at least. The first that matches a topic renames it. */
  readonly topics: readonly BridgeTopic[];
  /** Default 4, which is MQTT 3.1.1. In 3, a broker cannot say that it has kept the session: QoS 2 may come twice after a reconnect. */
  readonly protocolVersion?: ProtocolVersion;
  /** Say in the CONNECT of 3.1 and 3.1.1 that this is a bridge, as brokers of the mosquitto kind understand it; others are asked again without. Default true. */
  readonly tryPrivate?: boolean;
  /** Forget subscriptions and messages at the other broker with each connection. Default false. */
  readonly cleanSession?: boolean;
  /** The same at the own broker. Default: as `cleanSession`. */
  readonly localCleanSession?: boolean;
  /** Default 60. */
  readonly keepAlive?: number;
  /** Client id at the other broker; at the own one it is `localClientId`. */
  readonly remoteClientId: string;
  readonly remoteUserName?: string;
  readonly remotePassword?: string;
  /** Default: `local.` and `remoteClientId`. */
  readonly localClientId?: string;
  readonly localUserName?: string;
  /** Where to say whether the bridge is connected. Default `both`. */
  readonly notifications?: 'both' | 'local' | 'none';
  /** Default: `$SYS/broker/connection/REMOTE_CLIENT_ID/state`. */
  readonly notificationTopic?: string;
  /** `once` does not connect again; `lazy` connects while there is something to carry out. Default `automatic`. */
  readonly start?: 'automatic' | 'lazy' | 'once';
  /** Messages that wait when a lazy bridge connects. Default 10. */
  readonly threshold?: number;
  /** How long a lazy bridge carries nothing before it disconnects. Default 60. */
  readonly idleTimeout?: number;
  /** Default: `DEFAULT_RESTART`. */
  readonly restart?: RestartDelay;
  /** Unsubscribe at the other broker from what only goes out: an earlier configuration may have subscribed to it. Default true. */
  readonly attemptUnsubscribe?: boolean;
  /** Default true; false takes the RETAIN flag off what goes out. */
  readonly outgoingRetain?: boolean;
  /** Messages above QoS 0 that the other broker of MQTT 5 may send unacknowledged (3.1.2.11.3), 1 to 65,535. Default 20. */
  readonly receiveMaximum?: number;
  /** How long the other broker of MQTT 5 keeps the session without a connection (3.1.2.11.2). Default 0xffffffff, which is for ever; 0 with `cleanSession`. */
  readonly sessionExpiryInterval?: number;
  /** Bytes of the largest message that goes out. Default: what the other broker takes. */
  readonly maximumPacketSize?: number;
  /** Address of this machine to connect from. */
  readonly localAddress?: string;
  readonly tls?: BrokerTls;
}

/** What happened to a bridge. */
export type BridgeEvent =
  | { type: 'connected'; bridge: string; address: string; sessionPresent: boolean }
  /** The connection ended, or could not be made. @see retryIn seconds; undefined when it is not tried again */
  | { type: 'disconnected'; bridge: string; address: string; reason: string; retryIn?: number }
  /** A lazy bridge has carried nothing for long, and disconnected. */
  | { type: 'resting'; bridge: string; address: string }
  /** The other broker refused this filter. */
  | { type: 'not subscribed'; bridge: string; topicFilter: string; reasonCode: number }
  /** A message was not carried over. */
  | { type: 'dropped'; bridge: string; direction: 'in' | 'out'; topic: string; reason: string };

/** @throws RangeError for options that cannot be a bridge; the message says which */
export function checkBridge({ name, addresses, topics, protocolVersion = 4, keepAlive = 60 }: BridgeOptions): void {
  const at = `bridge ${JSON.stringify(name)}`;
  if (addresses.length === 0) throw new RangeError(`${at} has no address; give host and port of the other broker`);
  if (topics.length === 0) throw new RangeError(`${at} carries no topics; give one at least`);
  if (![3, 4, 5].includes(protocolVersion)) {
    throw new RangeError(`${at}: protocol version ${protocolVersion}; use 3 (MQTT 3.1), 4 (MQTT 3.1.1) or 5`);
  }
  if (!Number.isInteger(keepAlive) || keepAlive < 5 || keepAlive > 65_535) {
    throw new RangeError(`${at}: keep-alive ${keepAlive}; use seconds from 5 to 65535`);
  }
  for (const { filter, removePrefix } of topics) {
    if (filter.startsWith(removePrefix) && filter !== '') continue;
    throw new RangeError(`${at}: the filter "${filter}" does not begin with "${removePrefix}", which is taken off`);
  }
}
