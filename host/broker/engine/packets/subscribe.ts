import {
  type ProtocolVersion,
  type QoS,
  ReasonCode,
  type SubscribePacket,
  type UnsubscribePacket,
} from '../../../core/index.js';
import type { SubscriptionOutcome } from '../broker-events.js';
import { isShared } from '../routing/shared-filter.js';
import type { ConnectedClient } from './connected-client.js';
import { mountFilter } from './mount-point.js';
import { SubscribePlan } from './subscribe-plan.js';

/** SUBSCRIBE (3.8.4): decides on all filters, in as many turns as it takes, before any of them takes effect. */
export function handleSubscribe(client: ConnectedClient, packet: SubscribePacket): void {
  const { work } = client.context;
  const plan = new SubscribePlan(client, packet);
  if (!work.isSpent && plan.run(work)) {
    carryOut(client, packet, plan);
    return;
  }
  const goOn = client.hold();
  work.add({
    run: (turn) => {
      if (client.isOver) return true;
      try {
        if (!plan.run(turn)) return false;
      } catch (error) {
        goOn(() => {
          throw error;
        });
        return true;
      }
      goOn(() => carryOut(client, packet, plan));
      return true;
    },
  });
}

/** Stores what is granted, answers, then sends the retained messages. */
function carryOut(client: ConnectedClient, packet: SubscribePacket, plan: SubscribePlan): void {
  const { context, session } = client;
  const { outcomes, granted, wantsRetained } = plan;
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

/** What SUBACK says of a filter. 3.1.1 has one code for a refusal (3.9.3); MQTT 3.1 (3.8) has none and grants what was asked for. */
function codeFor(protocolVersion: ProtocolVersion, reasonCode: number, requested: QoS): number {
  if (protocolVersion === 5 || reasonCode < ReasonCode.unspecifiedError) return reasonCode;
  return protocolVersion === 4 ? ReasonCode.unspecifiedError : requested;
}

/** Characters from which on a Reason String names no more filters. */
const LONG_REASON = 1000;

/** The Reason String of SUBACK: it has one for all filters. */
function reasonOf(outcomes: readonly SubscriptionOutcome[]): string | undefined {
  if (outcomes.length === 1) return outcomes[0].reason;
  const reasons = new Set<string>();
  let characters = 0;
  for (const { topicFilter, reason } of outcomes) {
    if (reason === undefined) continue;
    if (characters > LONG_REASON) return `${[...reasons].join('; ')}; and more`;
    const text = `"${topicFilter}": ${reason}`;
    if (!reasons.has(text)) characters += text.length;
    reasons.add(text);
  }
  return reasons.size === 0 ? undefined : [...reasons].join('; ');
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
