import { type AcknowledgementPacket, type PublishPacket, ReasonCode } from '../../../core/index.js';
import { type Message, makeMessage } from '../message.js';
import type { Published } from '../routing/publish-job.js';
import { levelsOf } from '../routing/topic-levels.js';
import { Violation } from '../violation.js';
import { answerReason, endAfter } from './answer-reason.js';
import type { ConnectedClient } from './connected-client.js';
import { mountTopic } from './mount-point.js';

/** What became of a message, for its acknowledgement. */
interface Outcome {
  reasonCode: number;
  reason?: string;
}

const ACCEPTED: Outcome = { reasonCode: ReasonCode.success };
const UNHEARD: Outcome = { reasonCode: ReasonCode.noMatchingSubscribers };

/** A message that the rules refuse, and what becomes of its connection. */
interface Refused extends Outcome {
  /** After the answer. */
  end?: Violation;
}

/** PUBLISH from a client (3.3.4, 4.3): check, pass on, acknowledge. */
export function handlePublish(client: ConnectedClient, packet: PublishPacket): void {
  const { session, inbound, inboundMaximum } = client;
  const topic = resolveTopic(client, packet);
  checkPublish(client, packet, topic);
  const { qos } = packet;
  const packetId = packet.packetId!;

  if (qos === 2) {
    // What came on an older connection does not count (4.9).
    if (!inbound.has(packetId) && inbound.size >= inboundMaximum) {
      throw new Violation(ReasonCode.receiveMaximumExceeded, 'more QoS 2 messages in flight than the receive maximum');
    }
    inbound.add(packetId);
    // Sent again before PUBREL: acknowledge it, but do not pass it on a second time (4.3.3-10).
    if (session.received.has(packetId)) {
      acknowledge(client, 'pubrec', packetId, ACCEPTED);
      return;
    }
  }
  if (qos === 1 && session.received.has(packetId)) {
    const text = `packet id ${packetId} belongs to a QoS 2 message that waits for PUBREL (2.2.1)`;
    throw new Violation(ReasonCode.protocolError, text);
  }
  const message = messageOf(client, packet, topic);
  // From here on the message is not passed on again, whatever becomes of the connection.
  if (qos === 2) session.received.add(packetId);
  if ('reasonCode' in message) {
    refused(client, packetId);
    answer(client, packet, message);
    if (message.end) throw message.end;
    return;
  }
  let published: Published | undefined;
  let isAnswered = false;
  let goOn: ((work?: () => void) => void) | undefined;
  const whenDone = (result: Published) => {
    published = result;
    if (result === 'no room') refused(client, packetId);
    // Something threw on the way.
    else if (qos === 2 && !isAnswered) session.journal.received(packetId);
    goOn?.(() => {
      client.wire.waitForJournal();
      if (!isAnswered) answer(client, packet, outcomeOf(client, packet, topic, result));
    });
  };
  // As in mosquitto, a client that has subscribed to its own messages gets PUBREC before them.
  const whenTaken = () => {
    isAnswered = true;
    // In the same write as the message: neither is durable without the other.
    session.journal.received(packetId);
    // In a later turn, nobody else sees to it.
    if (goOn) client.wire.waitForJournal();
    answer(client, packet, ACCEPTED);
  };
  client.context.router.publish(message, whenDone, qos === 2 ? whenTaken : undefined);
  // It is on its way: the client's next packet waits until all subscribers have it.
  if (published === undefined) goOn = client.hold();
  else if (!isAnswered) answer(client, packet, outcomeOf(client, packet, topic, published));
}

function answer(client: ConnectedClient, { qos, packetId }: PublishPacket, outcome: Outcome): void {
  if (qos > 0) acknowledge(client, qos === 1 ? 'puback' : 'pubrec', packetId!, outcome);
}

/** A PUBREC with an error ends the exchange (4.3.3); 3.1.1 has no such PUBREC, so there it goes on. */
function refused(client: ConnectedClient, packetId: number): void {
  if (client.protocolVersion === 5) forget(client, packetId);
}

/** The exchange of this QoS 2 message is over. True when there was one. */
function forget({ session, inbound }: ConnectedClient, packetId: number): boolean {
  inbound.delete(packetId);
  session.journal.completed(packetId);
  return session.received.delete(packetId);
}

/** The message, if it may be passed on. @throws Violation when the connection ends for it */
function messageOf(client: ConnectedClient, packet: PublishPacket, named: string): Message | Refused {
  const { context, session } = client;
  const { mountPoint, maximumPayloadSize } = client.settings;
  const { clientId } = session.client;
  const { qos, retain, payload } = packet;
  const topic = mountTopic(mountPoint, named);
  if (topic === undefined) {
    throw new Violation(ReasonCode.topicNameInvalid, `the topic is too long behind the mount point "${mountPoint}"`);
  }
  if (payload.length > maximumPayloadSize) {
    context.reportDrop(clientId, topic, 'payload too large');
    const reason = `a payload of ${payload.length} bytes; send at most ${maximumPayloadSize}`;
    return { reasonCode: ReasonCode.quotaExceeded, reason };
  }
  const decision = context.rules.publish(session.client, { topic, qos, retain, size: payload.length });
  if (decision.allow && context.journal?.isFull && (qos > 0 || retain)) {
    context.reportDrop(clientId, topic, 'store full');
    const reason = 'the broker cannot store the message: its disk is full';
    if (client.protocolVersion === 5 || qos === 0) return { reasonCode: ReasonCode.quotaExceeded, reason };
    throw new Violation(ReasonCode.quotaExceeded, reason);
  }
  if (decision.allow) return makeMessage(packet, topic, context.now, session.client, true);
  context.reportDrop(clientId, topic, 'not authorised', decision);
  const end = endAfter(decision, client.protocolVersion);
  const { reasonCode, reason } = decision;
  const code = qos === 0 ? reasonCode : answerReason(qos === 1 ? 'puback' : 'pubrec', reasonCode);
  return { reasonCode: code, reason, end };
}

/** @throws Violation when the message had no room and there is no other way to say so */
function outcomeOf(
  { protocolVersion, settings }: ConnectedClient,
  { qos }: PublishPacket,
  topic: string,
  published: Published,
): Outcome {
  // As Mosquitto: PUBREC does not say so, for it comes before the message is passed on there.
  if (published === 'no subscribers' && qos === 1 && settings.reportsNoMatch) return UNHEARD;
  if (published !== 'no room') return ACCEPTED;
  const reason = `no room for the retained message of "${topic}"`;
  if (protocolVersion === 5) return { reasonCode: ReasonCode.quotaExceeded, reason };
  // 3.1.1 cannot refuse one message: an error that keeps a packet from being processed ends the connection (4.8.0-2).
  throw new Violation(ReasonCode.quotaExceeded, reason);
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP (3.4 to 3.7). `ClientSession` of the core keeps the same rules. */
export function handleAcknowledgement(client: ConnectedClient, packet: AcknowledgementPacket): void {
  const { session } = client;
  const { packetId, reasonCode, type } = packet;
  if (type === 'pubrel') {
    const known = forget(client, packetId);
    const code = known || client.settings.terse ? ReasonCode.success : ReasonCode.packetIdentifierNotFound;
    acknowledge(client, 'pubcomp', packetId, { reasonCode: code });
    return;
  }
  const isAccepted = type === 'pubrec' && reasonCode < ReasonCode.unspecifiedError;
  const entry = session.exchange(packetId);
  if (!entry) {
    // Nobody waits for it. But the client keeps what the PUBREC is for: PUBREL lets it go. After an error it keeps nothing (4.3.3-4).
    const unknown = client.settings.terse ? ReasonCode.success : ReasonCode.packetIdentifierNotFound;
    if (isAccepted) acknowledge(client, 'pubrel', packetId, { reasonCode: unknown });
    return;
  }
  const wanted = entry.qos === 1 ? 'puback' : entry.isReleased ? 'pubcomp' : 'pubrec';
  const isRepeated = isAccepted && wanted === 'pubcomp';
  if (type !== wanted && !isRepeated) {
    const text = `${type.toUpperCase()} where ${wanted.toUpperCase()} is due for the QoS ${entry.qos} message ${packetId} (4.3)`;
    throw new Violation(ReasonCode.protocolError, text);
  }
  if (isAccepted) session.release(entry);
  else session.finish(entry);
}

/** Reason codes exist in MQTT 5 only. */
function acknowledge(
  client: ConnectedClient,
  type: AcknowledgementPacket['type'],
  packetId: number,
  { reasonCode, reason }: Outcome,
): void {
  client.wire.answer({ type, packetId, reasonCode: client.protocolVersion === 5 ? reasonCode : 0 }, reason);
}

/** Topic aliases of this connection (3.3.2.3.4). */
function resolveTopic({ aliases, settings }: ConnectedClient, packet: PublishPacket): string {
  const alias = packet.properties?.topicAlias;
  if (alias === undefined) return packet.topic;
  if (alias === 0 || alias > settings.topicAliasMaximum) {
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

function checkPublish({ context, settings }: ConnectedClient, packet: PublishPacket, topic: string): void {
  const { maximumQoS, retainAvailable } = settings;
  const { topicLevels } = context.limits;
  if (packet.qos > maximumQoS) {
    throw new Violation(ReasonCode.qosNotSupported, `QoS ${packet.qos} is above the announced maximum ${maximumQoS}`);
  }
  if (packet.retain && !retainAvailable) {
    throw new Violation(ReasonCode.retainNotSupported, 'RETAIN, which is not available here (3.2.2-14)');
  }
  if (packet.properties?.subscriptionIdentifier !== undefined) {
    throw new Violation(ReasonCode.protocolError, 'a client sent a subscription identifier in PUBLISH (3.3.4-6)');
  }
  if (levelsOf(topic) > topicLevels) {
    throw new Violation(ReasonCode.topicNameInvalid, `the topic has more than ${topicLevels} levels`);
  }
}
