import {
  type ProtocolVersion,
  type QoS,
  ReasonCode,
  type SubscribePacket,
  type Subscription,
  type UnsubscribePacket,
} from '../../../core/index.js';
import type { SubscriptionOutcome } from '../broker-events.js';
import { isShared, sharedFilter } from '../routing/shared-filter.js';
import { levelsOf, topicBytes } from '../routing/topic-levels.js';
import type { StoredSubscription } from '../subscription.js';
import { Violation } from '../violation.js';
import { answerReason } from './answer-reason.js';
import type { ConnectedClient } from './connected-client.js';
import { mountFilter } from './mount-point.js';

/** What a SUBSCRIBE comes to, once each of its filters has been decided on. */
interface Plan {
  /** In the order of the packet. */
  outcomes: SubscriptionOutcome[];
  /** One for each filter that is granted, however often the packet has it: the last one counts (3.8.4-3). */
  granted: Map<string, StoredSubscription>;
  /** Filters whose retained messages are sent. */
  wantsRetained: Set<string>;
}

/** SUBSCRIBE (3.8.4): decides on all filters before any of them takes effect, answers, then sends the retained messages. */
export function handleSubscribe(client: ConnectedClient, packet: SubscribePacket): void {
  const { context, session } = client;
  const { outcomes, granted, wantsRetained } = decide(client, packet);
  for (const [filter, stored] of granted) {
    session.subscriptions.set(filter, stored);
    context.subscriptions.set(filter, session, stored);
    session.journal.subscribed(stored);
  }
  const { packetId, subscriptions } = packet;
  const reasonCodes = outcomes.map(({ reasonCode }, at) =>
    codeFor(client.protocolVersion, reasonCode, subscriptions[at].qos),
  );
  client.wire.answer({ type: 'suback', packetId, reasonCodes }, reasonOf(outcomes));
  context.events.emit({ type: 'subscribed', clientId: session.client.clientId, subscriptions: outcomes });
  for (const filter of wantsRetained) context.router.sendRetained(session, granted.get(filter)!);
}

/** @throws Violation when one of the filters ends the connection: none has taken effect then */
function decide(client: ConnectedClient, packet: SubscribePacket): Plan {
  const { session, settings } = client;
  const identifier = packet.properties?.subscriptionIdentifier?.[0];
  if (identifier !== undefined && !settings.subscriptionIdentifierAvailable) {
    const text = 'a subscription identifier, which is not available here (3.2.2.3.12)';
    throw new Violation(ReasonCode.subscriptionIdentifiersNotSupported, text);
  }
  const plan: Plan = { outcomes: [], granted: new Map(), wantsRetained: new Set() };
  const held = { count: session.subscriptions.size, bytes: client.context.subscriptions.bytesOf(session) };
  for (const request of packet.subscriptions) {
    const topicFilter = mountFilter(settings.mountPoint, request.topicFilter);
    const isNew =
      topicFilter !== undefined && !session.subscriptions.has(topicFilter) && !plan.granted.has(topicFilter);
    const refusal = refusalOf(client, request, topicFilter, isNew ? held : undefined);
    if (refusal || topicFilter === undefined) {
      plan.outcomes.push({ topicFilter: request.topicFilter, ...refusal! });
      continue;
    }
    if (isNew) {
      held.count++;
      held.bytes += topicBytes(topicFilter);
    }
    const stored = storedOf(client, request, topicFilter, identifier);
    plan.outcomes.push({ topicFilter: request.topicFilter, reasonCode: stored.qos });
    plan.granted.set(topicFilter, stored);
    // Retain Handling (3.8.3.1): 0 always, 1 when new, 2 never.
    const handling = request.retainHandling ?? 0;
    if (handling === 0 || (handling === 1 && isNew)) plan.wantsRetained.add(topicFilter);
  }
  return plan;
}

/** A bridge before MQTT 5 cannot ask for it: it must not get back what it sent, and has to see what is retained. */
const OF_BRIDGES = { noLocal: true, retainAsPublished: true } as const;

function storedOf(
  { settings, session }: ConnectedClient,
  request: Subscription,
  topicFilter: string,
  identifier: number | undefined,
): StoredSubscription {
  const stored: StoredSubscription = {
    ...request,
    ...(session.client.isBridge && OF_BRIDGES),
    topicFilter,
    qos: Math.min(request.qos, settings.maximumQoS) as QoS,
    identifier,
  };
  if (settings.upgradeOutgoingQoS) stored.upgradesQoS = true;
  return stored;
}

/** What SUBACK says of a filter. 3.1.1 has one code for a refusal (3.9.3); MQTT 3.1 (3.8) has none and grants what was asked for. */
function codeFor(protocolVersion: ProtocolVersion, reasonCode: number, requested: QoS): number {
  if (protocolVersion === 5 || reasonCode < ReasonCode.unspecifiedError) return reasonCode;
  return protocolVersion === 4 ? ReasonCode.unspecifiedError : requested;
}

/** The Reason String of SUBACK: it has one for all filters. */
function reasonOf(outcomes: readonly SubscriptionOutcome[]): string | undefined {
  const refused = outcomes.filter(({ reason }) => reason !== undefined);
  if (refused.length === 0) return undefined;
  if (outcomes.length === 1) return refused[0].reason;
  return [...new Set(refused.map(({ topicFilter, reason }) => `"${topicFilter}": ${reason}`))].join('; ');
}

/** UNSUBSCRIBE (3.10.4): messages already on their way are still delivered. A filter that the packet has twice is one. */
export function handleUnsubscribe(client: ConnectedClient, packet: UnsubscribePacket): void {
  const { context, session, settings } = client;
  const found = new Map<string, number>();
  for (const named of new Set(packet.topicFilters)) {
    const filter = mountFilter(settings.mountPoint, named) ?? '';
    const isThere = session.subscriptions.delete(filter);
    if (isThere) context.subscriptions.delete(filter, session);
    session.journal.unsubscribed(filter);
    // Nothing more comes of it (3.10.4-2).
    session.replays.delete(filter);
    if (isThere && isShared(filter)) session.leftShared(filter);
    found.set(named, isThere ? ReasonCode.success : ReasonCode.noSubscriptionExisted);
  }
  const reasonCodes = client.protocolVersion === 5 ? packet.topicFilters.map((filter) => found.get(filter)!) : [];
  client.wire.send({ type: 'unsuback', packetId: packet.packetId, reasonCodes });
  const { clientId } = session.client;
  context.events.emit({ type: 'unsubscribed', clientId, topicFilters: [...found.keys()] });
}

/**
 * Why this filter is not granted; undefined when it may be.
 *
 * @param mounted undefined when the filter is too long behind the mount point
 * @param others the session's other subscriptions; undefined when this one is not new
 * @throws Violation when the connection ends for it
 */
function refusalOf(
  client: ConnectedClient,
  { topicFilter, qos }: Subscription,
  mounted: string | undefined,
  others: { count: number; bytes: number } | undefined,
): Omit<SubscriptionOutcome, 'topicFilter'> | undefined {
  const { context, session, settings } = client;
  const { topicLevels } = context.limits;
  const missing = unavailable(client, topicFilter);
  if (missing) return missing;
  const { topicFilterInvalid: reasonCode } = ReasonCode;
  // The decoder refuses these in MQTT 5 (4.8.2-1, -2).
  if (isShared(topicFilter) && !sharedFilter(topicFilter)) return { reasonCode, reason: 'no share name, or no filter' };
  if (levelsOf(topicFilter) > topicLevels) return { reasonCode, reason: `more than ${topicLevels} levels` };
  if (mounted === undefined) return { reasonCode, reason: `too long behind the mount point "${settings.mountPoint}"` };
  const decision = context.rules.subscribe(session.client, { topicFilter: mounted, qos });
  if (!decision.allow) {
    if (decision.effect === 'disconnect') throw Violation.of(decision);
    return { reasonCode: answerReason('suback', decision.reasonCode), reason: decision.reason };
  }
  if (session.journal.isFull) {
    return { reasonCode: ReasonCode.quotaExceeded, reason: 'the broker cannot store it: its disk is full' };
  }
  const reason = others && excess(client, mounted, others);
  return reason === undefined ? undefined : { reasonCode: ReasonCode.quotaExceeded, reason };
}

/** Which limit a new subscription would exceed: their number, or the memory for the levels of their filters. */
function excess({ context }: ConnectedClient, filter: string, others: { count: number; bytes: number }) {
  const { subscriptionsPerSession, subscriptionBytesPerSession, subscriptionBytes } = context.limits;
  if (others.count >= subscriptionsPerSession) {
    return `this session has ${others.count} subscriptions, and may have ${subscriptionsPerSession}`;
  }
  const bytes = topicBytes(filter);
  if (others.bytes + bytes > subscriptionBytesPerSession) {
    return `the filters of this session take ${others.bytes} bytes, and may take ${subscriptionBytesPerSession}`;
  }
  if (context.subscriptions.bytes + bytes <= subscriptionBytes) return undefined;
  return `the filters of all sessions may take ${subscriptionBytes} bytes; unsubscribe from some`;
}

/** What CONNACK said is not available is a Protocol Error (3.2.2.3.11, .13); clients before MQTT 5 were not told. */
function unavailable({ settings, protocolVersion }: ConnectedClient, topicFilter: string) {
  const refused = (reasonCode: number, what: string) => {
    const reason = `${what} are not available here`;
    if (protocolVersion === 5) throw new Violation(reasonCode, `${reason}: "${topicFilter}"`);
    return { reasonCode, reason };
  };
  if (isShared(topicFilter) && !settings.sharedSubscriptionAvailable) {
    return refused(ReasonCode.sharedSubscriptionsNotSupported, 'shared subscriptions');
  }
  if (/[+#]/.test(topicFilter) && !settings.wildcardSubscriptionAvailable) {
    return refused(ReasonCode.wildcardSubscriptionsNotSupported, 'subscriptions with wildcards');
  }
  return undefined;
}
