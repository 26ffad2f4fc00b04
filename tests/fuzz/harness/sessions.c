#include "sessions.h"

#define CONTEXT_MOST 384u
#define RECORDS_MOST 16u

/* Bits of a record in flight, as assembly/mqtt/session/in-flight.ts has them. */
#define NEXT 15u
#define RECEIVED 0x10u
#define LIVE 0x20u
#define COUNTED 0x40u

fuzz_session the_session;
#define s the_session

/* The context before a call. */
static uint8_t before[CONTEXT_MOST];
/* The messages of QoS 2 that were delivered and not yet released. Each must be delivered once. */
static uint16_t open_messages[RECORDS_MOST];
static uint32_t open_count;

const wq_session *session_head(void) { return RECORD(wq_session, s.context); }
static const wq_session_limits *limits(uint32_t i) {
  return RECORD(wq_session_limits, s.context + sizeof(wq_session)) + i;
}

/* The index of this message among those; -1 when it is not there. */
static int find_open(uint32_t id) {
  for (uint32_t i = 0; i < open_count; i++) {
    if (open_messages[i] == id) return (int)i;
  }
  return -1;
}

static void forget(uint32_t id) {
  const int index = find_open(id);
  if (index >= 0) open_messages[index] = open_messages[--open_count];
}

void session_check(void) {
  const wq_session *const head = session_head();
  const uint32_t *const records = RECORD(uint32_t, s.context + WQ_SESSION_CONTEXT_HEADER);
  uint32_t received = 0, counted[2] = {0, 0}, exactly_once = 0;
  CHECK(head->state <= WQ_SESSION_STATE_CONNECTED && head->event <= WQ_SESSION_EVENT_RESEND,
        "states and events are those of the tables");
  CHECK(head->count <= head->send_capacity + head->receive_capacity, "there are no more records than room for them");
  for (uint32_t i = 0; i < head->count; i++) {
    const uint32_t word = records[i], direction = word & RECEIVED ? 1 : 0;
    received += direction;
    counted[direction] += word & COUNTED ? 1 : 0;
    CHECK(word >> 16 != 0, "a Packet Identifier is not zero");
    CHECK((direction ? 0x070u : 0xab0u) >> (word & NEXT) & 1, "a record awaits or owes a packet of its direction");
    CHECK(head->state != WQ_SESSION_STATE_CLOSED || (word & (LIVE | COUNTED)) == 0,
          "no record is live without a connection");
    for (uint32_t j = 0; j < i; j++)
      CHECK(((records[j] ^ word) & (0xffff0000 | RECEIVED)) != 0,
            "a Packet Identifier belongs to one message of its direction");
    if (direction && (word & NEXT) != WQ_PACKET_TYPE_PUBACK) {
      exactly_once++;
      CHECK(find_open(word >> 16) >= 0, "a record of QoS 2 is one of a message that was handed out");
    }
  }
  CHECK(exactly_once == open_count, "a message of QoS 2 is remembered until it is released");
  CHECK(received <= head->receive_capacity && head->count - received <= head->send_capacity,
        "each direction has its share of records");
  CHECK(counted[0] <= limits(1)->receive_maximum && counted[1] <= limits(0)->receive_maximum,
        "the Receive Maximum is kept both ways");
}

/* A call that fails leaves the session as it was, except its working memory, the event and, with `aliases`, the topics. */
static void check_unchanged(int aliases) {
  const uint32_t scratch = sizeof(wq_session) + 2 * sizeof(wq_session_limits), header = WQ_SESSION_CONTEXT_HEADER;
  const uint8_t *const now = fuzz_memory + s.context;
  const uint32_t end = aliases ? session_head()->alias_offset : s.size;
  CHECK(memcmp(now, before, 4) == 0 && memcmp(now + 8, before + 8, scratch - 8) == 0 &&
            memcmp(now + header, before + header, end - header) == 0,
        "a call that fails changes nothing");
}

/* What was written is one packet that this version allows. */
static void check_output(int32_t result) {
  const wq_ptr record = s.places[s.context == s.places[0]];
  const int32_t version = (int32_t)session_head()->protocol_version;
  if (result <= 0) return;
  CHECK(CALL(DECODE_WORK(SESSION_OUTPUT),
             wq_mqtt_decode(&fuzz_core, s.output, (uint32_t)result, version, SESSION_OUTPUT, record)) == result,
        "a session writes whole packets of its version");
  /* The other place of the context serves as a record. */
  WRITTEN({record, sizeof(wq_packet)});
}

static void remember(void) { memcpy(before, fuzz_memory + s.context, s.size); }

static void written(int32_t result, uint32_t capacity) {
  WRITTEN({s.context, s.size}, {s.packet, sizeof(wq_packet)}, {s.output, result < 0 ? capacity : (uint32_t)result});
}

void session_send(uint32_t capacity) {
  const uint32_t type = RECORD(wq_packet, s.packet)->type;
  int32_t result;
  remember();
  result = CALL(1024, wq_session_send(&fuzz_core, s.context, s.packet, s.now, s.output, capacity));
  written(result, capacity);
  if (result < 0) check_unchanged(0);
  else if (type == WQ_PACKET_TYPE_PUBREC && RECORD(wq_packet, s.packet)->reason_code >= 0x80)
    forget(RECORD(wq_packet, s.packet)->packet_id);
  check_output(result);
}

void session_receive(const uint8_t *bytes, uint32_t length, uint32_t capacity) {
  const int32_t version = session_head()->protocol_version ? (int32_t)session_head()->protocol_version : 5;
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
    CHECK(session_head()->event == WQ_SESSION_EVENT_NONE, "a packet that is refused is no event");
    check_unchanged(1);
    return;
  }
  switch (session_head()->event) {
    case WQ_SESSION_EVENT_CONNECTED:
      if (packet->connect_flags == 0) open_count = 0;
      break;
    case WQ_SESSION_EVENT_MESSAGE:
      if ((packet->flags & 6) == 4) {
        CHECK(find_open(packet->packet_id) < 0, "a message of QoS 2 is handed out once");
        CHECK(open_count < RECORDS_MOST, "there are no more messages than records");
        open_messages[open_count++] = (uint16_t)packet->packet_id;
      }
      CHECK(packet->topic_length > 0, "a message has a topic");
      fuzz_inside(packet->topic, packet->topic_length, packet->topic < s.packet ? s.context : s.input,
                  packet->topic < s.packet ? s.size : length);
      break;
    case WQ_SESSION_EVENT_DUPLICATE:
      CHECK((packet->flags & 6) != 4 || find_open(packet->packet_id) >= 0,
            "a duplicate of QoS 2 was handed out before");
      break;
    case WQ_SESSION_EVENT_RELEASED:
      CHECK(find_open(packet->packet_id) >= 0, "a message is released once");
      forget(packet->packet_id);
      break;
    default:
      break;
  }
  check_output(result);
}

void session_poll(uint32_t capacity) {
  const int32_t deadline = CALL(64, wq_session_deadline(&fuzz_core, s.context, s.now));
  int32_t result;
  WRITTEN_NOTHING();
  CHECK(deadline >= 0, "a deadline does not lie in the past");
  CHECK(deadline == WQ_SESSION_CONTEXT_NO_DEADLINE ||
            CALL(64, wq_session_deadline(&fuzz_core, s.context, s.now + (uint32_t)deadline)) <= (int32_t)s.back,
        "a deadline comes, later only by what the clock went back");
  remember();
  result = CALL(256, wq_session_poll(&fuzz_core, s.context, s.now, s.output, capacity));
  WRITTEN({s.context, s.size}, {s.output, result > 0 ? 5 : 0});
  CHECK(result != WQ_RESULT_RESPONSE_TIMEOUT || deadline == 0, "nothing is overdue before its time");
  CHECK(deadline != 0 || result != 0, "at the deadline there is something to do");
  if (result < 0) check_unchanged(0);
  check_output(result);
}

void session_pass(uint32_t milliseconds) {
  if (milliseconds > 0x7fffffffu - s.passed) return;
  s.passed += milliseconds;
  s.now += milliseconds;
}

void session_turn_back(uint32_t milliseconds) {
  s.back += milliseconds;
  s.now -= milliseconds;
}

void session_arrive(uint32_t milliseconds) {
  const uint32_t deadline = (uint32_t)session_head()->response_timeout;
  session_pass(milliseconds);
  CALL(16, wq_session_arrived(&fuzz_core, s.context, s.now));
  WRITTEN({s.context, sizeof(wq_session)});
  CHECK(session_head()->state != WQ_SESSION_STATE_CONNECTING || session_head()->waiting == 0 ||
            CALL(64, wq_session_deadline(&fuzz_core, s.context, s.now)) == (int32_t)deadline,
        "a server that sends has its whole response timeout");
}

void session_move(void) {
  const wq_ptr to = s.places[s.context == s.places[0]];
  fuzz_put(to, fuzz_memory + s.context, s.size);
  fuzz_fill(s.context, 0xa5, s.size);
  CHECK(CALL(0, wq_session_send(&fuzz_core, s.context, s.packet, s.now, s.output, SESSION_OUTPUT)) ==
            WQ_RESULT_SESSION_FORMAT,
        "what is no context is not taken for one");
  WRITTEN_NOTHING();
  s.context = to;
}

void session_tear(uint32_t word, uint32_t value) {
  const wq_ptr to = s.places[s.context == s.places[0]], at = to + 4 * (word % (s.size / 4));
  int32_t result;
  fuzz_put(to, fuzz_memory + s.context, s.size);
  fuzz_put(at, &value, sizeof value);
  result = CALL(64, wq_session_restore(&fuzz_core, to, s.size - 1));
  CHECK(result == WQ_RESULT_SESSION_TORN || result == WQ_RESULT_SESSION_FORMAT, "a context has the length that it says");
  CALL(256, wq_session_poll(&fuzz_core, to, s.now, s.output, 5));
  WRITTEN({to, s.size}, {s.output, 5});
  result = CALL(64, wq_session_restore(&fuzz_core, to, s.size));
  WRITTEN({to, s.size});
  CHECK(CALL(64, wq_session_close(&fuzz_core, to)) == result, "what is not restored is not closed either");
  WRITTEN({to, s.size});
  fuzz_fill(to, 0xa5, s.size);
}

void session_lose(void) {
  CALL(64, wq_session_close(&fuzz_core, s.context));
  WRITTEN({s.context, s.size});
  CHECK(session_head()->state == WQ_SESSION_STATE_CLOSED, "a session that is closed is closed");
}

int32_t session_begin(uint32_t send_capacity, uint32_t receive_capacity, uint32_t aliases, uint32_t flags,
                      uint32_t timeout) {
  int32_t result;
  memset(&s, 0, sizeof s);
  open_count = 0;
  s.size = WQ_SESSION_CONTEXT_HEADER + 4 * (send_capacity + receive_capacity) + aliases;
  s.places[0] = fuzz_place(CONTEXT_MOST);
  s.places[1] = fuzz_place(CONTEXT_MOST);
  s.context = s.places[0];
  s.packet = fuzz_place(sizeof(wq_packet));
  s.output = fuzz_place(SESSION_OUTPUT);
  s.input = fuzz_place(SESSION_INPUT);
  CHECK(CALL(0, wq_session_init(&fuzz_core, s.context, s.size - aliases - 1, send_capacity, receive_capacity, flags,
                                1)) == WQ_RESULT_OUT_OF_SPACE,
        "a context has room for its records");
  CHECK(CALL(0, wq_session_init(&fuzz_core, s.context + 1, s.size, send_capacity, receive_capacity, flags, 1)) ==
            WQ_RESULT_INVALID_ARGUMENT,
        "a context lies at a multiple of 4");
  result = CALL(64, wq_session_init(&fuzz_core, s.context, s.size, send_capacity, receive_capacity, flags, timeout));
  CHECK(result == (timeout == 0 ? WQ_RESULT_INVALID_ARGUMENT : 0), "a session has a response timeout");
  WRITTEN({s.context, s.size});
  return result;
}
