/* Reads fields and properties of packets. */
#include <stddef.h>

#include "read.h"

/* Types and rules in native_properties. */
enum { BYTE = WQ_PROPERTY_TYPE_BYTE, U16 = WQ_PROPERTY_TYPE_U16, VARINT = WQ_PROPERTY_TYPE_VARINT };
enum { UTF8 = WQ_PROPERTY_TYPE_UTF8, PAIR = WQ_PROPERTY_TYPE_PAIR };
enum { BOOLEAN = 1, NONZERO = 2, TOPIC = 3 };

int32_t read_varint(const uint8_t *at, const uint8_t *end, uint32_t *value) {
  int32_t i;
  *value = 0;
  for (i = 0; i < 4; i++) {
    if (at + i >= end) return 0;
    *value |= (uint32_t)(at[i] & 0x7f) << (7 * i);
    if (at[i] < 0x80) return i + 1;
  }
  return -1;
}

int32_t read_binary(reader *r, uint32_t *place, int32_t truncated) {
  uint32_t length;
  if (r->end - r->at < 2) return fail(r, r->at, truncated);
  length = u16_at(r->at);
  if ((uint32_t)(r->end - r->at) - 2 < length) return fail(r, r->at, truncated);
  place[0] = address(r->at + 2);
  place[1] = length;
  r->at += 2 + length;
  return 0;
}

int32_t check_text(const reader *r, const uint8_t *start, const uint8_t *end, int32_t wildcard) {
  native_text text;
  const uint8_t *const at = native_scan(start, end, &text);
  if (at != end) return fail(r, at, *at == 0 ? WQ_RESULT_UTF8_NUL : WQ_RESULT_UTF8_INVALID);
  if (!text.is_ascii) r->packet->flags |= WQ_PACKET_FLAG_NOT_ASCII;
  return wildcard != 0 && text.wildcard ? fail(r, text.wildcard, wildcard) : 0;
}

static int32_t check_integer(reader *r, uint32_t id, uint32_t type, uint32_t rule) {
  const int32_t left = (int32_t)(r->end - r->at);
  int32_t size;
  uint32_t value = 0;
  if (type == VARINT) {
    size = read_varint(r->at, r->end, &value);
    if (size < 0) return fail(r, r->at, WQ_RESULT_REMAINING_LENGTH_TOO_LONG);
    if (size > 1 && r->at[size - 1] == 0) return fail(r, r->at, WQ_RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  } else {
    size = type == BYTE ? 1 : type == U16 ? 2 : 4;
    if (left < size) size = 0;
    else if (size == 4) value = u16_at(r->at) << 16 | u16_at(r->at + 2);
    else value = size == 2 ? u16_at(r->at) : *r->at;
  }
  if (size == 0) return fail(r, r->at, WQ_RESULT_PROPERTY_TRUNCATED);
  if (rule == BOOLEAN && value > 1) return fail(r, r->at, WQ_RESULT_PROPERTY_NOT_BOOLEAN);
  if (rule == NONZERO && value == 0)
    return fail(r, r->at, id == WQ_PROPERTY_TOPIC_ALIAS ? WQ_RESULT_TOPIC_ALIAS_ZERO : WQ_RESULT_PROPERTY_ZERO);
  if (id == WQ_PROPERTY_TOPIC_ALIAS) r->packet->topic_alias = value;
  r->at += size;
  return 0;
}

static int32_t check_string(reader *r, uint32_t type, uint32_t rule) {
  const uint8_t *const start = r->at;
  uint32_t place[2];
  const int32_t fault = read_binary(r, place, WQ_RESULT_PROPERTY_TRUNCATED);
  if (fault || type < UTF8) return fault;
  if (rule == TOPIC && place[1] == 0) return fail(r, start, WQ_RESULT_TOPIC_EMPTY);
  return check_text(r, start + 2, r->at, rule == TOPIC ? WQ_RESULT_RESPONSE_TOPIC_WILDCARD : 0);
}

int32_t check_properties(reader *r, uint32_t mask, int is_will) {
  const uint8_t *const start = r->at;
  uint32_t seen[2] = {0, 0};
  while (r->at < r->end) {
    const uint32_t id = *r->at;
    const uint32_t entry = id < 43 ? native_properties[id] : 0;
    const uint32_t type = entry & 15;
    const uint32_t rule = (entry >> 4) & 15;
    const uint32_t bit = 1u << (id & 31);
    int32_t fault;
    if (entry == 0) return fail(r, r->at, WQ_RESULT_PROPERTY_UNKNOWN);
    if (!(entry & mask)) return fail(r, r->at, WQ_RESULT_PROPERTY_FOREIGN);
    if ((seen[id / 32] & bit) && id != WQ_PROPERTY_USER_PROPERTY &&
        !(id == WQ_PROPERTY_SUBSCRIPTION_IDENTIFIER && mask == 1u << (16 + WQ_PACKET_TYPE_PUBLISH)))
      return fail(r, r->at, WQ_RESULT_PROPERTY_DUPLICATE);
    seen[id / 32] |= bit;
    r->at++;
    fault = type <= VARINT ? check_integer(r, id, type, rule) : check_string(r, type, rule);
    if (!fault && type == PAIR) fault = check_string(r, type, 0);
    if (fault) return fault;
  }
  if ((seen[0] & 1u << WQ_PROPERTY_AUTHENTICATION_DATA) && !(seen[0] & 1u << WQ_PROPERTY_AUTHENTICATION_METHOD))
    return fail(r, start, WQ_RESULT_AUTHENTICATION_METHOD_MISSING);
  if (!is_will) {
    r->packet->properties_present_low = seen[0];
    r->packet->properties_present_high = seen[1];
  }
  return 0;
}

int32_t read_properties(reader *r, uint32_t mask, uint32_t *place) {
  const uint8_t *const start = r->at;
  const int is_will = place == &r->packet->will_properties;
  reader list = *r;
  uint32_t length;
  const int32_t size = read_varint(start, r->end, &length);
  if (size < 0) return fail(r, start, WQ_RESULT_REMAINING_LENGTH_TOO_LONG);
  if (size == 0) return fail(r, start, WQ_RESULT_PROPERTY_LENGTH_INVALID);
  if (size > 1 && start[size - 1] == 0) return fail(r, start, WQ_RESULT_VARIABLE_BYTE_INTEGER_NOT_MINIMAL);
  place[0] = address(start + size);
  place[1] = length;
  if (length > (uint32_t)(r->end - start) - (uint32_t)size) return fail(r, start, WQ_RESULT_PROPERTY_LENGTH_INVALID);
  list.at = start + size;
  list.end = r->at = list.at + length;
  return length == 0 ? 0 : check_properties(&list, mask, is_will);
}

int32_t native_property_read(const uint8_t *input, uint32_t length, wq_property *property) {
  const uint8_t *const end = input + length;
  const uint8_t *at = input + 1;
  const uint32_t id = length > 0 ? *input : 0;
  const uint32_t type = id < 43 ? native_properties[id] & 15 : 0;
  int32_t size;
  if (length == 0) return 0;
  if (type == 0) return WQ_RESULT_PROPERTY_UNKNOWN;
  property->id = id;
  property->type = type;
  property->value_length = property->name = property->name_length = 0;
  if (type == VARINT) {
    size = read_varint(at, end, &property->value);
    return size <= 0 ? WQ_RESULT_PROPERTY_TRUNCATED : 1 + size;
  }
  if (type < VARINT) {
    size = type == BYTE ? 1 : type == U16 ? 2 : 4;
    if (end - at < size) return WQ_RESULT_PROPERTY_TRUNCATED;
    property->value = size == 1 ? *at : size == 2 ? u16_at(at) : u16_at(at) << 16 | u16_at(at + 2);
    return 1 + size;
  }
  for (size = type == PAIR; size >= 0; size--) {
    if (end - at < 2 || (uint32_t)(end - at) - 2 < u16_at(at)) return WQ_RESULT_PROPERTY_TRUNCATED;
    *(size ? &property->name : &property->value) = address(at + 2);
    *(size ? &property->name_length : &property->value_length) = u16_at(at);
    at += 2 + u16_at(at);
  }
  return (int32_t)(at - input);
}
