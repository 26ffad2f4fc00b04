import { type QoS, ReasonCode, type SubscribePacket, type Subscription } from '../../../core/index.js';
import type { SubscriptionOutcome } from '../broker-events.js';
import { isShared, parentOf, sharedFilter } from '../routing/shared-filter.js';
import { levelsOf, topicBytes } from '../routing/topic-levels.js';
import type { StoredSubscription } from '../subscription.js';
import { type Task, WORK, type Work } from '../turns/work-queue.js';
import { Violation } from '../violation.js';
import { answerReason, endAfter } from './answer-reason.js';
import type { ConnectedClient } from './connected-client.js';
import { mountFilter } from './mount-point.js';

/** What a SUBSCRIBE comes to, once each of its filters has been decided on. */
export class SubscribePlan implements Task {
  /** In the order of the packet. */
  readonly outcomes: SubscriptionOutcome[] = [];
  /** One for each filter that is granted, however often the packet has it: the last one counts (3.8.4-3). */
  readonly granted = new Map<string, StoredSubscription>();
  /** Filters whose retained messages are sent. */
  readonly wantsRetained = new Set<string>();
  /** The connection ends when SUBACK is sent. */
  end: Violation | undefined;
  readonly #client: ConnectedClient;
  readonly #requests: readonly Subscription[];
  readonly #identifier: number | undefined;
  /** The session's subscriptions, with those that are granted. */
  readonly #held: { count: number; bytes: number };

  /** @throws Violation when the packet ends the connection */
  constructor(client: ConnectedClient, { properties, subscriptions }: SubscribePacket) {
    const { session, settings, context } = client;
    this.#client = client;
    this.#requests = subscriptions;
    this.#identifier = properties?.subscriptionIdentifier?.[0];
    this.#held = { count: session.subscriptions.size, bytes: context.subscriptions.bytesOf(session) };
    if (this.#identifier !== undefined && !settings.subscriptionIdentifierAvailable) {
      const text = 'a subscription identifier, which is not available here (3.2.2.3.12)';
      throw new Violation(ReasonCode.subscriptionIdentifiersNotSupported, text);
    }
    if (subscriptions.length > settings.maximumFilters) {
      const text = `${subscriptions.length} filters in one SUBSCRIBE; send at most ${settings.maximumFilters}`;
      throw new Violation(ReasonCode.quotaExceeded, text);
    }
  }

  /**
   * Decides on the next filters, as many as the work of this turn allows.
   *
   * @returns whether all are decided on
   * @throws Violation when one of them ends the connection: none has taken effect then
   */
  run(work: Work): boolean {
    while (this.outcomes.length < this.#requests.length) {
      if (work.isSpent) return false;
      work.spend(WORK.rules);
      this.#decide(this.#requests[this.outcomes.length]);
    }
    return true;
  }

  #decide(request: Subscription): void {
    const { session, settings } = this.#client;
    const topicFilter = mountFilter(settings.mountPoint, request.topicFilter);
    const isNew =
      topicFilter !== undefined && !session.subscriptions.has(topicFilter) && !this.granted.has(topicFilter);
    const refusal = refusalOf(this.#client, request, topicFilter, isNew ? this.#held : undefined);
    if (refusal || topicFilter === undefined) {
      const { end, ...outcome } = refusal!;
      this.end ??= end;
      this.outcomes.push({ topicFilter: request.topicFilter, ...outcome });
      return;
    }
    if (isNew) {
      this.#held.count++;
      this.#held.bytes += topicBytes(topicFilter);
    }
    const stored = storedOf(this.#client, request, topicFilter, this.#identifier);
    this.outcomes.push({ topicFilter: request.topicFilter, reasonCode: stored.qos });
    this.granted.set(topicFilter, stored);
    // Retain Handling (3.8.3.1): 0 always, 1 when new, 2 never.
    const handling = request.retainHandling ?? 0;
    if (!settings.retainedOnWildcards && hasWildcard(topicFilter)) return;
    if (handling === 0 || (handling === 1 && isNew)) this.wantsRetained.add(topicFilter);
  }
}

/** Why a filter is not granted. */
interface RefusedFilter extends Omit<SubscriptionOutcome, 'topicFilter'> {
  /** Of the connection, after SUBACK. */
  end?: Violation;
}

function hasWildcard(topicFilter: string): boolean {
  return /[+#]/.test(topicFilter);
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
  if (!settings.hashMatchesParent) stored.leavesOut = parentOf(topicFilter);
  return stored;
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
): RefusedFilter | undefined {
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
    const end = endAfter(decision, client.protocolVersion);
    return { reasonCode: answerReason('suback', decision.reasonCode), reason: decision.reason, end };
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
  if (hasWildcard(topicFilter) && !settings.wildcardSubscriptionAvailable) {
    return refused(ReasonCode.wildcardSubscriptionsNotSupported, 'subscriptions with wildcards');
  }
  return undefined;
}
