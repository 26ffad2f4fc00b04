import {
  type ProtocolVersion,
  type QoS,
  ReasonCode,
  type SubscribePacket,
  type Subscription,
  type UnsubscribePacket,
} from '../../../core/index.js';
import { answerReason } from '../answer-reason.js';
import { levelsOf } from '../routing/topic-levels.js';
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
    session.journal.subscribed(stored);
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
    session.journal.unsubscribed(filter);
    return context.subscriptions.delete(filter, session) ? ReasonCode.success : ReasonCode.noSubscriptionExisted;
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
  // Announced as not available (3.2.2.3.13).
  if (topicFilter.startsWith('$share/')) return ReasonCode.sharedSubscriptionsNotSupported;
  if (levelsOf(topicFilter) > topicLevels) return ReasonCode.topicFilterInvalid;
  const decision = context.rules.subscribe(session.client, { topicFilter, qos });
  if (!decision.allow) {
    if (decision.effect === 'disconnect') throw new Violation(decision.reasonCode, decision.reason);
    return answerReason('suback', decision.reasonCode);
  }
  if (session.journal.isFull) return ReasonCode.quotaExceeded;
  const isNew = !session.subscriptions.has(topicFilter);
  if (isNew && session.subscriptions.size >= subscriptionsPerSession) return ReasonCode.quotaExceeded;
  return undefined;
}
