/* Decodes PUBLISH and CONNECT. */
#include <string.h>

#include "read.h"

enum { CLEAN_START = 0x02, WILL = 0x04, WILL_QOS = 0x18, WILL_RETAIN = 0x20, PASSWORD = 0x40, USER_NAME = 0x80 };

static int32_t decode_publish(reader *r) {
  wq_packet *const packet = r->packet;
  const uint8_t *const start = r->at;
  int32_t fault = read_binary(r, &packet->topic, WQ_RESULT_PACKET_TRUNCATED);
  if (!fault) fault = check_text(r, start + 2, r->at, WQ_RESULT_TOPIC_WILDCARD);
  if (fault) return fault;
  if (packet->flags & 6) {
    if (r->end - r->at < 2) return fail(r, r->at, WQ_RESULT_PACKET_TRUNCATED);
    packet->packet_id = u16_at(r->at);
    if (packet->packet_id == 0) return fail(r, r->at, WQ_RESULT_PACKET_ID_ZERO);
    r->at += 2;
  }
  if (packet->protocol_version == 5) {
    fault = read_properties(r, 1u << (16 + WQ_PACKET_TYPE_PUBLISH), &packet->properties);
    if (fault) return fault;
  }
  if (packet->topic_length == 0 && packet->topic_alias == 0) return fail(r, start, WQ_RESULT_TOPIC_EMPTY);
  packet->payload = address(r->at);
  packet->payload_length = (uint32_t)(r->end - r->at);
  r->at = r->end;
  return 0;
}

static int32_t read_version(reader *r) {
  const uint8_t *const start = r->at;
  uint32_t name[2];
  int32_t fault = read_binary(r, name, WQ_RESULT_PACKET_TRUNCATED);
  const int is_mqtt = !fault && name[1] == 4 && memcmp(start + 2, "MQTT", 4) == 0;
  const int is_mqisdp = !fault && name[1] == 6 && memcmp(start + 2, "MQIsdp", 6) == 0;
  uint32_t version;
  if (fault) return fault;
  if (!is_mqtt && !is_mqisdp) return fail(r, start + 2, WQ_RESULT_PROTOCOL_NAME_INVALID);
  if (r->at == r->end) return fail(r, r->at, WQ_RESULT_PACKET_TRUNCATED);
  version = *r->at;
  if (is_mqtt ? version != 4 && version != 5 : version != 3) return fail(r, r->at, WQ_RESULT_PROTOCOL_VERSION_UNSUPPORTED);
  r->packet->protocol_version = version;
  r->at++;
  return 0;
}

static int32_t check_flags(uint32_t flags, uint32_t version) {
  if (flags & 1) return WQ_RESULT_CONNECT_FLAGS_RESERVED;
  if (!(flags & WILL)) {
    if (flags & WILL_QOS) return WQ_RESULT_WILL_FLAGS_WITHOUT_WILL;
    if (flags & WILL_RETAIN) return WQ_RESULT_WILL_RETAIN_WITHOUT_WILL;
  } else if ((flags & WILL_QOS) == WILL_QOS) {
    return WQ_RESULT_WILL_QOS_INVALID;
  }
  if (version < 5 && (flags & PASSWORD) && !(flags & USER_NAME)) return WQ_RESULT_PASSWORD_WITHOUT_USER_NAME;
  return 0;
}

static int32_t read_text(reader *r, uint32_t *place) {
  const uint8_t *const start = r->at;
  const int32_t fault = read_binary(r, place, WQ_RESULT_PACKET_TRUNCATED);
  return fault ? fault : check_text(r, start + 2, r->at, 0);
}

static int32_t read_will(reader *r) {
  wq_packet *const packet = r->packet;
  const uint8_t *start;
  int32_t fault = 0;
  if (packet->protocol_version == 5) fault = read_properties(r, 0x10000, &packet->will_properties);
  start = r->at;
  if (!fault) fault = read_binary(r, &packet->topic, WQ_RESULT_PACKET_TRUNCATED);
  if (fault) return fault;
  if (packet->topic_length == 0) return fail(r, start + 2, WQ_RESULT_TOPIC_EMPTY);
  fault = check_text(r, start + 2, r->at, WQ_RESULT_TOPIC_WILDCARD);
  return fault ? fault : read_binary(r, &packet->payload, WQ_RESULT_PACKET_TRUNCATED);
}

static int32_t decode_connect(reader *r) {
  wq_packet *const packet = r->packet;
  const uint8_t *start;
  uint32_t flags, version;
  int32_t fault = read_version(r);
  if (fault) return fault;
  version = packet->protocol_version;
  if (r->end - r->at < 3) return fail(r, r->at, WQ_RESULT_PACKET_TRUNCATED);
  flags = *r->at;
  if (version == 3) flags &= flags & WILL ? 0xfe : 0xc6;
  fault = check_flags(flags, version);
  if (fault) return fail(r, r->at, fault);
  packet->keep_alive = u16_at(r->at + 1);
  r->at += 3;
  if (version == 5) fault = read_properties(r, 1u << (16 + WQ_PACKET_TYPE_CONNECT), &packet->properties);
  start = r->at;
  if (!fault) fault = read_text(r, &packet->client_id);
  if (fault) return fault;
  if (version < 5 && packet->client_id_length == 0 && !(flags & CLEAN_START))
    return fail(r, start, WQ_RESULT_CLIENT_ID_REQUIRED);
  if (flags & WILL) fault = read_will(r);
  if (!fault && version == 3 && r->at == r->end) flags &= 0x3f;
  if (!fault && (flags & USER_NAME)) fault = read_text(r, &packet->user_name);
  if (!fault && version == 3 && r->at == r->end) flags &= 0xbf;
  packet->connect_flags = flags;
  if (!fault && (flags & PASSWORD)) fault = read_binary(r, &packet->password, WQ_RESULT_PACKET_TRUNCATED);
  return fault;
}

static int32_t incomplete(wq_packet *packet, uint32_t needed) {
  packet->needed = needed;
  return 0;
}

static int32_t check_first(uint32_t type, uint32_t flags) {
  if (type == WQ_PACKET_TYPE_CONNECT) return 0;
  if ((flags & 6) == 6) return WQ_RESULT_QOS_INVALID;
  return (flags & 14) == 8 ? WQ_RESULT_DUP_WITH_QOS_0 : 0;
}

/* Decodes what follows the fixed header. */
static int32_t decode_body(const uint8_t *input, const uint8_t *body, uint32_t total, int is_minimal, wq_packet *packet) {
  reader r = {body, input + total, packet};
  int32_t fault = packet->type == WQ_PACKET_TYPE_CONNECT ? decode_connect(&r) : decode_publish(&r);
  if (!fault && r.at != r.end) fault = fail(&r, r.at, WQ_RESULT_TRAILING_BYTES);
  if (!fault && packet->type == WQ_PACKET_TYPE_CONNECT && (packet->flags & 15) && packet->protocol_version > 3)
    fault = fail(&r, input, WQ_RESULT_FLAGS_RESERVED);
  if (!fault && !is_minimal && packet->protocol_version == 5)
    fault = fail(&r, input + 1, WQ_RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  if (!fault) return (int32_t)total;
  packet->error_offset -= address(input);
  return fault;
}

int32_t native_decode(const uint8_t *input, uint32_t length, int32_t option, uint32_t maximum, wq_packet *packet) {
  const int is_strict = (option & WQ_DECODE_OPTION_STRICT) != 0;
  uint32_t remaining, total;
  int32_t size, fault;
  int is_minimal;
  memset(packet, 0, sizeof *packet);
  packet->protocol_version = (uint32_t)option & (WQ_DECODE_OPTION_STRICT - 1);
  if (length == 0) return incomplete(packet, 2);
  packet->type = input[0] >> 4;
  packet->flags = input[0] & 15;
  if (packet->type != WQ_PACKET_TYPE_PUBLISH && packet->type != WQ_PACKET_TYPE_CONNECT) return WQ_RESULT_INVALID_ARGUMENT;
  fault = check_first(packet->type, packet->flags);
  if (fault) return fault;
  size = read_varint(input + 1, input + length, &remaining);
  if (size == 0) return incomplete(packet, 1);
  packet->error_offset = 1;
  if (size < 0) return WQ_RESULT_REMAINING_LENGTH_TOO_LONG;
  is_minimal = size == 1 || input[size] != 0;
  if (!is_minimal && (is_strict || packet->protocol_version == 5)) return WQ_RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL;
  total = 1 + (uint32_t)size + remaining;
  packet->length = total;
  if (total > maximum) return WQ_RESULT_PACKET_TOO_LARGE;
  packet->error_offset = 0;
  if (total > length) return incomplete(packet, total - length);
  return decode_body(input, input + 1 + size, total, is_minimal, packet);
}
