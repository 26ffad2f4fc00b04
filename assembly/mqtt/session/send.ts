import {
  PACKET_CONNECT_FLAGS,
  PACKET_COUNT,
  PACKET_FLAGS,
  PACKET_KEEP_ALIVE,
  PACKET_PACKET_ID,
  PACKET_PROPERTIES_PRESENT_LOW,
  PACKET_PROTOCOL_VERSION,
  PACKET_REASON_CODE,
  PACKET_TOPIC_ALIAS,
  PACKET_TYPE,
  PACKET_TYPE_AUTH,
  PACKET_TYPE_CONNECT,
  PACKET_TYPE_DISCONNECT,
  PACKET_TYPE_PINGREQ,
  PACKET_TYPE_PUBACK,
  PACKET_TYPE_PUBLISH,
  PACKET_TYPE_PUBREC,
  PACKET_TYPE_PUBREL,
  PACKET_TYPE_SUBSCRIBE,
  PACKET_TYPE_UNSUBSCRIBE,
  RESULT_ACKNOWLEDGEMENT_ORDER,
  RESULT_AUTHENTICATION_METHOD_CHANGED,
  RESULT_NO_MEMORY,
  RESULT_OUT_OF_SPACE,
  RESULT_PACKET_ID_COLLISION,
  RESULT_PACKET_ID_UNKNOWN,
  RESULT_PACKET_TOO_LARGE,
  RESULT_QOS_NOT_SUPPORTED,
  RESULT_RECEIVE_MAXIMUM_REACHED,
  RESULT_RESEND_PENDING,
  RESULT_RETAIN_NOT_SUPPORTED,
  RESULT_SESSION_EXPIRY_RAISED,
  RESULT_SESSION_FORMAT,
  RESULT_SESSION_STATE,
  RESULT_SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED,
  RESULT_TOPIC_ALIAS_INVALID,
  RESULT_TRANSITION_ILLEGAL,
  SESSION_AUTHENTICATION,
  SESSION_CLEAN_START,
  SESSION_CONTEXT_FORMAT,
  SESSION_CONTEXT_HEADER,
  SESSION_FORMAT,
  SESSION_KEEP_ALIVE,
  SESSION_LAST_PACKET_ID,
  SESSION_LAST_SENT,
  SESSION_LIMITS_AUTHENTICATION_METHOD,
  SESSION_LIMITS_MAXIMUM_PACKET_SIZE,
  SESSION_LIMITS_MAXIMUM_QO_S,
  SESSION_LIMITS_RECEIVE_MAXIMUM,
  SESSION_LIMITS_RETAIN_AVAILABLE,
  SESSION_LIMITS_SESSION_EXPIRY_INTERVAL,
  SESSION_LIMITS_SUBSCRIPTION_IDENTIFIER_AVAILABLE,
  SESSION_LIMITS_TOPIC_ALIAS_MAXIMUM,
  SESSION_PROTOCOL_VERSION,
  SESSION_SEND_CAPACITY,
  SESSION_STATE,
  SESSION_STATE_CONNECTED,
  SESSION_STATE_CONNECTING,
  SESSION_WAITING,
  SESSION_WAITING_SINCE,
} from '../../../build/abi/assembly';
import { mqtt_encode } from '../encode';
import { CONNECT_CLEAN_START } from '../flags';
import { OWN, SCRATCH, SERVER, session_close } from './context';
import { append, COUNTED, count, find, firstToResend, LIVE, NEXT, RECEIVED, remove, SENT } from './in-flight';
import { readLimits } from './limits';

/** Packets of a client, by the state of the connection; bit n is packet type n. */
const ACKNOWLEDGEMENTS: i32 = (1 << PACKET_TYPE_PUBACK) | (1 << PACKET_TYPE_PUBREC);
const SUBSCRIPTIONS: i32 = (1 << PACKET_TYPE_SUBSCRIBE) | (1 << PACKET_TYPE_UNSUBSCRIBE);
const WHEN_CLOSED: i32 = ACKNOWLEDGEMENTS | (1 << PACKET_TYPE_CONNECT);
const WHEN_CONNECTING: i32 = ACKNOWLEDGEMENTS | (1 << PACKET_TYPE_DISCONNECT) | (1 << PACKET_TYPE_AUTH);
const WHEN_CONNECTED: i32 = WHEN_CONNECTING | SUBSCRIPTIONS | (1 << PACKET_TYPE_PUBLISH) | (1 << PACKET_TYPE_PINGREQ);
/** What has to be answered within the response timeout. */
const ANSWERED: i32 = (1 << PACKET_TYPE_CONNECT) | (1 << PACKET_TYPE_PINGREQ) | (1 << PACKET_TYPE_AUTH);

const DUP: i32 = 8;
const SUBSCRIPTION_IDENTIFIER: u32 = 1 << 11;

/** ABI: see assembly/abi/session.json. */
export function session_send(context: usize, packet: usize, now: u32, output: usize, capacity: u32): i32 {
  if (load<u32>(context, SESSION_FORMAT) != SESSION_CONTEXT_FORMAT) return RESULT_SESSION_FORMAT;
  const type: i32 = load<u32>(packet, PACKET_TYPE);
  const state: i32 = load<u32>(context, SESSION_STATE);
  let may = WHEN_CLOSED;
  if (state == SESSION_STATE_CONNECTING) may = WHEN_CONNECTING;
  if (state == SESSION_STATE_CONNECTED) may = WHEN_CONNECTED;
  const bit = 1 << type;
  if (<u32>type > 15 || (may & bit) == 0) return RESULT_SESSION_STATE;
  if (type != PACKET_TYPE_CONNECT) {
    store<u32>(packet, load<u32>(context, SESSION_PROTOCOL_VERSION), PACKET_PROTOCOL_VERSION);
  }
  // QoS and DUP of a PUBLISH; 0 for what gets no answer.
  const flags: i32 = type == PACKET_TYPE_PUBLISH ? load<u32>(packet, PACKET_FLAGS) & 14 : 0;
  const packetId = load<u32>(packet, PACKET_PACKET_ID);
  let record = 0;
  if (flags != 0 || (bit & SUBSCRIPTIONS) != 0) record = recordToSend(context, packet, packetId, flags);
  if ((bit & ACKNOWLEDGEMENTS) != 0) record = recordOwed(context, packetId, type);
  if (record < 0) return record;

  let result = 0;
  if ((bit & ACKNOWLEDGEMENTS) == 0 || (load<u32>(record) & LIVE) != 0) {
    result = encode(context, type, packet, now, output, capacity);
    if (result < 0) {
      store<u32>(packet, packetId, PACKET_PACKET_ID);
      return result;
    }
    store<u32>(context, now, SESSION_LAST_SENT);
  }
  if (flags != 0 || (bit & SUBSCRIPTIONS) != 0) noteSent(context, packet, record, type, flags);
  if ((bit & ACKNOWLEDGEMENTS) != 0) noteAcknowledged(context, packet, record, type);
  return result;
}

/**
 * PUBLISH above QoS 0, SUBSCRIBE, UNSUBSCRIBE take an in-flight record. Gives the one that a PUBLISH with DUP has, 0 for a
 * new one, whose Packet Identifier is put into the packet, or a result code.
 */
function recordToSend(context: usize, packet: usize, packetId: u32, flags: i32): i32 {
  const record = find(context, SENT, packetId);
  if (flags != 0) {
    const waiting = firstToResend(context);
    if ((flags & DUP) != 0) {
      if (record == 0) return RESULT_PACKET_ID_UNKNOWN;
      if (record != waiting || (load<u32>(record) & NEXT) != answerOf(flags)) return RESULT_TRANSITION_ILLEGAL;
    } else if (waiting != 0) {
      return RESULT_RESEND_PENDING; // MQTT-4.6.0-1
    }
    if (count(context, SENT, COUNTED) >= load<u32>(context + SERVER, SESSION_LIMITS_RECEIVE_MAXIMUM)) {
      return RESULT_RECEIVE_MAXIMUM_REACHED; // MQTT-3.3.4-7
    }
    if ((flags & DUP) != 0) return <i32>record;
  }
  if (record != 0) return RESULT_PACKET_ID_COLLISION; // MQTT-2.2.1-3
  if (count(context, SENT, 0) >= load<u32>(context, SESSION_SEND_CAPACITY)) return RESULT_NO_MEMORY;
  if (packetId == 0) {
    // There is a free one: there are fewer than 65,535 records of sent packets.
    let free = load<u32>(context, SESSION_LAST_PACKET_ID);
    do {
      free = (free % 0xffff) + 1;
    } while (find(context, SENT, free) != 0);
    store<u32>(packet, free, PACKET_PACKET_ID);
  }
  return 0;
}

/** PUBACK for QoS 1, PUBREC for QoS 2. */
function answerOf(flags: i32): i32 {
  return PACKET_TYPE_PUBLISH + ((flags >> 1) & 3);
}

function noteSent(context: usize, packet: usize, record: usize, type: i32, flags: i32): void {
  const packetId = load<u32>(packet, PACKET_PACKET_ID);
  // SUBACK and UNSUBACK follow on their requests.
  const next = flags != 0 ? answerOf(flags) : type + 1;
  const tail = flags != 0 ? COUNTED : (load<u32>(packet, PACKET_COUNT) & 0xff) << 8;
  const word = (packetId << 16) | next | LIVE | tail;
  if (record != 0) {
    store<u32>(record, word);
  } else {
    append(context, word);
    store<u32>(context, packetId, SESSION_LAST_PACKET_ID);
  }
}

/**
 * PUBACK or PUBREC by hand: gives the record of the message, or a result code. On a connection they go in the order of the
 * messages (MQTT-4.6.0-2, -3).
 */
function recordOwed(context: usize, packetId: u32, type: i32): i32 {
  const record = find(context, RECEIVED, packetId);
  if (record == 0) return RESULT_PACKET_ID_UNKNOWN;
  const word = load<u32>(record);
  if ((word & NEXT) != type) return RESULT_TRANSITION_ILLEGAL;
  for (let at = context + SESSION_CONTEXT_HEADER; at < record; at += 4) {
    if (((load<u32>(at) ^ word) & (LIVE | RECEIVED | NEXT)) == 0) return RESULT_ACKNOWLEDGEMENT_ORDER;
  }
  return <i32>record;
}

/**
 * A message that came on an earlier connection is only noted as taken: the server sends it again and is answered then. One
 * that is refused (PUBREC from 0x80 on) is finished.
 */
function noteAcknowledged(context: usize, packet: usize, record: usize, type: i32): void {
  if (type == PACKET_TYPE_PUBREC && load<u32>(packet, PACKET_REASON_CODE) < 0x80) {
    store<u32>(record, load<u32>(record) + (PACKET_TYPE_PUBREL - PACKET_TYPE_PUBREC));
  } else {
    remove(context, record);
  }
}

/** Encodes a packet within what the server takes, and notes what it changes beside the records. */
function encode(context: usize, type: i32, packet: usize, now: u32, output: usize, capacity: u32): i32 {
  const own = context + OWN;
  const largest = load<u32>(context + SERVER, SESSION_LIMITS_MAXIMUM_PACKET_SIZE);
  const result = mqtt_encode(packet, output, min(capacity, largest));
  if (result == RESULT_OUT_OF_SPACE && largest < capacity) return RESULT_PACKET_TOO_LARGE; // MQTT-3.2.2-15
  if (result < 0) return result;
  let fault = 0;
  if (type == PACKET_TYPE_PUBLISH) fault = publish(context, packet);
  else if (type == PACKET_TYPE_SUBSCRIBE) {
    fault = checkIdentifier(packet, load<u32>(context + SERVER, SESSION_LIMITS_SUBSCRIPTION_IDENTIFIER_AVAILABLE) != 0);
  } else if (type == PACKET_TYPE_CONNECT) connect(context, packet);
  else if (type >= PACKET_TYPE_DISCONNECT) {
    const limits = context + SCRATCH;
    readLimits(context, packet, limits);
    if (type == PACKET_TYPE_AUTH) fault = authenticate(context, packet);
    else if (
      load<u32>(limits, SESSION_LIMITS_SESSION_EXPIRY_INTERVAL) != 0 &&
      load<u32>(own, SESSION_LIMITS_SESSION_EXPIRY_INTERVAL) == 0
    ) {
      fault = RESULT_SESSION_EXPIRY_RAISED;
    } else session_close(context);
  }
  if (fault < 0) return fault;
  if (((1 << type) & ANSWERED) != 0) startWaiting(context, now);
  return result;
}

/** CONNECT: begins a connection with what its properties allow the server. */
function connect(context: usize, packet: usize): void {
  const own = context + OWN;
  readLimits(context, packet, own);
  store<u32>(context, SESSION_STATE_CONNECTING, SESSION_STATE);
  store<u32>(context, load<u32>(packet, PACKET_PROTOCOL_VERSION), SESSION_PROTOCOL_VERSION);
  store<u32>(context, load<u32>(packet, PACKET_KEEP_ALIVE) * 1000, SESSION_KEEP_ALIVE);
  store<u32>(context, load<u32>(packet, PACKET_CONNECT_FLAGS) & CONNECT_CLEAN_START, SESSION_CLEAN_START);
  const method = load<u32>(own, SESSION_LIMITS_AUTHENTICATION_METHOD);
  store<u32>(context, <u32>(method != 0), SESSION_AUTHENTICATION);
}

/** The server has the response timeout for its answer; a PINGREQ does not prolong the time of one before. */
export function startWaiting(context: usize, now: u32): void {
  if (load<u32>(context, SESSION_WAITING) != 0) return;
  store<u32>(context, 1, SESSION_WAITING);
  store<u32>(context, now, SESSION_WAITING_SINCE);
}

/** What the server's CONNACK said about messages; which aliases were set is the caller's knowledge. */
function publish(context: usize, packet: usize): i32 {
  const server = context + SERVER;
  const flags = load<u32>(packet, PACKET_FLAGS);
  if (((flags >> 1) & 3) > load<u32>(server, SESSION_LIMITS_MAXIMUM_QO_S)) return RESULT_QOS_NOT_SUPPORTED;
  if ((flags & 1) > load<u32>(server, SESSION_LIMITS_RETAIN_AVAILABLE)) return RESULT_RETAIN_NOT_SUPPORTED;
  return load<i32>(packet, PACKET_TOPIC_ALIAS) > max(load<i32>(server, SESSION_LIMITS_TOPIC_ALIAS_MAXIMUM), 0)
    ? RESULT_TOPIC_ALIAS_INVALID // MQTT-3.3.2-9
    : checkIdentifier(packet, false);
}

/** A Subscription Identifier is not sent in a PUBLISH (MQTT-3.3.4-6), nor to a server that takes none (3.2.2.3.12). */
function checkIdentifier(packet: usize, allowed: bool): i32 {
  const present = (load<u32>(packet, PACKET_PROPERTIES_PRESENT_LOW) & SUBSCRIPTION_IDENTIFIER) != 0;
  return present && !allowed ? RESULT_SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED : 0;
}

/** AUTH: the answer that is owed, or the beginning of a new authentication (4.12, 4.12.1), by the method of the CONNECT. */
function authenticate(context: usize, packet: usize): i32 {
  const reason = load<u32>(packet, PACKET_REASON_CODE);
  // MQTT-4.12.0-7: without a method in the CONNECT there is no AUTH.
  if (reason == 0 || reason != load<u32>(context, SESSION_AUTHENTICATION)) return RESULT_SESSION_STATE;
  if (
    load<u32>(context, SCRATCH + SESSION_LIMITS_AUTHENTICATION_METHOD) !=
    load<u32>(context, OWN + SESSION_LIMITS_AUTHENTICATION_METHOD)
  ) {
    return RESULT_AUTHENTICATION_METHOD_CHANGED; // MQTT-4.12.0-5
  }
  store<u32>(context, 1, SESSION_AUTHENTICATION);
  return 0;
}
