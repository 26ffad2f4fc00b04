import { Packet, PacketType, PropertyId, Result, SessionLimits, SessionState } from '../../../build/abi/assembly';
import { meet } from '../../memory/span';
import { mqtt_encode } from '../encode';
import { CONNECT_CLEAN_START, PUBLISH_DUP, PUBLISH_QOS, PUBLISH_RETAIN } from '../flags';
import { FIRST_ERROR } from '../reasons';
import { session_close } from './context';
import {
  append,
  COUNTED,
  count,
  find,
  firstToResend,
  freePacketId,
  isFull,
  LIVE,
  NEXT,
  RECEIVED,
  remove,
  SENT,
  search,
} from './in-flight';
import { Context } from './layout';
import { readLimits } from './limits';
import { startPing } from './time';

/** The packets that a client may send in each state of the connection; bit n is packet type n. */
const ACKNOWLEDGEMENTS: i32 = (1 << PacketType.PUBACK) | (1 << PacketType.PUBREC);
const SUBSCRIPTIONS: i32 = (1 << PacketType.SUBSCRIBE) | (1 << PacketType.UNSUBSCRIBE);
const WHEN_CLOSED: i32 = ACKNOWLEDGEMENTS | (1 << PacketType.CONNECT);
const WHEN_CONNECTING: i32 = ACKNOWLEDGEMENTS | (1 << PacketType.DISCONNECT) | (1 << PacketType.AUTH);
const WHEN_CONNECTED: i32 = WHEN_CONNECTING | SUBSCRIPTIONS | (1 << PacketType.PUBLISH) | (1 << PacketType.PINGREQ);
/** Packets besides PINGREQ that must be answered within the response timeout. The answer to one comes before the next. */
const ANSWERED: i32 = (1 << PacketType.CONNECT) | (1 << PacketType.AUTH);

const SUBSCRIPTION_IDENTIFIER: u32 = 1 << PropertyId.SUBSCRIPTION_IDENTIFIER;

/** ABI: see assembly/abi/session.json. */
export function session_send(contextAddress: usize, packetAddress: usize, now: u32, output: usize, capacity: u32): i32 {
  const context = changetype<Context>(contextAddress);
  const packet = changetype<Packet>(packetAddress);
  const torn = context.check();
  if (torn != 0) return torn;
  if (meet(contextAddress, context.length, output, capacity)) return Result.INVALID_ARGUMENT;
  const type: i32 = packet.type;
  const state: i32 = context.state;
  let may = WHEN_CLOSED;
  if (state == SessionState.CONNECTING) may = WHEN_CONNECTING;
  if (state == SessionState.CONNECTED) may = WHEN_CONNECTED;
  const bit = 1 << type;
  if (<u32>type > 15 || (may & bit) == 0) return Result.SESSION_STATE;
  if (type != PacketType.CONNECT) {
    packet.protocolVersion = context.protocolVersion;
  }
  // QoS and DUP of a PUBLISH; 0 when there is no answer.
  const flags: i32 = type == PacketType.PUBLISH ? packet.flags & (PUBLISH_QOS | PUBLISH_DUP) : 0;
  const packetId = packet.packetId;
  let record = 0;
  if (flags != 0 || (bit & SUBSCRIPTIONS) != 0) record = recordToSend(context, packet, packetId, flags);
  if ((bit & ACKNOWLEDGEMENTS) != 0) record = recordOwed(context, packetId, type);
  if (record < 0) return record;

  let result = 0;
  if ((bit & ACKNOWLEDGEMENTS) == 0 || (load<u32>(record) & LIVE) != 0) {
    result = encode(context, type, packet, now, output, capacity);
    if (result < 0) {
      packet.packetId = packetId;
      return result;
    }
    context.lastSent = now;
  }
  if (flags != 0 || (bit & SUBSCRIPTIONS) != 0) noteSent(context, packet, record, type, flags);
  if ((bit & ACKNOWLEDGEMENTS) != 0) noteAcknowledged(context, packet, record, type);
  return result;
}

/**
 * PUBLISH above QoS 0, SUBSCRIBE and UNSUBSCRIBE take an in-flight record. Returns the record of a PUBLISH with DUP; 0 for a new
 * message, whose Packet Identifier goes into the packet; or a result code.
 */
function recordToSend(context: Context, packet: Packet, packetId: u32, flags: i32): i32 {
  const record = find(context, SENT, packetId);
  if (flags != 0) {
    const waiting = firstToResend(context);
    if ((flags & PUBLISH_DUP) != 0) {
      if (record == 0) return Result.PACKET_ID_UNKNOWN;
      if (record != waiting || (load<u32>(record) & NEXT) != answerOf(flags)) return Result.TRANSITION_ILLEGAL;
    } else if (waiting != 0) {
      return Result.RESEND_PENDING; // MQTT-4.6.0-1
    }
    if (count(context, SENT | COUNTED) >= context.server.receiveMaximum) {
      return Result.RECEIVE_MAXIMUM_REACHED; // MQTT-3.3.4-7
    }
    if ((flags & PUBLISH_DUP) != 0) return <i32>record;
  }
  if (record != 0) return Result.PACKET_ID_COLLISION; // MQTT-2.2.1-3
  if (isFull(context, SENT, context.sendCapacity)) return Result.NO_MEMORY;
  if (packetId == 0) packet.packetId = freePacketId(context);
  return 0;
}

/** PUBACK for QoS 1, PUBREC for QoS 2. */
function answerOf(flags: i32): i32 {
  return PacketType.PUBLISH + ((flags >> 1) & 3);
}

function noteSent(context: Context, packet: Packet, record: usize, type: i32, flags: i32): void {
  const packetId = packet.packetId;
  // The types of SUBACK and UNSUBACK come after those of their requests.
  const next = flags != 0 ? answerOf(flags) : type + 1;
  const tail = flags != 0 ? COUNTED : (packet.count & 0xff) << 8;
  const word = (packetId << 16) | next | LIVE | tail;
  if (record != 0) {
    store<u32>(record, word);
  } else {
    append(context, word);
    context.lastPacketId = packetId;
  }
}

/**
 * PUBACK or PUBREC by hand: returns the record of the message, or a result code. On a connection they go in the order of the
 * messages (MQTT-4.6.0-2, -3).
 */
function recordOwed(context: Context, packetId: u32, type: i32): i32 {
  const record = find(context, RECEIVED, packetId);
  if (record == 0) return Result.PACKET_ID_UNKNOWN;
  const word = load<u32>(record);
  if ((word & NEXT) != type) return Result.TRANSITION_ILLEGAL;
  const alike = LIVE | RECEIVED | NEXT;
  return search(context, alike, word & alike) == record ? <i32>record : Result.ACKNOWLEDGEMENT_ORDER;
}

/**
 * A message of an earlier connection is only noted as acknowledged: the server sends it again and gets the answer then. A refused
 * message (PUBREC with an error) is finished.
 */
function noteAcknowledged(context: Context, packet: Packet, record: usize, type: i32): void {
  if (type == PacketType.PUBREC && packet.reasonCode < FIRST_ERROR) {
    store<u32>(record, load<u32>(record) + (PacketType.PUBREL - PacketType.PUBREC));
  } else {
    remove(context, record);
  }
}

/** Encodes a packet within the server's limits, and notes what it changes besides the records. */
function encode(context: Context, type: i32, packet: Packet, now: u32, output: usize, capacity: u32): i32 {
  const own = context.own;
  const server = context.server;
  const largest = server.maximumPacketSize;
  const result = mqtt_encode(changetype<usize>(packet), output, min(capacity, largest));
  if (result == Result.OUT_OF_SPACE && largest < capacity) return Result.PACKET_TOO_LARGE; // MQTT-3.2.2-15
  if (result < 0) return result;
  let fault = 0;
  if (type == PacketType.PUBLISH) fault = publish(server, packet);
  else if (type == PacketType.SUBSCRIBE) {
    fault = checkIdentifier(packet, server.subscriptionIdentifierAvailable != 0);
  } else if (type == PacketType.CONNECT) connect(context, packet);
  else if (type >= PacketType.DISCONNECT) {
    const limits = context.scratch;
    readLimits(context, packet, limits);
    if (type == PacketType.AUTH) fault = authenticate(context, packet);
    else if (limits.sessionExpiryInterval != 0 && own.sessionExpiryInterval == 0) {
      fault = Result.SESSION_EXPIRY_RAISED;
    } else session_close(changetype<usize>(context));
  }
  if (fault < 0) return fault;
  if (type == PacketType.PINGREQ) startPing(context, now);
  if (((1 << type) & ANSWERED) != 0) {
    context.waiting = 1;
    context.waitingSince = now;
  }
  return result;
}

/** CONNECT: begins a connection, within the client's own limits. */
function connect(context: Context, packet: Packet): void {
  const own = context.own;
  readLimits(context, packet, own);
  context.state = SessionState.CONNECTING;
  context.protocolVersion = packet.protocolVersion;
  context.keepAlive = packet.keepAlive * 1000;
  context.cleanStart = packet.connectFlags & CONNECT_CLEAN_START;
  const method = own.authenticationMethod;
  context.authentication = <u32>(method != 0);
}

/** Checks a PUBLISH against the server's CONNACK. Only the caller knows which aliases were set. */
function publish(server: SessionLimits, packet: Packet): i32 {
  const flags = packet.flags;
  if (((flags >> 1) & 3) > server.maximumQoS) return Result.QOS_NOT_SUPPORTED;
  if ((flags & PUBLISH_RETAIN) > server.retainAvailable) return Result.RETAIN_NOT_SUPPORTED;
  return <i32>packet.topicAlias > max(<i32>server.topicAliasMaximum, 0)
    ? Result.TOPIC_ALIAS_INVALID // MQTT-3.3.2-9
    : checkIdentifier(packet, false);
}

/** A client sends no Subscription Identifier in a PUBLISH (MQTT-3.3.4-6), nor to a server that takes none (3.2.2.3.12). */
function checkIdentifier(packet: Packet, allowed: bool): i32 {
  const present = (packet.propertiesPresentLow & SUBSCRIPTION_IDENTIFIER) != 0;
  return present && !allowed ? Result.SUBSCRIPTION_IDENTIFIER_NOT_SUPPORTED : 0;
}

/** AUTH: the answer that is owed, or the start of a re-authentication (4.12, 4.12.1), by the method of the CONNECT. */
function authenticate(context: Context, packet: Packet): i32 {
  const reason = packet.reasonCode;
  // MQTT-4.12.0-7: without a method in the CONNECT there is no AUTH.
  if (reason == 0 || reason != context.authentication) return Result.SESSION_STATE;
  if (context.scratchMethod != context.ownMethod) {
    return Result.AUTHENTICATION_METHOD_CHANGED; // MQTT-4.12.0-5
  }
  context.authentication = 1;
  return 0;
}
