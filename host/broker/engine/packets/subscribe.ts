import { type ProtocolVersion, type QoS, ReasonCode, type SubscribePacket } from '../../../core/index.js';
import type { SubscriptionOutcome } from '../broker-events.js';
import type { ConnectedClient } from './connected-client.js';
import { inTurns } from './in-turns.js';
import { SubscribePlan } from './subscribe-plan.js';

/** SUBSCRIBE (3.8.4): decides on all filters, in as many turns as it takes, before any of them takes effect. */
export function handleSubscribe(client: ConnectedClient, packet: SubscribePacket): void {
  const plan = new SubscribePlan(client, packet);
  inTurns(client, plan, () => carryOut(client, packet, plan));
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
  if (plan.end) throw plan.end;
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
