import { type AcknowledgementPacket, type PublishPacket, ReasonCode } from '../../../core/index.js';
import { answerReason } from '../answer-reason.js';
import { makeMessage } from '../message.js';
import { levelsOf } from '../routing/topic-levels.js';
import { Violation } from '../violation.js';
import type { ConnectedClient } from './connected-client.js';

/** PUBLISH from a client (3.3.4, 4.3): check, acknowledge, pass on. */
export function handlePublish(client: ConnectedClient, packet: PublishPacket): void {
  const { session } = client;
  const topic = resolveTopic(client, packet);
  checkPublish(client, packet, topic);

  if (packet.qos === 2) {
    // Sent again before PUBREL: acknowledge it, but do not pass it on a second time (4.3.3-10).
    if (session.received.has(packet.packetId!)) {
      acknowledge(client, 'pubrec', packet.packetId!, 0);
      return;
    }
    if (session.received.size >= client.inboundMaximum) {
      throw new Violation(ReasonCode.receiveMaximumExceeded, 'more QoS 2 messages in flight than the receive maximum');
    }
  }
  const reasonCode = accept(client, packet, topic);
  if (packet.qos === 1) acknowledge(client, 'puback', packet.packetId!, reasonCode);
  if (packet.qos === 2) {
    // A PUBREC with an error ends the exchange (4.3.3); 3.1.1 has no such PUBREC, so there it goes on.
    if (reasonCode < 0x80 || client.protocolVersion !== 5) {
      session.received.add(packet.packetId!);
      session.journal.received(packet.packetId!);
    }
    acknowledge(client, 'pubrec', packet.packetId!, reasonCode);
  }
}

/** Passes the message on if the rules allow it. Returns the reason code for the acknowledgement. */
function accept(client: ConnectedClient, packet: PublishPacket, topic: string): number {
  const { context, session } = client;
  const { clientId } = session.client;
  const request = { topic, qos: packet.qos, retain: packet.retain, size: packet.payload.length };
  const decision = context.rules.publish(session.client, request);
  if (!decision.allow) {
    if (decision.effect === 'disconnect') throw new Violation(decision.reasonCode, decision.reason);
    context.reportDrop(clientId, topic, 'not authorised');
    return packet.qos === 0
      ? decision.reasonCode
      : answerReason(packet.qos === 1 ? 'puback' : 'pubrec', decision.reasonCode);
  }
  if (context.journal?.isFull && (packet.qos > 0 || packet.retain)) {
    context.reportDrop(clientId, topic, 'store full');
    if (client.protocolVersion === 5 || packet.qos === 0) return ReasonCode.quotaExceeded;
    throw new Violation(ReasonCode.quotaExceeded, 'the broker cannot store the message: its disk is full');
  }
  const message = makeMessage(packet, topic, context.now, clientId);
  if (context.router.publish(message)) return ReasonCode.success;
  if (client.protocolVersion === 5) return ReasonCode.quotaExceeded;
  // 3.1.1 cannot refuse one message: an error that keeps a packet from being processed ends the connection (4.8.0-2).
  throw new Violation(ReasonCode.quotaExceeded, `no room for the retained message of "${topic}"`);
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP (3.4 to 3.7). */
export function handleAcknowledgement(client: ConnectedClient, packet: AcknowledgementPacket): void {
  const { session } = client;
  const { packetId, reasonCode } = packet;
  if (packet.type === 'pubrel') {
    const known = session.received.delete(packetId);
    session.journal.completed(packetId);
    acknowledge(client, 'pubcomp', packetId, known ? ReasonCode.success : ReasonCode.packetIdentifierNotFound);
    return;
  }
  const entry = session.exchange(packetId);
  if (entry && (packet.type === 'puback') !== (entry.qos === 1)) {
    throw new Violation(
      ReasonCode.protocolError,
      `${packet.type.toUpperCase()} for the QoS ${entry.qos} message with packet id ${packetId}`,
    );
  }
  if (packet.type === 'pubrec') {
    if (!entry) acknowledge(client, 'pubrel', packetId, ReasonCode.packetIdentifierNotFound);
    else if (reasonCode >= 0x80) session.finish(entry);
    else session.release(entry);
  } else if (entry) {
    session.finish(entry);
  }
}

/** Reason codes exist in MQTT 5 only. */
function acknowledge(
  client: ConnectedClient,
  type: AcknowledgementPacket['type'],
  packetId: number,
  reasonCode: number,
): void {
  client.wire.send({ type, packetId, reasonCode: client.protocolVersion === 5 ? reasonCode : 0 });
}

/** Topic aliases of this connection (3.3.2.3.4). */
function resolveTopic({ aliases, context }: ConnectedClient, packet: PublishPacket): string {
  const alias = packet.properties?.topicAlias;
  if (alias === undefined) return packet.topic;
  if (alias === 0 || alias > context.limits.topicAliasMaximum) {
    throw new Violation(ReasonCode.topicAliasInvalid, `topic alias ${alias} is not in 1 to the announced maximum`);
  }
  if (packet.topic !== '') {
    aliases.set(alias, packet.topic);
    return packet.topic;
  }
  const topic = aliases.get(alias);
  if (topic === undefined) throw new Violation(ReasonCode.protocolError, `topic alias ${alias} was never set`);
  return topic;
}

function checkPublish({ context }: ConnectedClient, packet: PublishPacket, topic: string): void {
  const { maximumQoS, topicLevels } = context.limits;
  if (packet.qos > maximumQoS) {
    throw new Violation(ReasonCode.qosNotSupported, `QoS ${packet.qos} is above the announced maximum ${maximumQoS}`);
  }
  if (packet.properties?.subscriptionIdentifier !== undefined) {
    throw new Violation(ReasonCode.protocolError, 'a client sent a subscription identifier in PUBLISH (3.3.4-6)');
  }
  if (levelsOf(topic) > topicLevels) {
    throw new Violation(ReasonCode.topicNameInvalid, `the topic has more than ${topicLevels} levels`);
  }
}
