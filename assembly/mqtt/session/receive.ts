import {
  Packet,
  PacketFlag,
  PacketType,
  PropertyId,
  ReasonCode,
  Result,
  SessionContext,
  SessionEvent,
  SessionFlag,
  SessionLimits,
  SessionState,
} from '../../../build/abi/assembly';
import { FIRST_ERROR } from '../reasons';
import { resolveAlias } from './aliases';
import { session_close } from './context';
import { append, COUNTED, count, find, isFull, LIVE, NEXT, RECEIVED, remove, SENT } from './in-flight';
import { Context } from './layout';
import { readLimits } from './limits';
import { session_arrived } from './time';
import { ANSWER_SIZE, writeAnswer } from './write-answer';

/** The packets that a server may send in each state of the connection; bit n is packet type n. */
const WHEN_CONNECTING: i32 = (1 << PacketType.CONNACK) | (1 << PacketType.AUTH);
const ANSWERS: i32 =
  (1 << PacketType.PUBACK) |
  (1 << PacketType.PUBREC) |
  (1 << PacketType.PUBCOMP) |
  (1 << PacketType.SUBACK) |
  (1 << PacketType.UNSUBACK);
const WHEN_CONNECTED: i32 =
  ANSWERS |
  (1 << PacketType.PUBLISH) |
  (1 << PacketType.PUBREL) |
  (1 << PacketType.PINGRESP) |
  (1 << PacketType.DISCONNECT) |
  (1 << PacketType.AUTH);

/** The packets that may tell of a problem to a client that does not ask for that (MQTT-3.1.2-29). */
const PROBLEMS_TOLD: i32 = (1 << PacketType.PUBLISH) | (1 << PacketType.CONNACK) | (1 << PacketType.DISCONNECT);
const USER_PROPERTY: u32 = 1 << (PropertyId.USER_PROPERTY - 32);

/**
 * The outcome of a packet that breaks no rule: the event in bits 0 to 7, the type of the answer in bits 8 to 15, and above them
 * the reason code of the answer.
 */
const PUBREC: i32 = PacketType.PUBREC << 8;
const PUBREL: i32 = PacketType.PUBREL << 8;
const PUBCOMP: i32 = PacketType.PUBCOMP << 8;
/** Of PUBREL and PUBCOMP (3.6.2.1, 3.7.2.1). */
const NOT_FOUND: i32 = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND << 16;

/** ABI: see assembly/abi/session.json. */
export function session_receive(
  contextAddress: usize,
  packetAddress: usize,
  now: u32,
  output: usize,
  capacity: u32,
): i32 {
  const context = changetype<Context>(contextAddress);
  const packet = changetype<Packet>(packetAddress);
  const torn = context.check();
  if (torn != 0) return torn;
  context.event = SessionEvent.NONE;
  if (capacity < ANSWER_SIZE) return Result.OUT_OF_SPACE;
  const type: i32 = packet.type;
  const state: i32 = context.state;
  let may = 0;
  if (state == SessionState.CONNECTING) may = WHEN_CONNECTING;
  if (state == SessionState.CONNECTED) may = WHEN_CONNECTED;
  if (<u32>type > 15 || ((may >> type) & 1) == 0) return Result.PACKET_UNEXPECTED;
  const told =
    (packet.propertiesPresentLow >> PropertyId.REASON_STRING) | (packet.propertiesPresentHigh & USER_PROPERTY);
  if (told != 0 && context.problemInformation == 0 && ((PROBLEMS_TOLD >> type) & 1) == 0) {
    return Result.PROBLEM_INFORMATION_UNWANTED; // MQTT-3.1.2-29
  }
  const packetId = packet.packetId;
  const outcome = dispatch(context, type, state, packet, packetId);
  if (outcome < 0) return outcome;
  context.event = outcome & 0xff;
  session_arrived(contextAddress, now);
  context.arriving = 0;
  const answerType = (outcome >> 8) & 0xff;
  if (answerType == 0) return 0;
  context.lastSent = now;
  return writeAnswer(context, answerType, packetId, outcome >> 16, output);
}

function dispatch(context: Context, type: i32, state: i32, packet: Packet, packetId: u32): i32 {
  if (type == PacketType.PUBLISH) return message(context, packet, packetId);
  if (type == PacketType.PUBREL) return release(context, packetId);
  if (((ANSWERS >> type) & 1) != 0) return answer(context, type, packet, packetId);
  if (type == PacketType.CONNACK) return connected(context, packet);
  if (type == PacketType.AUTH) return authenticate(context, state, packet);
  if (type == PacketType.PINGRESP) {
    context.pinging = 0;
    return SessionEvent.PONG;
  }
  if (context.protocolVersion < 5) return Result.PACKET_UNEXPECTED; // DISCONNECT: 3.1.1 3.14
  session_close(changetype<usize>(context));
  return SessionEvent.DISCONNECTED;
}

/** CONNACK (3.2): the session goes on or begins again, within what the server allows. */
function connected(context: Context, packet: Packet): i32 {
  const server = context.server;
  if (packet.reasonCode != 0) {
    session_close(changetype<usize>(context));
    return SessionEvent.REFUSED;
  }
  const present = packet.connectFlags != 0;
  // MQTT-3.2.2-2 and -4
  if (present && (context.cleanStart != 0 || context.known == 0)) {
    return Result.SESSION_PRESENT_UNEXPECTED;
  }
  const limits = context.scratch;
  readLimits(context, packet, limits);
  if (limits.authenticationMethod != context.ownMethod) {
    return Result.AUTHENTICATION_METHOD_CHANGED; // MQTT-4.12.0-5
  }
  memory.copy(changetype<usize>(server), changetype<usize>(limits), SessionLimits.SIZE);
  if (!present) context.count = 0; // MQTT-3.2.2-5
  const keepAlive = server.serverKeepAlive;
  if (keepAlive <= 0xffff) context.keepAlive = keepAlive * 1000; // MQTT-3.1.2-21
  memory.fill(context.aliases, 0, context.aliasBytes);
  context.state = SessionState.CONNECTED;
  const method = server.authenticationMethod;
  context.authentication = method != 0 ? ReasonCode.RE_AUTHENTICATE : 0;
  context.waiting = 0;
  context.known = keepsSession(context);
  return SessionEvent.CONNECTED;
}

/** Whether there will be session state when this connection has ended (MQTT-3.1.2-23; 3.1.1 MQTT-3.1.2-6). */
function keepsSession(context: Context): u32 {
  const adopts = context.flags & SessionFlag.ADOPT_SESSION;
  if (context.protocolVersion < 5) return adopts | <u32>(context.cleanStart == 0);
  const own = context.own.sessionExpiryInterval;
  return adopts | own | context.server.sessionExpiryInterval;
}

/** AUTH (4.12): a step of the exchange, or the end of a re-authentication. */
function authenticate(context: Context, state: i32, packet: Packet): i32 {
  const reason = packet.reasonCode;
  // The first authentication ends with CONNACK (4.12). Only a client begins another one (3.15.2.1).
  const fits = reason == ReasonCode.CONTINUE_AUTHENTICATION || (reason == 0 && state == SessionState.CONNECTED);
  if (!fits || context.authentication != 1) return Result.PACKET_UNEXPECTED;
  readLimits(context, packet, context.scratch);
  const method = context.scratchMethod;
  // A bare AUTH of success names no method (3.15.2.1).
  if (method != context.ownMethod && method != 0) {
    return Result.AUTHENTICATION_METHOD_CHANGED; // MQTT-4.12.0-5
  }
  context.waiting = 0;
  context.authentication = reason != 0 ? reason : ReasonCode.RE_AUTHENTICATE;
  return reason != 0 ? SessionEvent.AUTHENTICATE : SessionEvent.AUTHENTICATED;
}

/** PUBLISH: a new message, or one that came before (4.3). */
function message(context: Context, packet: Packet, packetId: u32): i32 {
  const alias = packet.topicAlias;
  const topic = alias != 0 ? resolveAlias(context, packet, alias) : 0;
  if (topic < 0) return topic;
  const flags = packet.flags;
  const qos: i32 = (flags >> 1) & 3;
  const outcome = qos == 0 ? SessionEvent.MESSAGE : track(context, qos, packetId);
  if (outcome < 0 || packet.topicLength != 0) return outcome;
  packet.topic = topic + SessionContext.ALIAS;
  packet.topicLength = load<u16>(topic);
  packet.flags = flags | PacketFlag.NOT_ASCII; // the topic of an alias may hold any character
  return outcome;
}

/** Takes a message of QoS 1 or 2 into the records, unless it is acknowledged at once. */
function track(context: Context, qos: i32, packetId: u32): i32 {
  const owed = PacketType.PUBLISH + qos;
  const record = find(context, RECEIVED, packetId);
  const word: u32 = record != 0 ? load<u32>(record) : 0;
  const maximum = context.own.receiveMaximum;
  if ((word & LIVE) == 0 && count(context, RECEIVED | COUNTED) >= maximum) {
    return Result.RECEIVE_MAXIMUM_EXCEEDED; // MQTT-3.3.4-9
  }
  let next = owed;
  let outcome = SessionEvent.DUPLICATE;
  if (record != 0) {
    // MQTT-4.3.3-10: until PUBREL comes, each copy is answered by PUBREC.
    if (qos == 2 && (word & NEXT) == PacketType.PUBREL) outcome |= PUBREC;
    else if ((word & NEXT) != owed) return Result.PACKET_ID_REUSED; // by a message of the other QoS
    store<u32>(record, word | LIVE | COUNTED);
    return outcome;
  }
  outcome = SessionEvent.MESSAGE;
  if ((context.flags & SessionFlag.MANUAL_ACKNOWLEDGEMENT) == 0) {
    outcome |= owed << 8;
    if (qos == 1) return outcome;
    next = PacketType.PUBREL;
  }
  if (isFull(context, RECEIVED, context.receiveCapacity)) return Result.NO_MEMORY;
  append(context, (packetId << 16) | next | RECEIVED | LIVE | COUNTED);
  return outcome;
}

/** PUBREL: the end of a received message of QoS 2. An unknown one is answered too (MQTT-4.3.3-11). */
function release(context: Context, packetId: u32): i32 {
  const record = find(context, RECEIVED, packetId);
  if (record == 0) return SessionEvent.NONE | PUBCOMP | NOT_FOUND;
  if ((load<u32>(record) & NEXT) != PacketType.PUBREL) return Result.TRANSITION_ILLEGAL;
  remove(context, record);
  return SessionEvent.RELEASED | PUBCOMP;
}

/** PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK: the answers to what the client sent. */
function answer(context: Context, type: i32, packet: Packet, packetId: u32): i32 {
  const record = find(context, SENT, packetId);
  const accepted = type == PacketType.PUBREC && packet.reasonCode < FIRST_ERROR;
  if (record == 0) {
    // An answer that comes twice, or too late: nobody waits for it. But after PUBREC the server keeps a message that the client
    // forgot. PUBREL lets the server forget it too, and says why (3.6.2.1).
    return accepted ? SessionEvent.NONE | PUBREL | NOT_FOUND : SessionEvent.NONE;
  }
  const word = load<u32>(record);
  const next = word & NEXT;
  if (accepted && next == PacketType.PUBCOMP) {
    store<u32>(record, word | LIVE);
    return SessionEvent.NONE | PUBREL;
  }
  if (next != type) return Result.TRANSITION_ILLEGAL;
  let outcome = SessionEvent.PUBLISHED;
  if (type >= PacketType.SUBACK) {
    // Only an UNSUBACK of 3.1.1 has no reason codes. The record keeps eight bits of the count.
    const reasons = packet.count;
    if (reasons != 0 && ((reasons ^ (word >> 8)) & 0xff) != 0) return Result.REASON_CODE_COUNT;
    outcome = type == PacketType.SUBACK ? SessionEvent.SUBSCRIBED : SessionEvent.UNSUBSCRIBED;
  }
  remove(context, record);
  if (!accepted) return outcome;
  // PUBRELs go in the order of the PUBRECs (MQTT-4.6.0-4), also when they are sent again.
  append(context, (word | LIVE) + (PacketType.PUBCOMP - PacketType.PUBREC));
  return SessionEvent.ACCEPTED | PUBREL;
}
