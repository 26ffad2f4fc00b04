/* Hexadecimal, UTF-8 and topics, a byte at a time. */
#include <stddef.h>

#include "native.h"

int32_t native_abi_version(void) { return WQ_ABI_VERSION; }

/* The value of a digit of either case, 16 for any other character. */
static uint32_t digit_value(uint32_t character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return 16;
}

static int32_t fail(int32_t code, uint32_t offset, uint32_t *error_offset) {
  if (error_offset) *error_offset = offset;
  return code;
}

int32_t native_hex_decode(const uint8_t *input, uint32_t length, uint8_t *output, uint32_t capacity, uint32_t *error_offset) {
  uint32_t byte = 0;
  uint32_t i;
  if (length / 2 > capacity) return WQ_RESULT_OUT_OF_SPACE;
  for (i = 0; i < length; i++) {
    const uint32_t value = digit_value(input[i]);
    if (value > 15) return fail(WQ_RESULT_HEX_BAD_DIGIT, i, error_offset);
    byte = byte << 4 | value;
    if (i % 2 != 0) *output++ = (uint8_t)byte;
  }
  return length % 2 != 0 ? fail(WQ_RESULT_HEX_ODD_LENGTH, length - 1, error_offset) : (int32_t)(length / 2);
}

int32_t native_hex_encode(const uint8_t *input, uint32_t length, uint8_t *output, uint32_t capacity) {
  static const char digits[] = "0123456789abcdef";
  uint32_t i;
  if (length > 0x3fffffff) return WQ_RESULT_INVALID_ARGUMENT;
  if (length > capacity / 2) return WQ_RESULT_OUT_OF_SPACE;
  /* From the end, since the output may begin where the input does. */
  for (i = length; i-- > 0;) {
    const uint8_t byte = input[i];
    output[2 * i] = (uint8_t)digits[byte >> 4];
    output[2 * i + 1] = (uint8_t)digits[byte & 15];
  }
  return (int32_t)(2 * length);
}

static int is_continuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

/* The size of the non-ASCII character at `at` (RFC 3629), or 0 when it is malformed. */
static uint32_t character_size(const uint8_t *at, const uint8_t *end) {
  const uint8_t lead = *at;
  const uint32_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  uint32_t i;
  if (lead < 0xc2 || lead > 0xf4 || (uint32_t)(end - at) < size) return 0;
  if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f)) return 0;
  if ((lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f)) return 0;
  for (i = 1; i < size; i++)
    if (!is_continuation(at[i])) return 0;
  return size;
}

const uint8_t *native_scan(const uint8_t *at, const uint8_t *end, native_text *text) {
  text->wildcard = NULL;
  text->is_ascii = 1;
  while (at < end) {
    const uint8_t byte = *at;
    if (byte < 0x80) {
      if (byte == 0) return at;
      if ((byte == '+' || byte == '#') && !text->wildcard) text->wildcard = at;
      at++;
    } else {
      const uint32_t size = character_size(at, end);
      if (size == 0) return at;
      text->is_ascii = 0;
      at += size;
    }
  }
  return end;
}

int32_t native_utf8_check(const uint8_t *input, uint32_t length, uint32_t *error_offset) {
  const uint8_t *const end = input + length;
  const uint8_t *at = input;
  while (at < end) {
    uint32_t size = 1;
    if (*at == 0) return fail(WQ_RESULT_UTF8_NUL, (uint32_t)(at - input), error_offset);
    if (*at >= 0x80) size = character_size(at, end);
    if (size == 0) return fail(WQ_RESULT_UTF8_INVALID, (uint32_t)(at - input), error_offset);
    at += size;
  }
  return 0;
}

int32_t native_topic_match(const uint8_t *filter, uint32_t filter_length, const uint8_t *topic, uint32_t topic_length) {
  const uint8_t *const filter_end = filter + filter_length;
  const uint8_t *const topic_end = topic + topic_length;
  if (filter == filter_end || topic == topic_end) return 0;
  /* MQTT-4.7.2-1 */
  if (*topic == '$' && (*filter == '#' || *filter == '+')) return 0;
  for (; filter < filter_end; filter++) {
    if (*filter == '#') return 1;
    if (*filter == '+') {
      while (topic < topic_end && *topic != '/') topic++;
    } else if (topic < topic_end && *topic == *filter) {
      topic++;
    } else {
      /* "a/#" matches "a" too (4.7.1.2). */
      return topic == topic_end && filter_end - filter == 2 && filter[0] == '/' && filter[1] == '#';
    }
  }
  return topic == topic_end;
}
