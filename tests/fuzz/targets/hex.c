/* Hexadecimal: any text and any bytes, with any capacity, apart and in place. A table of digits predicts all results. */
#include "rig.h"

static int digit(uint8_t c) {
  static const char digits[] = "0123456789abcdefABCDEF";
  const char *const found = c == 0 ? NULL : strchr(digits, c);
  if (!found) return -1;
  return (int)(found - digits) < 16 ? (int)(found - digits) : (int)(found - digits) - 6;
}

/* The result of decoding, where the first bad digit is, and the bytes before it. */
static int32_t decoded(const uint8_t *text, uint32_t length, uint8_t *bytes, uint32_t *offset) {
  uint32_t i;
  for (i = 0; i < length; i++) {
    if (digit(text[i]) < 0) {
      *offset = i;
      return WQ_RESULT_HEX_BAD_DIGIT;
    }
    if (i % 2 == 1) bytes[i / 2] = (uint8_t)(digit(text[i - 1]) * 16 + digit(text[i]));
  }
  *offset = length - 1;
  return length % 2 == 1 ? WQ_RESULT_HEX_ODD_LENGTH : (int32_t)(length / 2);
}

static void decode(const uint8_t *text, uint32_t length, uint32_t capacity, int in_place) {
  static uint8_t bytes[FUZZ_INPUT];
  const wq_ptr offset_at = fuzz_place(4), output = fuzz_place(capacity), input = fuzz_place_last(text, length);
  const wq_ptr to = in_place ? input : output;
  uint32_t offset = 0;
  int32_t expected = decoded(text, length, bytes, &offset);
  int32_t result;
  if (length / 2 > capacity) expected = WQ_RESULT_OUT_OF_SPACE;
  result = CALL(length + 4, wq_hex_decode(&fuzz_core, input, length, to, capacity, offset_at));
  CHECK(result == expected, "hex_decode gives what a table of digits gives");
  if (result == WQ_RESULT_OUT_OF_SPACE) {
    WRITTEN_NOTHING();
  } else if (result < 0) {
    if (!in_place)
      CHECK(wq_hex_decode(&fuzz_core, input, length, to, capacity, 0) == result, "errorOffset may be left out");
    CHECK(*RECORD(uint32_t, offset_at) == offset, "errorOffset is the first bad digit, or the last of an odd number");
    WRITTEN({offset_at, 4}, {to, length / 2});
  } else {
    CHECK(memcmp(fuzz_memory + to, bytes, (size_t)result) == 0, "hex_decode writes the bytes of the digits");
    WRITTEN({to, (uint32_t)result});
  }
}

static void encode(const uint8_t *bytes, uint32_t length, uint32_t capacity, int in_place) {
  const wq_ptr output = fuzz_place(capacity > 2 * length ? capacity : 2 * length);
  const wq_ptr input = in_place ? output : fuzz_place_last(bytes, length);
  const int32_t expected = 2 * length > capacity ? WQ_RESULT_OUT_OF_SPACE : (int32_t)(2 * length);
  int32_t result;
  uint32_t i;
  if (in_place) fuzz_put(output, bytes, length);
  result = CALL(length / 2 + 4, wq_hex_encode(&fuzz_core, input, length, output, capacity));
  CHECK(result == expected, "hex_encode gives twice the length, or OUT_OF_SPACE");
  for (i = 0; result >= 0 && i < length; i++) {
    const uint8_t *const pair = fuzz_memory + output + 2 * i;
    CHECK(pair[0] == "0123456789abcdef"[bytes[i] >> 4] && pair[1] == "0123456789abcdef"[bytes[i] & 15],
          "hex_encode writes the lower-case digits of each byte");
  }
  WRITTEN({output, result < 0 ? 0 : 2 * length});
  CHECK(CALL(0, wq_hex_encode(&fuzz_core, input, 0x40000000u + length, output, 0xffffffffu)) ==
            WQ_RESULT_INVALID_ARGUMENT,
        "digits that no result can count are not written");
  WRITTEN_NOTHING();
}

void fuzz_run(void) {
  const uint32_t option = fuzz_u8();
  const uint32_t spare = option >> 2 & 7; /* bytes of output beyond what it needs, less 2 */
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &length);
  const uint32_t needed = option & 1 ? 2 * length : length / 2;
  const uint32_t capacity = needed + spare < 2 ? 0 : needed + spare - 2;
  if (option & 1) encode(bytes, length, capacity, option & 2);
  else decode(bytes, length, capacity, option & 2);
}
