/* Encodes a PUBLISH, and does what a session does with a received one. */
#include <string.h>

#include "read.h"

enum { LARGEST = 268435455 };
/* Words of an in-flight record, as assembly/mqtt/session/in-flight.ts has them. */
enum { NEXT = 15, RECEIVED = 0x10, LIVE = 0x20, COUNTED = 0x40 };

static uint32_t varint_size(uint32_t value) { return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4; }

static uint8_t *write_varint(uint8_t *at, uint32_t value) {
  for (; value > 0x7f; value >>= 7) *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

static uint8_t *write_u16(uint8_t *at, uint32_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
  return at + 2;
}

static int32_t check_topic(const wq_packet *packet) {
  const uint8_t *const end = pointer(packet->topic) + packet->topic_length;
  native_text text;
  const uint8_t *at;
  if (packet->topic_length == 0) return packet->topic_alias == 0 ? WQ_RESULT_TOPIC_EMPTY : 0;
  if (packet->topic_length > 0xffff) return WQ_RESULT_STRING_TOO_LONG;
  at = native_scan(pointer(packet->topic), end, &text);
  if (at != end) return *at == 0 ? WQ_RESULT_UTF8_NUL : WQ_RESULT_UTF8_INVALID;
  return text.wildcard ? WQ_RESULT_TOPIC_WILDCARD : 0;
}

static int32_t check_record(wq_packet *packet, uint32_t flags) {
  if (packet->protocol_version < 3 || packet->protocol_version > 5) return WQ_RESULT_INVALID_ARGUMENT;
  if ((flags & 6) == 6) return WQ_RESULT_QOS_INVALID;
  if ((flags & 14) == 8) return WQ_RESULT_DUP_WITH_QOS_0;
  if (packet->payload_length > LARGEST || packet->properties_length > LARGEST) return WQ_RESULT_PACKET_TOO_LARGE;
  packet->topic_alias = 0;
  if (packet->properties_length > 0) {
    const uint8_t *const first = pointer(packet->properties);
    reader r = {first, first + packet->properties_length, packet};
    int32_t fault;
    if (packet->protocol_version < 5) return WQ_RESULT_PROPERTY_FOREIGN;
    fault = check_properties(&r, 1u << (16 + WQ_PACKET_TYPE_PUBLISH), 0);
    if (fault) return fault;
  }
  if ((flags & 6) && packet->packet_id - 1 > 0xfffe) return WQ_RESULT_PACKET_ID_ZERO;
  return check_topic(packet);
}

int32_t native_encode(wq_packet *packet, uint8_t *output, uint32_t capacity) {
  const uint32_t flags = packet->flags & 15;
  uint32_t remaining, total;
  uint8_t *at;
  int32_t fault;
  packet->error_offset = 0;
  if (packet->type != WQ_PACKET_TYPE_PUBLISH) return WQ_RESULT_INVALID_ARGUMENT;
  fault = check_record(packet, flags);
  if (fault) return fault;
  remaining = 2 + packet->topic_length + packet->payload_length;
  if (flags & 6) remaining += 2;
  if (packet->protocol_version == 5) remaining += varint_size(packet->properties_length) + packet->properties_length;
  if (remaining > LARGEST) return WQ_RESULT_PACKET_TOO_LARGE;
  total = 1 + varint_size(remaining) + remaining;
  if (total > capacity) return WQ_RESULT_OUT_OF_SPACE;
  packet->length = total;
  output[0] = (uint8_t)(WQ_PACKET_TYPE_PUBLISH << 4 | flags);
  at = write_varint(output + 1, remaining);
  at = write_u16(at, packet->topic_length);
  memcpy(at, pointer(packet->topic), packet->topic_length);
  at += packet->topic_length;
  if (flags & 6) at = write_u16(at, packet->packet_id);
  if (packet->protocol_version == 5) {
    at = write_varint(at, packet->properties_length);
    memcpy(at, pointer(packet->properties), packet->properties_length);
    at += packet->properties_length;
  }
  memcpy(at, pointer(packet->payload), packet->payload_length);
  return (int32_t)total;
}

/* The in-flight records behind a session. */
static uint32_t *records_of(wq_session *session) {
  return (uint32_t *)(void *)((uint8_t *)session + WQ_SESSION_CONTEXT_HEADER);
}

/* Sets or looks up the topic alias of a PUBLISH. */
static int32_t resolve(wq_session *session, const wq_packet *packet, const wq_session_limits *own, uint8_t **place) {
  uint16_t length;
  uint32_t share;
  if ((int32_t)packet->topic_alias > (int32_t)own->topic_alias_maximum) return WQ_RESULT_TOPIC_ALIAS_EXCEEDED;
  share = session->alias_bytes / own->topic_alias_maximum;
  *place = (uint8_t *)session + session->alias_offset + (packet->topic_alias - 1) * share;
  if (share < packet->topic_length + WQ_SESSION_CONTEXT_ALIAS) return WQ_RESULT_NO_MEMORY;
  if (packet->topic_length > 0) {
    length = (uint16_t)packet->topic_length;
    memcpy(*place, &length, 2);
    memcpy(*place + 2, pointer(packet->topic), length);
  }
  memcpy(&length, *place, 2);
  return length == 0 ? WQ_RESULT_TOPIC_ALIAS_UNKNOWN : 0;
}

/* Tracks a message of QoS 1 or 2. Returns the packet type of the answer, 0 for none yet, or a result code. */
static int32_t track(wq_session *session, const wq_packet *packet, const wq_session_limits *own, uint32_t qos) {
  uint32_t *const records = records_of(session);
  uint32_t *record = NULL;
  uint32_t received = 0, counted = 0, i;
  const uint32_t owed = WQ_PACKET_TYPE_PUBLISH + qos;
  uint32_t next = owed;
  for (i = 0; i < session->count; i++) {
    if (!(records[i] & RECEIVED)) continue;
    received++;
    if (records[i] & COUNTED) counted++;
    if (records[i] >> 16 == packet->packet_id) record = &records[i];
  }
  if (!(record && (*record & LIVE)) && counted >= own->receive_maximum) return WQ_RESULT_RECEIVE_MAXIMUM_EXCEEDED;
  session->event = record ? WQ_SESSION_EVENT_DUPLICATE : WQ_SESSION_EVENT_MESSAGE;
  if (record) {
    const int is_released = qos == 2 && (*record & NEXT) == WQ_PACKET_TYPE_PUBREL;
    if (!is_released && (*record & NEXT) != owed) return WQ_RESULT_PACKET_ID_REUSED;
    *record |= LIVE | COUNTED;
    return is_released ? WQ_PACKET_TYPE_PUBREC : 0;
  }
  if (!(session->flags & WQ_SESSION_FLAG_MANUAL_ACKNOWLEDGEMENT)) {
    if (qos == 1) return WQ_PACKET_TYPE_PUBACK;
    next = WQ_PACKET_TYPE_PUBREL;
  }
  if (received >= session->receive_capacity) return WQ_RESULT_NO_MEMORY;
  records[session->count++] = packet->packet_id << 16 | next | RECEIVED | LIVE | COUNTED;
  return next == owed ? 0 : WQ_PACKET_TYPE_PUBREC;
}

/* Whether the parts of a context agree, which may have been torn by a power loss. */
static int32_t check(const wq_session *session) {
  const uint32_t parts = session->length - WQ_SESSION_CONTEXT_HEADER;
  const uint32_t records = session->alias_offset - WQ_SESSION_CONTEXT_HEADER;
  if (session->format != WQ_SESSION_CONTEXT_FORMAT) return WQ_RESULT_SESSION_FORMAT;
  if ((session->send_capacity + session->receive_capacity) << 2 != records || records > parts) return WQ_RESULT_SESSION_TORN;
  return records + session->alias_bytes != parts || session->count > records >> 2 ? WQ_RESULT_SESSION_TORN : 0;
}

int32_t native_session_receive(wq_session *session, wq_packet *packet, uint32_t now, uint8_t *output, uint32_t capacity) {
  const wq_session_limits *const own = (const wq_session_limits *)(const void *)(session + 1);
  const uint32_t qos = packet->flags >> 1 & 3;
  uint8_t *topic = NULL;
  int32_t answer = check(session);
  if (answer < 0) return answer;
  session->event = WQ_SESSION_EVENT_NONE;
  if (capacity < 5) return WQ_RESULT_OUT_OF_SPACE;
  if (packet->type != WQ_PACKET_TYPE_PUBLISH || session->state != WQ_SESSION_STATE_CONNECTED)
    return WQ_RESULT_PACKET_UNEXPECTED;
  if (packet->topic_alias != 0) answer = resolve(session, packet, own, &topic);
  if (answer < 0) return answer;
  if (qos == 0) session->event = WQ_SESSION_EVENT_MESSAGE;
  else answer = track(session, packet, own, qos);
  if (answer < 0) {
    session->event = WQ_SESSION_EVENT_NONE;
    return answer;
  }
  if (packet->topic_length == 0) {
    uint16_t length;
    memcpy(&length, topic, 2);
    packet->topic = address(topic + 2);
    packet->topic_length = length;
    packet->flags |= WQ_PACKET_FLAG_NOT_ASCII;
  }
  if (session->arriving != 0) {
    const int32_t before = (int32_t)(session->silent_since - session->waiting_since);
    session->waiting_since = now - (before > 0 ? (uint32_t)before : 0);
  }
  session->arriving = 0;
  session->silent_since = now;
  if (answer == 0) return 0;
  session->last_sent = now;
  output[0] = (uint8_t)(answer << 4);
  output[1] = 2;
  write_u16(output + 2, packet->packet_id);
  return 4;
}
