import type { ConnectPacket, QoS } from '../../core/index.js';
import type { CarriedMessage } from '../../mqtt-client/carried-message.js';
import type { BridgeOptions } from './bridge-setup.js';
import type { TopicMap } from './topic-map.js';

/** As mosquitto's `max_inflight_messages`. */
const RECEIVE_MAXIMUM = 20;

/** The CONNECT of a bridge. @param will what the other broker says when the connection is lost, if it is to say something */
export function bridgeConnect(options: BridgeOptions, will: CarriedMessage | undefined): ConnectPacket {
  const { protocolVersion = 4, cleanSession = false, keepAlive = 60, remoteClientId } = options;
  const { remoteUserName: userName, remotePassword, receiveMaximum = RECEIVE_MAXIMUM } = options;
  // Without one the other broker would forget the subscriptions whenever the connection is lost.
  const { sessionExpiryInterval = cleanSession ? 0 : 0xffffffff } = options;
  return {
    type: 'connect',
    protocolVersion,
    cleanStart: cleanSession,
    keepAlive,
    clientId: remoteClientId,
    userName,
    password: remotePassword === undefined ? undefined : Buffer.from(remotePassword),
    ...(will && { will }),
    ...(protocolVersion === 5 && {
      properties: { receiveMaximum, ...(sessionExpiryInterval > 0 && { sessionExpiryInterval }) },
    }),
  };
}

/**
 * What a bridge asks of the other broker with each connection, in the order of its topics: filters to subscribe to with their QoS,
 * and without one those to unsubscribe from, which an earlier configuration may have brought in.
 */
export function bridgeFilters({ topics, attemptUnsubscribe = true }: BridgeOptions, incoming: TopicMap) {
  const wanted = incoming.filters();
  const filters = new Map<string, QoS | undefined>();
  for (const { direction, filter, removePrefix, addPrefix } of topics) {
    const there = direction === 'in' ? filter : addPrefix + filter.slice(removePrefix.length);
    if (there !== '' && (wanted.has(there) || attemptUnsubscribe)) filters.set(there, wanted.get(there));
  }
  return filters;
}
