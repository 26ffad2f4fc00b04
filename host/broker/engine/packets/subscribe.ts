import {
  type ProtocolVersion,
  type QoS,
  ReasonCode,
  type SubscribePacket,
  type Subscription,
  type UnsubscribePacket,
} from '../../../core/index.js';
import { answerReason } from '../answer-reason.js';
import type { EngineContext } from '../context.js';
import { isShared, sharedFilter } from '../routing/shared-filter.js';
import { levelsOf, topicBytes } from '../routing/topic-levels.js';
import type { Session } from '../sessions/session.js';
import type { StoredSubscription } from '../subscription.js';
import { Violation } from '../violation.js';
import type { ConnectedClient } from './connected-client.js';

/** SUBSCRIBE (3.8.4): answers each filter, then sends the retained messages. */
export function handleSubscribe(client: ConnectedClient, packet: SubscribePacket): void {
  const { context, session } = client;
  const identifier = packet.properties?.subscriptionIdentifier?.[0];
  const wantsRetained: StoredSubscription[] = [];
  const reasonCodes = packet.subscriptions.map((request) => {
    const refusal = refusalOf(client, request);
    if (refusal !== undefined) return refusal;
    const qos = Math.min(request.qos, context.limits.maximumQoS) as QoS;
    const stored: StoredSubscription = { ...request, qos, identifier };
    session.subscriptions.set(stored.topicFilter, stored);
    const isNew = context.subscriptions.set(stored.topicFilter, session, stored);
    // Retain Handling (3.8.3.1): 0 always, 1 when new, 2 never.
    const handling = request.retainHandling ?? 0;
    if (handling === 0 || (handling === 1 && isNew)) wantsRetained.push(stored);
    return qos;
  });
  client.wire.send({
    type: 'suback',
    packetId: packet.packetId,
    reasonCodes: reasonCodes.map((code, at) => codeFor(client.protocolVersion, code, packet.subscriptions[at].qos)),
  });
  const { clientId } = session.client;
  const subscriptions = packet.subscriptions.map(({ topicFilter }, at) => ({
    topicFilter,
    reasonCode: reasonCodes[at],
  }));
  context.events.emit({ type: 'subscribed', clientId, subscriptions });
  for (const subscription of wantsRetained) context.router.sendRetained(session, subscription);
}

/** What SUBACK says of a filter. 3.1.1 has one code for a refusal (3.9.3); MQTT 3.1 (3.8) has none and grants what was asked for. */
function codeFor(protocolVersion: ProtocolVersion, reasonCode: number, requested: QoS): number {
  if (protocolVersion === 5 || reasonCode < ReasonCode.unspecifiedError) return reasonCode;
  return protocolVersion === 4 ? ReasonCode.unspecifiedError : requested;
}

/** UNSUBSCRIBE (3.10.4): messages already on their way are still delivered. */
export function handleUnsubscribe(client: ConnectedClient, packet: UnsubscribePacket): void {
  const { context, session } = client;
  const reasonCodes = packet.topicFilters.map((filter) => {
    session.subscriptions.delete(filter);
    const wasThere = context.subscriptions.delete(filter, session);
    if (wasThere && isShared(filter)) session.leftShared(filter);
    return wasThere ? ReasonCode.success : ReasonCode.noSubscriptionExisted;
  });
  client.wire.send({
    type: 'unsuback',
    packetId: packet.packetId,
    reasonCodes: client.protocolVersion === 5 ? reasonCodes : [],
  });
  const { clientId } = session.client;
  context.events.emit({ type: 'unsubscribed', clientId, topicFilters: packet.topicFilters });
}

/** The reason code to refuse this filter with; undefined when it may be granted. */
function refusalOf({ context, session }: ConnectedClient, { topicFilter, qos }: Subscription): number | undefined {
  const { subscriptionsPerSession, topicLevels } = context.limits;
  // The decoder refuses these in MQTT 5 (4.8.2-1, -2).
  if (isShared(topicFilter) && !sharedFilter(topicFilter)) return ReasonCode.topicFilterInvalid;
  if (levelsOf(topicFilter) > topicLevels) return ReasonCode.topicFilterInvalid;
  const decision = context.rules.subscribe(session.client, { topicFilter, qos });
  if (!decision.allow) {
    if (decision.effect === 'disconnect') throw new Violation(decision.reasonCode, decision.reason);
    return answerReason('suback', decision.reasonCode);
  }
  const isNew = !session.subscriptions.has(topicFilter);
  if (isNew && session.subscriptions.size >= subscriptionsPerSession) return ReasonCode.quotaExceeded;
  if (isNew && !hasRoomFor(context, session, topicFilter)) return ReasonCode.quotaExceeded;
  return undefined;
}

/** Levels of filters take memory, whatever they are for. */
function hasRoomFor({ subscriptions, limits }: EngineContext, session: Session, filter: string): boolean {
  const bytes = topicBytes(filter);
  const { subscriptionBytes, subscriptionBytesPerSession } = limits;
  return (
    subscriptions.bytesOf(session) + bytes <= subscriptionBytesPerSession &&
    subscriptions.bytes + bytes <= subscriptionBytes
  );
}
