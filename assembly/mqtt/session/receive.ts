import {
  PACKET_CONNECT_FLAGS,
  PACKET_COUNT,
  PACKET_FLAG_NOT_ASCII,
  PACKET_FLAGS,
  PACKET_PACKET_ID,
  PACKET_REASON_CODE,
  PACKET_TOPIC,
  PACKET_TOPIC_ALIAS,
  PACKET_TOPIC_LENGTH,
  PACKET_TYPE,
  PACKET_TYPE_AUTH,
  PACKET_TYPE_CONNACK,
  PACKET_TYPE_DISCONNECT,
  PACKET_TYPE_PINGRESP,
  PACKET_TYPE_PUBACK,
  PACKET_TYPE_PUBCOMP,
  PACKET_TYPE_PUBLISH,
  PACKET_TYPE_PUBREC,
  PACKET_TYPE_PUBREL,
  PACKET_TYPE_SUBACK,
  PACKET_TYPE_UNSUBACK,
  RESULT_AUTHENTICATION_METHOD_CHANGED,
  RESULT_NO_MEMORY,
  RESULT_OUT_OF_SPACE,
  RESULT_PACKET_ID_REUSED,
  RESULT_PACKET_ID_UNKNOWN,
  RESULT_PACKET_UNEXPECTED,
  RESULT_REASON_CODE_COUNT,
  RESULT_RECEIVE_MAXIMUM_EXCEEDED,
  RESULT_SESSION_PRESENT_UNEXPECTED,
  RESULT_TRANSITION_ILLEGAL,
  SESSION_ALIAS_BYTES,
  SESSION_ALIAS_OFFSET,
  SESSION_AUTHENTICATION,
  SESSION_CLEAN_START,
  SESSION_CONTEXT_ALIAS,
  SESSION_COUNT,
  SESSION_EVENT,
  SESSION_EVENT_ACCEPTED,
  SESSION_EVENT_AUTHENTICATE,
  SESSION_EVENT_AUTHENTICATED,
  SESSION_EVENT_CONNECTED,
  SESSION_EVENT_DISCONNECTED,
  SESSION_EVENT_DUPLICATE,
  SESSION_EVENT_MESSAGE,
  SESSION_EVENT_NONE,
  SESSION_EVENT_PONG,
  SESSION_EVENT_PUBLISHED,
  SESSION_EVENT_REFUSED,
  SESSION_EVENT_RELEASED,
  SESSION_EVENT_SUBSCRIBED,
  SESSION_EVENT_UNSUBSCRIBED,
  SESSION_FLAG_ADOPT_SESSION,
  SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT,
  SESSION_FLAGS,
  SESSION_KEEP_ALIVE,
  SESSION_KNOWN,
  SESSION_LAST_RECEIVED,
  SESSION_LAST_SENT,
  SESSION_LIMITS_AUTHENTICATION_METHOD,
  SESSION_LIMITS_RECEIVE_MAXIMUM,
  SESSION_LIMITS_SERVER_KEEP_ALIVE,
  SESSION_LIMITS_SESSION_EXPIRY_INTERVAL,
  SESSION_LIMITS_SIZE,
  SESSION_PROTOCOL_VERSION,
  SESSION_RECEIVE_CAPACITY,
  SESSION_STATE,
  SESSION_STATE_CONNECTED,
  SESSION_STATE_CONNECTING,
  SESSION_WAITING,
} from '../../../build/abi/assembly';
import { resolveAlias } from './aliases';
import { OWN, SCRATCH, SERVER, session_close } from './context';
import { append, COUNTED, count, find, LIVE, NEXT, RECEIVED, remove, SENT } from './in-flight';
import { readLimits } from './limits';
import { ANSWER_SIZE, writeAnswer } from './write-answer';

/** Packets of a server, by the state of the connection; bit n is packet type n. */
const WHEN_CONNECTING: i32 = (1 << PACKET_TYPE_CONNACK) | (1 << PACKET_TYPE_AUTH);
const ANSWERS: i32 =
  (1 << PACKET_TYPE_PUBACK) |
  (1 << PACKET_TYPE_PUBREC) |
  (1 << PACKET_TYPE_PUBCOMP) |
  (1 << PACKET_TYPE_SUBACK) |
  (1 << PACKET_TYPE_UNSUBACK);
const WHEN_CONNECTED: i32 =
  ANSWERS |
  (1 << PACKET_TYPE_PUBLISH) |
  (1 << PACKET_TYPE_PUBREL) |
  (1 << PACKET_TYPE_PINGRESP) |
  (1 << PACKET_TYPE_DISCONNECT) |
  (1 << PACKET_TYPE_AUTH);

const CONTINUE_AUTHENTICATION: u32 = 0x18;
const RE_AUTHENTICATE: u32 = 0x19;

/**
 * What a packet leads to, unless it breaks a rule: its event in bits 0 to 7, the type of the answer in bits 8 to 15 and the
 * reason code of the answer above.
 */
const PUBREC: i32 = PACKET_TYPE_PUBREC << 8;
const PUBREL: i32 = PACKET_TYPE_PUBREL << 8;
const PUBCOMP: i32 = PACKET_TYPE_PUBCOMP << 8;
/** Reason code "Packet Identifier not found" of PUBREL and PUBCOMP (3.6.2.1, 3.7.2.1). */
const NOT_FOUND: i32 = 0x92 << 16;

/** ABI: see assembly/abi/session.json. */
export function session_receive(context: usize, packet: usize, now: u32, output: usize, capacity: u32): i32 {
  store<u32>(context, SESSION_EVENT_NONE, SESSION_EVENT);
  if (capacity < ANSWER_SIZE) return RESULT_OUT_OF_SPACE;
  const type: i32 = load<u32>(packet, PACKET_TYPE);
  const state: i32 = load<u32>(context, SESSION_STATE);
  let may = 0;
  if (state == SESSION_STATE_CONNECTING) may = WHEN_CONNECTING;
  if (state == SESSION_STATE_CONNECTED) may = WHEN_CONNECTED;
  if (<u32>type > 15 || ((may >> type) & 1) == 0) return RESULT_PACKET_UNEXPECTED;
  const packetId = load<u32>(packet, PACKET_PACKET_ID);
  const outcome = dispatch(context, type, state, packet, packetId);
  if (outcome < 0) return outcome;
  store<u32>(context, outcome & 0xff, SESSION_EVENT);
  store<u32>(context, now, SESSION_LAST_RECEIVED);
  const answerType = (outcome >> 8) & 0xff;
  if (answerType == 0) return 0;
  store<u32>(context, now, SESSION_LAST_SENT);
  return writeAnswer(context, answerType, packetId, outcome >> 16, output);
}

function dispatch(context: usize, type: i32, state: i32, packet: usize, packetId: u32): i32 {
  if (type == PACKET_TYPE_PUBLISH) return message(context, packet, packetId);
  if (type == PACKET_TYPE_PUBREL) return release(context, packetId);
  if (((ANSWERS >> type) & 1) != 0) return answer(context, type, packet, packetId);
  if (type == PACKET_TYPE_CONNACK) return connected(context, packet);
  if (type == PACKET_TYPE_AUTH) return authenticate(context, state, packet);
  if (type == PACKET_TYPE_PINGRESP) {
    store<u32>(context, 0, SESSION_WAITING);
    return SESSION_EVENT_PONG;
  }
  if (load<u32>(context, SESSION_PROTOCOL_VERSION) < 5) return RESULT_PACKET_UNEXPECTED; // DISCONNECT: 3.1.1 3.14
  session_close(context);
  return SESSION_EVENT_DISCONNECTED;
}

/** CONNACK (3.2): the session goes on or begins anew, within what the server allows. */
function connected(context: usize, packet: usize): i32 {
  const server = context + SERVER;
  if (load<u32>(packet, PACKET_REASON_CODE) != 0) {
    session_close(context);
    return SESSION_EVENT_REFUSED;
  }
  const present = load<u32>(packet, PACKET_CONNECT_FLAGS) != 0;
  // MQTT-3.2.2-2 and -4
  if (present && (load<u32>(context, SESSION_CLEAN_START) != 0 || load<u32>(context, SESSION_KNOWN) == 0)) {
    return RESULT_SESSION_PRESENT_UNEXPECTED;
  }
  const limits = context + SCRATCH;
  readLimits(context, packet, limits);
  if (
    load<u32>(limits, SESSION_LIMITS_AUTHENTICATION_METHOD) !=
    load<u32>(context + OWN, SESSION_LIMITS_AUTHENTICATION_METHOD)
  ) {
    return RESULT_AUTHENTICATION_METHOD_CHANGED; // MQTT-4.12.0-5
  }
  memory.copy(server, limits, SESSION_LIMITS_SIZE);
  if (!present) store<u32>(context, 0, SESSION_COUNT); // MQTT-3.2.2-5
  const keepAlive = load<u32>(server, SESSION_LIMITS_SERVER_KEEP_ALIVE);
  if (keepAlive <= 0xffff) store<u32>(context, keepAlive * 1000, SESSION_KEEP_ALIVE); // MQTT-3.1.2-21
  memory.fill(context + load<u32>(context, SESSION_ALIAS_OFFSET), 0, load<u32>(context, SESSION_ALIAS_BYTES));
  store<u32>(context, SESSION_STATE_CONNECTED, SESSION_STATE);
  const method = load<u32>(server, SESSION_LIMITS_AUTHENTICATION_METHOD);
  store<u32>(context, method != 0 ? RE_AUTHENTICATE : 0, SESSION_AUTHENTICATION);
  store<u32>(context, 0, SESSION_WAITING);
  store<u32>(context, keepsSession(context), SESSION_KNOWN);
  return SESSION_EVENT_CONNECTED;
}

/** Whether there will be session state when this connection has ended (MQTT-3.1.2-23; 3.1.1 MQTT-3.1.2-6). */
function keepsSession(context: usize): u32 {
  const adopts = load<u32>(context, SESSION_FLAGS) & SESSION_FLAG_ADOPT_SESSION;
  if (load<u32>(context, SESSION_PROTOCOL_VERSION) < 5)
    return adopts | <u32>(load<u32>(context, SESSION_CLEAN_START) == 0);
  const own = load<u32>(context + OWN, SESSION_LIMITS_SESSION_EXPIRY_INTERVAL);
  return adopts | own | load<u32>(context + SERVER, SESSION_LIMITS_SESSION_EXPIRY_INTERVAL);
}

/** AUTH (4.12): a step of the exchange, or the end of one that the client began while connected. */
function authenticate(context: usize, state: i32, packet: usize): i32 {
  const reason = load<u32>(packet, PACKET_REASON_CODE);
  // The first authentication ends with CONNACK (4.12); only a client begins a new one (3.15.2.1).
  const fits = reason == CONTINUE_AUTHENTICATION || (reason == 0 && state == SESSION_STATE_CONNECTED);
  if (!fits || load<u32>(context, SESSION_AUTHENTICATION) != 1) return RESULT_PACKET_UNEXPECTED;
  readLimits(context, packet, context + SCRATCH);
  const method = load<u32>(context + SCRATCH, SESSION_LIMITS_AUTHENTICATION_METHOD);
  // A bare AUTH of success names none (3.15.2.1).
  if (method != load<u32>(context + OWN, SESSION_LIMITS_AUTHENTICATION_METHOD) && method != 0) {
    return RESULT_AUTHENTICATION_METHOD_CHANGED; // MQTT-4.12.0-5
  }
  store<u32>(context, 0, SESSION_WAITING);
  store<u32>(context, reason != 0 ? reason : RE_AUTHENTICATE, SESSION_AUTHENTICATION);
  return reason != 0 ? SESSION_EVENT_AUTHENTICATE : SESSION_EVENT_AUTHENTICATED;
}

/** PUBLISH: a new message or one that came before (4.3). */
function message(context: usize, packet: usize, packetId: u32): i32 {
  const alias = load<u32>(packet, PACKET_TOPIC_ALIAS);
  const topic = alias != 0 ? resolveAlias(context, packet, alias) : 0;
  if (topic < 0) return topic;
  const flags = load<u32>(packet, PACKET_FLAGS);
  const qos: i32 = (flags >> 1) & 3;
  const outcome = qos == 0 ? SESSION_EVENT_MESSAGE : track(context, qos, packetId);
  if (outcome >= 0 && load<u32>(packet, PACKET_TOPIC_LENGTH) == 0) {
    store<u32>(packet, topic + SESSION_CONTEXT_ALIAS, PACKET_TOPIC);
    store<u32>(packet, load<u16>(topic), PACKET_TOPIC_LENGTH);
    store<u32>(packet, flags | PACKET_FLAG_NOT_ASCII, PACKET_FLAGS); // what it stands for may be anything
  }
  return outcome;
}

/** A message of QoS 1 or 2: taken into the records unless it is acknowledged at once. */
function track(context: usize, qos: i32, packetId: u32): i32 {
  const owed = PACKET_TYPE_PUBLISH + qos;
  const record = find(context, RECEIVED, packetId);
  const word: u32 = record != 0 ? load<u32>(record) : 0;
  const maximum = load<u32>(context + OWN, SESSION_LIMITS_RECEIVE_MAXIMUM);
  if ((word & LIVE) == 0 && count(context, RECEIVED, COUNTED) >= maximum) {
    return RESULT_RECEIVE_MAXIMUM_EXCEEDED; // MQTT-3.3.4-9
  }
  let next = owed;
  let outcome = SESSION_EVENT_DUPLICATE;
  if (record != 0) {
    // MQTT-4.3.3-10: until PUBREL came, each copy is answered by PUBREC.
    if (qos == 2 && (word & NEXT) == PACKET_TYPE_PUBREL) outcome |= PUBREC;
    else if ((word & NEXT) != owed) return RESULT_PACKET_ID_REUSED; // it is that of a message of the other QoS
    store<u32>(record, word | LIVE | COUNTED);
    return outcome;
  }
  outcome = SESSION_EVENT_MESSAGE;
  if ((load<u32>(context, SESSION_FLAGS) & SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT) == 0) {
    outcome |= owed << 8;
    if (qos == 1) return outcome;
    next = PACKET_TYPE_PUBREL;
  }
  if (count(context, RECEIVED, 0) >= load<u32>(context, SESSION_RECEIVE_CAPACITY)) return RESULT_NO_MEMORY;
  append(context, (packetId << 16) | next | RECEIVED | LIVE | COUNTED);
  return outcome;
}

/** PUBREL: the end of a received message of QoS 2; one that is not known is answered too (MQTT-4.3.3-11). */
function release(context: usize, packetId: u32): i32 {
  const record = find(context, RECEIVED, packetId);
  if (record == 0) return SESSION_EVENT_NONE | PUBCOMP | NOT_FOUND;
  if ((load<u32>(record) & NEXT) != PACKET_TYPE_PUBREL) return RESULT_TRANSITION_ILLEGAL;
  remove(context, record);
  return SESSION_EVENT_RELEASED | PUBCOMP;
}

/** PUBACK, PUBREC, PUBCOMP, SUBACK, UNSUBACK: the answers to what the client sent. */
function answer(context: usize, type: i32, packet: usize, packetId: u32): i32 {
  const record = find(context, SENT, packetId);
  const accepted = type == PACKET_TYPE_PUBREC && load<u32>(packet, PACKET_REASON_CODE) < 0x80;
  if (record == 0) {
    // The server keeps a message that the client forgot: released, so that it forgets it too (3.6.2.1), and says so.
    if (type == PACKET_TYPE_PUBCOMP) return SESSION_EVENT_NONE;
    return accepted ? SESSION_EVENT_NONE | PUBREL | NOT_FOUND : RESULT_PACKET_ID_UNKNOWN;
  }
  const word = load<u32>(record);
  const next = word & NEXT;
  if (accepted && next == PACKET_TYPE_PUBCOMP) {
    store<u32>(record, word | LIVE);
    return SESSION_EVENT_NONE | PUBREL;
  }
  if (next != type) return RESULT_TRANSITION_ILLEGAL;
  let outcome = SESSION_EVENT_PUBLISHED;
  if (type >= PACKET_TYPE_SUBACK) {
    // Only an UNSUBACK of 3.1.1 has no reason codes; the count is kept in eight bits.
    const reasons = load<u32>(packet, PACKET_COUNT);
    if (reasons != 0 && ((reasons ^ (word >> 8)) & 0xff) != 0) return RESULT_REASON_CODE_COUNT;
    outcome = type == PACKET_TYPE_SUBACK ? SESSION_EVENT_SUBSCRIBED : SESSION_EVENT_UNSUBSCRIBED;
  }
  remove(context, record);
  if (!accepted) return outcome;
  // PUBREL packets go in the order of the PUBRECs (MQTT-4.6.0-4), also when they are sent again.
  append(context, (word | LIVE) + (PACKET_TYPE_PUBCOMP - PACKET_TYPE_PUBREC));
  return SESSION_EVENT_ACCEPTED | PUBREL;
}
