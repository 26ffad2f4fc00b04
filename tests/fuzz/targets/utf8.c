/* UTF-8 (RFC 3629) without U+0000: the first fault is the one found by decoding characters and checking their values. */
#include "oracle.h"
#include "rig.h"

void fuzz_run(void) {
  uint32_t length;
  const uint8_t *const text = fuzz_bytes(FUZZ_INPUT, &length);
  const wq_ptr offset = fuzz_place(4), input = fuzz_place_last(text, length);
  const uint32_t at = oracle_utf8(text, length);
  const int32_t expected = at == length ? 0 : text[at] == 0 ? WQ_RESULT_UTF8_NUL : WQ_RESULT_UTF8_INVALID;
  const int32_t result = CALL(length + 4, wq_utf8_check(&fuzz_core, input, length, offset));
  CHECK(result == expected, "utf8_check gives what decoding the characters gives");
  CHECK(result == 0 || *RECORD(uint32_t, offset) == at, "errorOffset is the first byte of the first wrong character");
  WRITTEN({offset, result < 0 ? 4 : 0});
  CHECK(CALL(length + 4, wq_utf8_check(&fuzz_core, input, length, 0)) == expected, "no errorOffset, the same result");
  WRITTEN_NOTHING();
}
