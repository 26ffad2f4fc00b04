#include "jobs.h"

#include <string.h>

#include "native/native.h"

#define AT(member) (core_base + (uint32_t)offsetof(room, member))
#define MINE(member) native_room.member

#define TOPIC "sensor/device/UV0123456789abc"
enum { TOPIC_LENGTH = sizeof TOPIC - 1, PAYLOAD = 64, HEX = 1024, TEXT = 256, MOST = 2048 };
enum { CLEAN_WILL_CREDENTIALS = 0xc6 };

/* Bytes of the packet in the input. */
static uint32_t input_length;

static void prepare_nothing(room *at, uint32_t base) {
  (void)base;
  memset(at, 0, sizeof *at);
}

static void prepare_varint(room *at, uint32_t base) {
  static const uint8_t bytes[] = {WQ_PROPERTY_SUBSCRIPTION_IDENTIFIER, 0xff, 0xff, 0xff, 0x7f};
  prepare_nothing(at, base);
  memcpy(at->input, bytes, sizeof bytes);
}

static void prepare_bytes(room *at, uint32_t base) {
  uint32_t i;
  prepare_nothing(at, base);
  for (i = 0; i < HEX; i++) at->input[i] = (uint8_t)(i * 167 + 13);
}

static void prepare_hex(room *at, uint32_t base) {
  static const char digits[] = "0123456789abcdefABCDEF";
  uint32_t i;
  prepare_nothing(at, base);
  for (i = 0; i < 2 * HEX; i++) at->input[i] = (uint8_t)digits[(i * 7 + i / 22) % 22];
}

static void prepare_ascii(room *at, uint32_t base) {
  uint32_t i;
  prepare_nothing(at, base);
  for (i = 0; i < TEXT; i++) at->input[i] = (uint8_t)(' ' + i % 95);
}

/* Characters of one to four bytes. */
static void prepare_unicode(room *at, uint32_t base) {
  static const char some[] = "a\xc3\xa9 z\xe2\x82\xac!\xf0\x9f\x98\x80 xy"; /* 16 bytes */
  uint32_t i;
  prepare_nothing(at, base);
  for (i = 0; i < TEXT; i++) at->input[i] = (uint8_t)some[i % 16];
}

static uint8_t *put(uint8_t *at, const char *text) {
  const size_t length = strlen(text);
  at[0] = (uint8_t)(length >> 8);
  at[1] = (uint8_t)length;
  memcpy(at + 2, text, length);
  return at + 2 + length;
}

static void prepare_publish(room *at, uint32_t base, uint32_t qos, uint32_t version) {
  uint8_t *to = at->input;
  prepare_nothing(at, base);
  *to++ = (uint8_t)(WQ_PACKET_TYPE_PUBLISH << 4 | qos << 1);
  *to++ = (uint8_t)(2 + TOPIC_LENGTH + (qos ? 2 : 0) + (version == 5 ? 1 : 0) + PAYLOAD);
  to = put(to, TOPIC);
  if (qos) *to++ = 0, *to++ = 7;
  if (version == 5) *to++ = 0;
  memset(to, '1', PAYLOAD);
  input_length = (uint32_t)(to + PAYLOAD - at->input);
}

static void prepare_publish_0_4(room *at, uint32_t base) { prepare_publish(at, base, 0, 4); }
static void prepare_publish_1_4(room *at, uint32_t base) { prepare_publish(at, base, 1, 4); }
static void prepare_publish_0_5(room *at, uint32_t base) { prepare_publish(at, base, 0, 5); }
static void prepare_publish_1_5(room *at, uint32_t base) { prepare_publish(at, base, 1, 5); }

/* Three properties: format, expiry, content type. */
static void prepare_properties(room *at, uint32_t base) {
  static const uint8_t list[] = {21, 1, 1, 2, 0, 0, 14, 16, 3, 0, 11, 't', 'e', 'x', 't', '/', 'x', '-', 'm', 'i', 'n', 'e'};
  uint8_t *to;
  prepare_publish(at, base, 1, 5);
  to = at->input + 2 + 2 + TOPIC_LENGTH + 2;
  memmove(to + sizeof list, to + 1, PAYLOAD);
  memcpy(to, list, sizeof list);
  at->input[1] = (uint8_t)(at->input[1] + sizeof list - 1);
  input_length += sizeof list - 1;
}

static void prepare_connect(room *at, uint32_t base, uint32_t version) {
  uint8_t *to = at->input + 2;
  prepare_nothing(at, base);
  at->input[0] = WQ_PACKET_TYPE_CONNECT << 4;
  to = put(to, "MQTT");
  *to++ = (uint8_t)version;
  *to++ = CLEAN_WILL_CREDENTIALS;
  *to++ = 0, *to++ = 60;
  if (version == 5) *to++ = 3, *to++ = WQ_PROPERTY_RECEIVE_MAXIMUM, *to++ = 0, *to++ = 8;
  to = put(to, "UV0123456789abcdef0123456789abcdef");
  if (version == 5) *to++ = 0;
  to = put(to, "sensor/gone");
  to = put(to, "bye");
  to = put(to, "device");
  to = put(to, "pass word");
  input_length = (uint32_t)(to - at->input);
  at->input[1] = (uint8_t)(input_length - 2);
}

static void prepare_connect_4(room *at, uint32_t base) { prepare_connect(at, base, 4); }
static void prepare_connect_5(room *at, uint32_t base) { prepare_connect(at, base, 5); }

static uint32_t address(uint32_t base, size_t offset) { return base + (uint32_t)offset; }

/* The record of a PUBLISH whose topic and payload are in the input. */
static void prepare_record(room *at, uint32_t base, uint32_t version) {
  wq_packet *const packet = &at->packet;
  prepare_nothing(at, base);
  memcpy(at->input, TOPIC, TOPIC_LENGTH);
  memset(at->input + TOPIC_LENGTH, '1', PAYLOAD);
  packet->type = WQ_PACKET_TYPE_PUBLISH;
  packet->flags = 2;
  packet->protocol_version = version;
  packet->packet_id = 7;
  packet->topic = address(base, offsetof(room, input));
  packet->topic_length = TOPIC_LENGTH;
  packet->payload = packet->topic + TOPIC_LENGTH;
  packet->payload_length = PAYLOAD;
}

static void prepare_encode_4(room *at, uint32_t base) { prepare_record(at, base, 4); }
static void prepare_encode_5(room *at, uint32_t base) { prepare_record(at, base, 5); }

static void prepare_topics(room *at, uint32_t base) {
  prepare_nothing(at, base);
  memcpy(at->input, "sensor/+/UV0123456789abc", 24);
  memcpy(at->output, TOPIC, TOPIC_LENGTH);
}

/* A connected session with three messages in flight each way, and a decoded PUBLISH of QoS 1. */
static void prepare_session(room *at, uint32_t base) {
  wq_session *const session = (wq_session *)(void *)at->session;
  wq_session_limits *const own = (wq_session_limits *)(void *)(session + 1);
  uint32_t *const records = (uint32_t *)(void *)(at->session + WQ_SESSION_CONTEXT_HEADER);
  uint32_t i;
  prepare_record(at, base, 5);
  session->format = WQ_SESSION_CONTEXT_FORMAT;
  session->state = WQ_SESSION_STATE_CONNECTED;
  session->protocol_version = 5;
  session->send_capacity = session->receive_capacity = 8;
  session->count = 6;
  session->alias_offset = session->length = sizeof at->session;
  own->receive_maximum = 8;
  own->topic_alias_maximum = 0xffffffff;
  /* Messages sent with QoS 1, and received with QoS 2 whose PUBREL is awaited: live and counted. */
  for (i = 0; i < 6; i++) records[i] = (100 + i) << 16 | (i % 2 ? 0x70u | WQ_PACKET_TYPE_PUBREL : 0x60u | WQ_PACKET_TYPE_PUBACK);
}

static void prepare_certificate(room *at, uint32_t base) {
  prepare_nothing(at, base);
  memcpy(at->input, data_certificate, data_certificate_size);
}

#define JOB(name, core_call, native_call)             \
  static int32_t core_##name(void) { return core_call; } \
  static int32_t mine_##name(void) { return native_call; }

JOB(call, wq_abi_version(&core), native_abi_version())
JOB(varint, wq_mqtt_property_read(&core, AT(input), 5, AT(property)), native_property_read(MINE(input), 5, &MINE(property)))
JOB(encode_hex, wq_hex_encode(&core, AT(input), HEX, AT(output), MOST), native_hex_encode(MINE(input), HEX, MINE(output), MOST))
JOB(decode_hex, wq_hex_decode(&core, AT(input), 2 * HEX, AT(output), HEX, AT(error_offset)),
    native_hex_decode(MINE(input), 2 * HEX, MINE(output), HEX, &MINE(error_offset)))
JOB(utf8, wq_utf8_check(&core, AT(input), TEXT, AT(error_offset)), native_utf8_check(MINE(input), TEXT, &MINE(error_offset)))
JOB(decode_4, wq_mqtt_decode(&core, AT(input), input_length, 4, MOST, AT(packet)),
    native_decode(MINE(input), input_length, 4, MOST, &MINE(packet)))
JOB(decode_5, wq_mqtt_decode(&core, AT(input), input_length, 5, MOST, AT(packet)),
    native_decode(MINE(input), input_length, 5, MOST, &MINE(packet)))
JOB(encode, wq_mqtt_encode(&core, AT(packet), AT(output), MOST), native_encode(&MINE(packet), MINE(output), MOST))
JOB(match, wq_mqtt_topic_match(&core, AT(input), 24, AT(output), TOPIC_LENGTH),
    native_topic_match(MINE(input), 24, MINE(output), TOPIC_LENGTH))
JOB(session, wq_session_receive(&core, AT(session), AT(packet), 1000, AT(output), MOST),
    native_session_receive((wq_session *)(void *)MINE(session), &MINE(packet), 1000, MINE(output), MOST))

static int32_t core_certificate(void) { return wq_x509_read(&core, AT(input), data_certificate_size, AT(output)); }

const job jobs[] = {
    {"call", prepare_nothing, core_call, mine_call, 0},
    {"varint", prepare_varint, core_varint, mine_varint, 5},
    {"hex.encode.1k", prepare_bytes, core_encode_hex, mine_encode_hex, 0},
    {"hex.decode.1k", prepare_hex, core_decode_hex, mine_decode_hex, 6},
    {"utf8.ascii.256", prepare_ascii, core_utf8, mine_utf8, 8},
    {"utf8.mixed.256", prepare_unicode, core_utf8, mine_utf8, 16},
    {"publish.qos0.v4", prepare_publish_0_4, core_decode_4, mine_decode_4, 40},
    {"publish.qos1.v4", prepare_publish_1_4, core_decode_4, mine_decode_4, 40},
    {"publish.qos0.v5", prepare_publish_0_5, core_decode_5, mine_decode_5, 40},
    {"publish.qos1.v5", prepare_publish_1_5, core_decode_5, mine_decode_5, 40},
    {"publish.properties", prepare_properties, core_decode_5, mine_decode_5, 60},
    {"connect.v4", prepare_connect_4, core_decode_4, mine_decode_4, 88},
    {"connect.v5", prepare_connect_5, core_decode_5, mine_decode_5, 92},
    {"encode.publish.v4", prepare_encode_4, core_encode, mine_encode, 29},
    {"encode.publish.v5", prepare_encode_5, core_encode, mine_encode, 29},
    {"topic.match", prepare_topics, core_match, mine_match, 24},
    {"session.publish", prepare_session, core_session, mine_session, 0},
    {"certificate", prepare_certificate, core_certificate, NULL, 0},
};
const uint32_t job_count = sizeof jobs / sizeof jobs[0];
