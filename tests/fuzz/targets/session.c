/*
 * A client session under any sequence of calls, packets of the server and times. Five bytes say how it is made; then each
 * byte is an operation (its low four bits) with a choice (its high four), which takes its own bytes. See operate().
 */
#include "packets.h"

#define CONTEXT_MOST 384u
#define RECORDS_MOST 16u
#define OUTPUT 64u

/* Bits of a record in flight, as assembly/mqtt/session/records.ts has them. */
#define NEXT 15u
#define RECEIVED 0x10u
#define LIVE 0x20u
#define COUNTED 0x40u

static struct {
  wq_ptr places[2], context, packet, output, input;
  uint32_t size, now;
  uint8_t before[CONTEXT_MOST];
  /* The messages of QoS 2 that were handed out and not yet released: each must be handed out once. */
  uint16_t open[RECORDS_MOST];
  uint32_t open_count;
} s;

static const wq_session *session(void) { return RECORD(wq_session, s.context); }
static const wq_session_limits *limits(uint32_t i) { return RECORD(wq_session_limits, s.context + sizeof(wq_session)) + i; }

static uint32_t *find_open(uint32_t id) {
  static uint32_t index;
  for (index = 0; index < s.open_count; index++)
    if (s.open[index] == id) return &index;
  return NULL;
}

static void forget(uint32_t id) {
  const uint32_t *const index = find_open(id);
  if (index) s.open[*index] = s.open[--s.open_count];
}

/* What holds of a context after every call. */
static void check_context(void) {
  const wq_session *const head = session();
  const uint32_t *const records = RECORD(uint32_t, s.context + WQ_SESSION_CONTEXT_HEADER);
  uint32_t received = 0, counted[2] = {0, 0}, exactly_once = 0;
  CHECK(head->state <= WQ_SESSION_STATE_CONNECTED && head->event <= WQ_SESSION_EVENT_RESEND, "states and events are those of the tables");
  CHECK(head->count <= head->send_capacity + head->receive_capacity, "there are no more records than room for them");
  for (uint32_t i = 0; i < head->count; i++) {
    const uint32_t word = records[i], direction = word & RECEIVED ? 1 : 0;
    received += direction;
    counted[direction] += word & COUNTED ? 1 : 0;
    CHECK(word >> 16 != 0, "a Packet Identifier is not zero");
    CHECK((direction ? 0x070u : 0xab0u) >> (word & NEXT) & 1, "a record awaits or owes a packet of its direction");
    CHECK(head->state != WQ_SESSION_STATE_CLOSED || (word & (LIVE | COUNTED)) == 0, "no record is live without a connection");
    for (uint32_t j = 0; j < i; j++)
      CHECK(((records[j] ^ word) & (0xffff0000 | RECEIVED)) != 0, "a Packet Identifier belongs to one message of its direction");
    if (direction && (word & NEXT) != WQ_PACKET_TYPE_PUBACK) {
      exactly_once++;
      CHECK(find_open(word >> 16) != NULL, "a record of QoS 2 is one of a message that was handed out");
    }
  }
  CHECK(exactly_once == s.open_count, "a message of QoS 2 is remembered until it is released");
  CHECK(received <= head->receive_capacity && head->count - received <= head->send_capacity, "each direction has its share of records");
  CHECK(counted[0] <= limits(1)->receive_maximum && counted[1] <= limits(0)->receive_maximum, "the Receive Maximum is kept both ways");
}

/* A call that fails leaves the session as it was: all but its working memory, the event, and where `aliases` the topics. */
static void check_unchanged(int aliases) {
  const uint32_t scratch = sizeof(wq_session) + 2 * sizeof(wq_session_limits), header = WQ_SESSION_CONTEXT_HEADER;
  const uint8_t *const now = fuzz_memory + s.context;
  const uint32_t end = aliases ? session()->alias_offset : s.size;
  CHECK(memcmp(now, s.before, 4) == 0 && memcmp(now + 8, s.before + 8, scratch - 8) == 0 &&
            memcmp(now + header, s.before + header, end - header) == 0,
        "a call that fails changes nothing");
}

/* What was written is one packet that this version allows. */
static void check_output(int32_t result) {
  const wq_ptr record = s.places[s.context == s.places[0]];
  const int32_t version = (int32_t)session()->protocol_version;
  if (result <= 0) return;
  CHECK(CALL(DECODE_WORK(OUTPUT), wq_mqtt_decode(&fuzz_core, s.output, (uint32_t)result, version, OUTPUT, record)) == result,
        "a session writes whole packets of its version");
  /* The other place of the context serves as a record. */
  WRITTEN({record, sizeof(wq_packet)});
}

static void remember(void) { memcpy(s.before, fuzz_memory + s.context, s.size); }

static void written(int32_t result, uint32_t capacity) {
  WRITTEN({s.context, s.size}, {s.packet, sizeof(wq_packet)}, {s.output, result < 0 ? capacity : (uint32_t)result});
}

/* session_send; the record is in its place. */
static void send(uint32_t capacity) {
  const uint32_t type = RECORD(wq_packet, s.packet)->type;
  int32_t result;
  remember();
  result = CALL(1024, wq_session_send(&fuzz_core, s.context, s.packet, s.now, s.output, capacity));
  written(result, capacity);
  if (result < 0) check_unchanged(0);
  else if (type == WQ_PACKET_TYPE_PUBREC && RECORD(wq_packet, s.packet)->reason_code >= 0x80) forget(RECORD(wq_packet, s.packet)->packet_id);
  check_output(result);
}

/* session_receive for a packet of the server, if it is one. */
static void receive(const uint8_t *bytes, uint32_t length, uint32_t capacity) {
  const int32_t version = session()->protocol_version ? (int32_t)session()->protocol_version : 5;
  const wq_packet *const packet = RECORD(wq_packet, s.packet);
  int32_t result;
  fuzz_put(s.input, bytes, length);
  result = CALL(DECODE_WORK(length), wq_mqtt_decode(&fuzz_core, s.input, length, version, length, s.packet));
  WRITTEN({s.packet, sizeof(wq_packet)});
  if (result <= 0) return;
  remember();
  result = CALL(1024, wq_session_receive(&fuzz_core, s.context, s.packet, s.now, s.output, capacity));
  WRITTEN({s.context, s.size}, {s.packet, sizeof(wq_packet)}, {s.output, result > 0 ? 5 : 0});
  if (result < 0) {
    CHECK(session()->event == WQ_SESSION_EVENT_NONE, "a packet that is refused is no event");
    check_unchanged(1);
    return;
  }
  switch (session()->event) {
    case WQ_SESSION_EVENT_CONNECTED:
      if (packet->connect_flags == 0) s.open_count = 0;
      break;
    case WQ_SESSION_EVENT_MESSAGE:
      if ((packet->flags & 6) == 4) {
        CHECK(!find_open(packet->packet_id), "a message of QoS 2 is handed out once");
        CHECK(s.open_count < RECORDS_MOST, "there are no more messages than records");
        s.open[s.open_count++] = (uint16_t)packet->packet_id;
      }
      CHECK(packet->topic_length > 0, "a message has a topic");
      fuzz_inside(packet->topic, packet->topic_length, packet->topic < s.packet ? s.context : s.input, packet->topic < s.packet ? s.size : length);
      break;
    case WQ_SESSION_EVENT_DUPLICATE:
      CHECK((packet->flags & 6) != 4 || find_open(packet->packet_id), "a duplicate of QoS 2 was handed out before");
      break;
    case WQ_SESSION_EVENT_RELEASED:
      CHECK(find_open(packet->packet_id) != NULL, "a message is released once");
      forget(packet->packet_id);
      break;
    default:
      break;
  }
  check_output(result);
}

static void poll(uint32_t capacity) {
  const int32_t deadline = CALL(64, wq_session_deadline(&fuzz_core, s.context, s.now));
  int32_t result;
  WRITTEN_NOTHING();
  CHECK(deadline >= 0, "a deadline does not lie in the past");
  CHECK(deadline == WQ_SESSION_CONTEXT_NO_DEADLINE ||
            CALL(64, wq_session_deadline(&fuzz_core, s.context, s.now + (uint32_t)deadline)) == 0,
        "a deadline comes");
  remember();
  result = CALL(256, wq_session_poll(&fuzz_core, s.context, s.now, s.output, capacity));
  WRITTEN({s.context, s.size}, {s.output, result > 0 ? 5 : 0});
  CHECK(result != WQ_RESULT_RESPONSE_TIMEOUT || deadline == 0, "nothing is overdue before its time");
  CHECK(deadline != 0 || result != 0, "at the deadline there is something to do");
  if (result < 0) check_unchanged(0);
  check_output(result);
}

/* A context holds no addresses: it may be moved. */
static void move(void) {
  const wq_ptr to = s.places[s.context == s.places[0]];
  fuzz_put(to, fuzz_memory + s.context, s.size);
  fuzz_fill(s.context, 0xa5, s.size);
  s.context = to;
}

/* Texts that the client's packets use, and then what the script brings. */
static const uint8_t texts[] = "topic/a\0\3a/b\1\0\1c\2";

static void begin_packet(uint32_t type) {
  wq_packet record;
  memset(&record, 0, sizeof record);
  record.type = type;
  record.protocol_version = 5;
  record.topic = s.input;
  record.topic_length = 7;
  fuzz_put(s.input, texts, sizeof texts);
  fuzz_put(s.packet, &record, sizeof record);
}

#define SET(field, value) \
  do { \
    const uint32_t word = (value); \
    fuzz_put(s.packet + (wq_ptr)offsetof(wq_packet, field), &word, 4); \
  } while (0)

/* Properties from the script, up to 15 bytes. */
static void set_properties(void) {
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(fuzz_u8() % 16, &length);
  fuzz_put(s.input + sizeof texts, bytes, length);
  SET(properties, s.input + (wq_ptr)sizeof texts);
  SET(properties_length, length);
}

static void send_list(uint32_t choice) {
  begin_packet(choice & 1 ? WQ_PACKET_TYPE_UNSUBSCRIBE : WQ_PACKET_TYPE_SUBSCRIBE);
  SET(packet_id, fuzz_u8());
  SET(payload, s.input + 7);
  /* A SUBSCRIBE of one or two filters, or an UNSUBSCRIBE of one. */
  SET(payload_length, choice & 1 ? 5 : choice & 2 ? 10 : 6);
}

/* A packet of the server whose body is an identifier (unless 0), a reason (unless 255), and properties or reason codes. */
static void receive_made(uint32_t first, uint32_t id, uint32_t reason, uint32_t most) {
  uint8_t bytes[32];
  uint32_t length, at = 2;
  const uint8_t *const rest = fuzz_bytes(most, &length);
  bytes[0] = (uint8_t)first;
  if (id) {
    bytes[at++] = (uint8_t)(id >> 8);
    bytes[at++] = (uint8_t)id;
  }
  if (reason != 0xff) bytes[at++] = (uint8_t)reason;
  if (length > 0) {
    if (first != 0x90 && first != 0xb0) bytes[at++] = (uint8_t)length;
    memcpy(bytes + at, rest, length);
    at += length;
  }
  bytes[1] = (uint8_t)(at - 2);
  receive(bytes, at, OUTPUT);
}

static void receive_publish(uint32_t flags) {
  uint8_t bytes[64] = {0x30, 0, 0, 3, 'a', '/', 'b'};
  const uint32_t id = fuzz_u8(), alias = fuzz_u8();
  uint32_t at = alias & 0x80 ? 4 : 7;
  bytes[0] = (uint8_t)(0x30 | flags);
  if (alias & 0x80) bytes[3] = 0;
  if (flags & 6) {
    bytes[at++] = 0;
    bytes[at++] = (uint8_t)id;
  }
  if (session()->protocol_version == 5) {
    const uint8_t property[] = {3, 35, 0, (uint8_t)(alias & 0x7f)};
    if (alias & 0x7f) {
      memcpy(bytes + at, property, sizeof property);
      at += sizeof property;
    } else {
      bytes[at++] = 0;
    }
  }
  bytes[1] = (uint8_t)(at - 2);
  receive(bytes, at, OUTPUT);
}

static void connack(uint32_t choice) {
  uint8_t bytes[24] = {0x20, 0, (uint8_t)(choice & 1), choice & 2 ? 0x80 : 0};
  uint32_t at = 4, length;
  const uint8_t *const properties = fuzz_bytes(choice & 4 ? fuzz_u8() % 16 : 0, &length);
  if (session()->protocol_version == 5) {
    bytes[at++] = (uint8_t)length;
    memcpy(bytes + at, properties, length);
    at += length;
  }
  bytes[1] = (uint8_t)(at - 2);
  receive(bytes, at, OUTPUT);
}

static void operate(uint32_t operation, uint32_t choice) {
  const uint8_t *bytes;
  uint32_t length, id;
  switch (operation) {
    case 0: /* time passes */
      s.now += fuzz_u8() << choice;
      break;
    case 1:
      poll(choice);
      break;
    case 2: /* the transport is gone */
      CALL(64, wq_session_close(&fuzz_core, s.context));
      WRITTEN({s.context, s.size});
      CHECK(session()->state == WQ_SESSION_STATE_CLOSED, "a session that is closed is closed");
      break;
    case 3:
      move();
      break;
    case 4: /* CONNECT */
      begin_packet(WQ_PACKET_TYPE_CONNECT);
      SET(protocol_version, choice & 1 ? 4 : 5);
      SET(connect_flags, choice & 2);
      SET(keep_alive, fuzz_u8());
      SET(client_id, s.input);
      SET(client_id_length, 1);
      if (choice & 4) set_properties();
      send(OUTPUT);
      break;
    case 5: /* PUBLISH, with DUP where it is sent again */
      begin_packet(WQ_PACKET_TYPE_PUBLISH);
      SET(flags, choice);
      SET(packet_id, fuzz_u8());
      send(OUTPUT);
      break;
    case 6: /* what session_poll named is sent again */
      begin_packet(WQ_PACKET_TYPE_PUBLISH);
      SET(flags, 8 | (choice & 1 ? 2 : 4));
      SET(packet_id, session()->packet_id);
      send(OUTPUT);
      break;
    case 7:
      send_list(choice);
      send(OUTPUT);
      break;
    case 8: /* PUBACK, PUBREC by hand */
      begin_packet(choice & 1 ? WQ_PACKET_TYPE_PUBREC : WQ_PACKET_TYPE_PUBACK);
      SET(packet_id, fuzz_u8());
      SET(reason_code, choice & 2 ? 0x80 : 0);
      send(OUTPUT);
      break;
    case 9: /* any packet */
      begin_packet(choice);
      SET(packet_id, fuzz_u8());
      SET(reason_code, fuzz_u8());
      set_properties();
      send(fuzz_u8() % OUTPUT);
      break;
    case 10:
      connack(choice);
      break;
    case 11:
      receive_publish(choice);
      break;
    case 12: /* PUBACK to PUBCOMP */
      id = fuzz_u8();
      receive_made((4 + choice % 4) << 4 | (choice % 4 == 2 ? 2 : 0), id, session()->protocol_version < 5 ? 0xff : choice & 4 ? 0x80 : 0, 0);
      break;
    case 13: /* SUBACK, UNSUBACK */
      id = fuzz_u8();
      receive_made(choice & 1 ? 0xb0 : 0x90, id, session()->protocol_version < 5 ? 0xff : 0, choice >> 2);
      break;
    case 14: /* PINGRESP, DISCONNECT, AUTH */
      id = choice % 3 ? fuzz_u8() : 0xff; /* here the reason */
      receive_made((13 + choice % 3) << 4, 0, id, choice & 8 ? fuzz_u8() % 16 : 0);
      break;
    default: /* any bytes, and any room for the answer */
      bytes = fuzz_bytes(fuzz_u8() % 64, &length);
      receive(bytes, length, choice);
      break;
  }
}

void fuzz_run(void) {
  const uint32_t send_capacity = fuzz_u8() % 8, receive_capacity = fuzz_u8() % 8, flags = fuzz_u8() & 3;
  const uint32_t aliases = fuzz_u8() % 64, timeout = fuzz_u8();
  int32_t result;
  memset(&s, 0, sizeof s);
  s.size = WQ_SESSION_CONTEXT_HEADER + 4 * (send_capacity + receive_capacity) + aliases;
  s.places[0] = fuzz_place(CONTEXT_MOST);
  s.places[1] = fuzz_place(CONTEXT_MOST);
  s.context = s.places[0];
  s.packet = fuzz_place(sizeof(wq_packet));
  s.output = fuzz_place(OUTPUT);
  s.input = fuzz_place(128);
  result = CALL(64, wq_session_init(&fuzz_core, s.context, s.size, send_capacity, receive_capacity, flags, timeout * 100));
  CHECK(result == (timeout == 0 ? WQ_RESULT_INVALID_ARGUMENT : 0), "a session has a response timeout");
  WRITTEN({s.context, s.size});
  if (result < 0) return;
  while (fuzz_left() > 0) {
    const uint32_t operation = fuzz_u8();
    operate(operation & 15, operation >> 4);
    check_context();
  }
}
