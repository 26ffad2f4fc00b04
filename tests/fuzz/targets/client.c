/*
 * The client in C under any calls, bytes of the server, times and results of its transport. A byte chooses how it is made; then
 * each byte is an operation (its low four bits) with a choice (its high four), which takes its own bytes. See operate().
 */
#include "rig.h"
#include "wq_client.h"

#define SEND 3u
#define RECEIVE 2u
#define AREA 64u
#define CLIENT_SIZE WQ_CLIENT_MEMORY(SEND, RECEIVE, 0u, AREA, AREA)
#define MESSAGES 3u
/* Bytes of a connection that are not decoded yet, and of the server that are not taken yet. */
#define SENT 1024u
#define INBOX 512u
/* Turns of loops in one poll. */
#define WORK 3000u

static wq_client client;
static wq_client_message messages[MESSAGES];
static uint8_t payload[255], inbox[INBOX], is_queued[MESSAGES];
static uint32_t now, inbox_from, inbox_to, sent, connections, packets, expected_offset, last_type;
static uint32_t send_limit, receive_limit, source_limit;
static wq_ptr memory, record, capture;
static int lied;

static int is_in_client(const uint8_t *bytes, uint32_t length) {
  return bytes >= fuzz_memory + memory && bytes + length <= fuzz_memory + memory + CLIENT_SIZE;
}

/* 0 to 239 bytes, 240 to 247 a failure, from 248 on more than asked. */
static int32_t outcome(uint32_t limit, uint32_t length) {
  if (limit >= 248) return (int32_t)(length + limit - 247);
  if (limit >= 240) return limit == 240 ? -0x7fffffff - 1 : -(int32_t)limit;
  return (int32_t)(limit < length ? limit : length);
}

static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  const int32_t count = outcome(send_limit, length);
  (void)user;
  CHECK(length > 0 && is_in_client(bytes, length), "what is sent lies in the client's memory");
  CHECK(!lied, "a connection that failed is not used again");
  lied = count < 0 || (uint32_t)count > length;
  if (count <= 0 || lied) return count;
  CHECK(sent + (uint32_t)count <= SENT, "no packet is longer than what was asked for");
  fuzz_put(capture + sent, bytes, (uint32_t)count);
  sent += (uint32_t)count;
  return count;
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) {
  int32_t count = outcome(receive_limit, capacity);
  (void)user;
  CHECK(capacity > 0 && is_in_client(bytes, capacity), "what is received goes into the client's memory");
  CHECK(!lied, "a connection that failed is not used again");
  lied = count < 0 || (uint32_t)count > capacity;
  if (lied) return count;
  if ((uint32_t)count > inbox_to - inbox_from) count = (int32_t)(inbox_to - inbox_from);
  memcpy(bytes, inbox + inbox_from, (size_t)count);
  inbox_from += (uint32_t)count;
  return count;
}

static uint32_t tell_time(void *user) {
  (void)user;
  return now;
}

static int32_t open_line(void *user) {
  (void)user;
  connections++;
  sent = packets = expected_offset = last_type = inbox_from = inbox_to = 0;
  lied = 0;
  return 0;
}

static void close_line(void *user) { (void)user; }

static int32_t read_payload(wq_client_message *message, uint32_t offset, uint8_t *to, uint32_t capacity) {
  const uint32_t left = message->payload_length - offset;
  const int32_t count = outcome(source_limit, capacity);
  CHECK(offset < message->payload_length && capacity > 0 && capacity <= left, "a payload is read within its length");
  CHECK(is_in_client(to, capacity), "a payload is read into the client's memory");
  if (count > 0 && (uint32_t)count <= capacity) memcpy(to, payload + offset, (size_t)count);
  return count;
}

static void on_message(void *user, const wq_client_delivery *message) {
  wq_client_property property;
  (void)user;
  CHECK(message->offset == 0 || message->offset == expected_offset, "the pieces of a payload come in order");
  CHECK(message->offset + message->length <= message->total, "no piece goes beyond the payload");
  CHECK((message->qos > 0) == (message->packet_id > 0) && message->qos <= 2, "a message above QoS 0 has a packet id");
  CHECK(is_in_client(message->payload, message->length), "a payload lies in the client's memory");
  while (wq_client_next_property(&client, &property) > 0) continue;
  expected_offset = message->offset + message->length;
}

static void on_published(void *user, wq_client_message *message, int32_t result, uint32_t reason_code) {
  const size_t at = (size_t)(message - messages);
  (void)user, (void)reason_code;
  CHECK(at < MESSAGES && is_queued[at], "a message is finished once");
  is_queued[at] = 0;
  if (result == WQ_CLIENT_SESSION_LOST && wq_client_publish(&client, message) == 0) is_queued[at] = 1;
}

/* The server's side: what was sent is a stream of packets, which begins with CONNECT and ends with DISCONNECT. */
static void read_stream(uint32_t version) {
  uint32_t at = 0;
  for (;;) {
    const int32_t used = wq_mqtt_decode(
        &fuzz_core, capture + at, sent - at, version | WQ_DECODE_OPTION_STRICT, 0xffffffffu, record);
    const wq_packet *const packet = RECORD(wq_packet, record);
    const uint8_t *bytes;
    uint32_t i;
    fuzz_put(record, packet, sizeof *packet);
    CHECK(used >= 0, "what is sent is well-formed");
    if (used == 0) break;
    CHECK((packets++ == 0) == (packet->type == WQ_PACKET_TYPE_CONNECT), "CONNECT is the first packet and comes once");
    CHECK(last_type != WQ_PACKET_TYPE_DISCONNECT, "nothing is sent behind DISCONNECT");
    last_type = packet->type;
    bytes = fuzz_memory + packet->payload;
    if (packet->type == WQ_PACKET_TYPE_PUBLISH)
      for (i = 0; i < packet->payload_length; i++) CHECK(bytes[i] == payload[i], "a payload arrives as it is");
    at += (uint32_t)used;
  }
  memmove(fuzz_memory + capture, fuzz_memory + capture + at, sent - at);
  fuzz_put(capture, fuzz_memory + capture, SENT);
  sent -= at;
}

static void server(const uint8_t *bytes, uint32_t length) {
  if (length > INBOX - inbox_to) return;
  memcpy(inbox + inbox_to, bytes, length);
  inbox_to += length;
}

/* A packet of the server: first byte, an identifier unless 0, and up to `most` bytes of the script. */
static void server_packet(uint32_t first, uint32_t id, uint32_t most) {
  uint8_t bytes[4] = {(uint8_t)first, 0, 0, (uint8_t)id};
  uint32_t length;
  const uint8_t *const rest = fuzz_bytes(most, &length);
  bytes[1] = (uint8_t)(length + (id ? 2u : 0u));
  server(bytes, id ? 4 : 2);
  server(rest, length);
}

static void server_publish(uint32_t flags, uint32_t version) {
  const uint32_t id = fuzz_u8(), length = fuzz_u8() % 200u;
  const uint32_t body = 3u + (flags & 6u ? 2u : 0u) + (version == 5 ? 1u : 0u) + length;
  uint8_t bytes[9];
  uint32_t at = 0;
  bytes[at++] = (uint8_t)(0x30u | flags);
  if (body > 0x7fu) bytes[at++] = (uint8_t)(0x80u | (body & 0x7fu));
  bytes[at++] = (uint8_t)(body > 0x7fu ? body >> 7 : body);
  bytes[at++] = 0;
  bytes[at++] = 1;
  bytes[at++] = 't';
  if (flags & 6u) {
    bytes[at++] = 0;
    bytes[at++] = (uint8_t)id;
  }
  server(bytes, at);
  if (version == 5) server((const uint8_t *)"", 1);
  server(payload, length);
}

static void publish(uint32_t choice) {
  wq_client_message *const message = &messages[choice % MESSAGES];
  const uint32_t length = fuzz_u8();
  if (!is_queued[choice % MESSAGES]) {
    message->topic = wq_client_string("t");
    message->qos = (uint8_t)(choice >> 2);
    message->payload = length & 1u ? NULL : payload;
    message->read = length & 1u ? read_payload : NULL;
    message->payload_length = length;
  }
  if (wq_client_publish(&client, message) == 0) is_queued[choice % MESSAGES] = 1;
}

static void operate(uint32_t operation, uint32_t choice, uint32_t version) {
  static const wq_client_filter filters[2] = {{{"t/#", 3}, 2}, {{"t", 1}, 1}};
  const uint8_t *bytes;
  uint32_t length;
  int32_t result;
  switch (operation) {
    case 0:
      now += fuzz_u8() << choice;
      break;
    case 1:
    case 2:
      fuzz_steps = 0;
      result = wq_client_poll(&client);
      CHECK(result >= 0, "a poll returns how long to wait");
      fuzz_called(result, WORK);
      read_stream(version);
      break;
    case 3:
      wq_client_connect(&client);
      break;
    case 4:
      publish(choice);
      break;
    case 5:
      wq_client_subscribe(&client, filters, 1u + choice % 2u, NULL);
      break;
    case 6:
      wq_client_unsubscribe(&client, filters, 1u + choice % 2u, NULL);
      break;
    case 7:
      if (choice & 8u) wq_client_disconnect(&client, choice & 4u);
      else wq_client_acknowledge(&client, fuzz_u8(), 1u + choice % 2u, choice & 4u ? 0x80 : 0);
      break;
    case 8:
      server_packet(0x20, 0, version == 5 ? 3 : 2);
      break;
    case 9:
      server_publish(choice, version);
      break;
    case 10:
      server_packet((4u + choice % 4u) << 4 | (choice % 4u == 2 ? 2u : 0u), fuzz_u8(), choice & 4u ? 1 : 0);
      break;
    case 11:
      server_packet(choice & 1u ? 0xb0 : 0x90, fuzz_u8(), choice >> 1);
      break;
    case 12:
      server_packet(choice & 1u ? 0xd0 : 0xe0, 0, choice & 2u ? 1 : 0);
      break;
    case 13:
      bytes = fuzz_bytes(1u + choice, &length);
      server(bytes, length);
      break;
    case 14:
      if (choice & 8u) source_limit = fuzz_u8();
      else send_limit = fuzz_u8();
      break;
    default:
      receive_limit = fuzz_u8();
      break;
  }
}

void fuzz_run(void) {
  const uint32_t kind = fuzz_u8(), version = kind & 1u ? 5 : 4;
  wq_client_options options;
  uint32_t i;
  for (i = 0; i < sizeof payload; i++) payload[i] = (uint8_t)(i * 7u + 1u);
  memset(messages, 0, sizeof messages);
  memset(is_queued, 0, sizeof is_queued);
  memset(&client, 0, sizeof client);
  now = 0xffffff00u;
  connections = 0;
  open_line(NULL);
  send_limit = receive_limit = source_limit = 239;
  memory = fuzz_place(CLIENT_SIZE);
  record = fuzz_place((uint32_t)sizeof(wq_packet));
  capture = fuzz_place(SENT);
  memset(&options, 0, sizeof options);
  options.core = &fuzz_core;
  options.memory = memory;
  options.transport.send = give;
  options.transport.receive = take;
  options.transport.now = tell_time;
  options.transport.open = open_line;
  options.transport.close = close_line;
  options.callbacks.on_message = on_message;
  options.callbacks.on_published = on_published;
  options.version = version;
  options.client_id = wq_client_string("c");
  options.keep_alive = 10;
  options.clean_start = kind >> 1 & 1u;
  options.session_flags = kind >> 2 & 1u;
  options.session_expiry = kind & 8u ? 60 : 0;
  options.send_capacity = SEND;
  options.receive_capacity = RECEIVE;
  options.input_size = options.output_size = AREA;
  options.reconnect_least = kind & 16u ? 100 : 0;
  options.reconnect_most = 1000;
  CHECK(wq_client_open(&client, &options) == 0, "WQ_CLIENT_MEMORY bytes are enough");
  if (kind & 32u) {
    wq_client_connect(&client);
    wq_client_poll(&client);
    server((const uint8_t *)"\x20\x03\0\0\0", version == 5 ? 5 : 0);
    server((const uint8_t *)"\x20\x02\0\0", version == 5 ? 0 : 4);
    wq_client_poll(&client);
  }
  while (fuzz_left() > 0) {
    const uint32_t operation = fuzz_u8();
    operate(operation & 15u, operation >> 4, version);
    WRITTEN({memory, CLIENT_SIZE}, {record, (uint32_t)sizeof(wq_packet)}, {capture, SENT});
  }
}
