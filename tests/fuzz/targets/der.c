/* Any bytes as DER, compared with X.690. Byte 0: how deep constructed elements may be nested. */
#include "oracle.h"
#include "rig.h"

/* The header alone. */
static void header(wq_ptr input, const uint8_t *bytes, uint32_t length) {
  const wq_ptr element = fuzz_place(sizeof(wq_der_element));
  const wq_der_element *const record = RECORD(wq_der_element, element);
  uint32_t size = 0;
  const uint32_t whole = oracle_element(bytes, length, &size);
  const int32_t result = CALL(8, wq_der_read(&fuzz_core, input, length, element));
  WRITTEN({element, sizeof(wq_der_element)});
  if (result < 0) {
    CHECK(whole == 0, "a header that X.690 allows is read");
    CHECK(record->error_offset <= length, "errorOffset lies in the input");
    return;
  }
  CHECK((uint32_t)result == whole, "a header that X.690 forbids is refused");
  CHECK(record->tag == bytes[0] && record->header_length == size && record->content == input + size &&
            record->content_length == whole - size,
        "an element says where its content is");
}

const uint32_t fuzz_der_from = 1;

void fuzz_run(void) {
  const uint32_t depth = fuzz_u8() % (WQ_DER_LIMIT_DEPTH + 2);
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &length);
  const uint32_t bound = 40 * length + 64;
  const wq_ptr offset = fuzz_place(4), stack = fuzz_place(8 * depth + 4), input = fuzz_place_last(bytes, length);
  const int32_t count = depth > 0 && depth <= WQ_DER_LIMIT_DEPTH ? oracle_count(bytes, length, depth) : -1;
  const int32_t result = CALL(bound, wq_der_check(&fuzz_core, input, length, stack, depth, offset));
  WRITTEN({offset, result < 0 && result != WQ_RESULT_INVALID_ARGUMENT ? 4 : 0}, {stack, 8 * depth});
  if (count < 0) {
    CHECK(CALL(bound, wq_der_check(&fuzz_core, input, length, stack, depth, 0)) == result,
          "errorOffset may be left out");
    WRITTEN({stack, 8 * depth});
  }
  CHECK(result != 0, "there is an element, or it is refused");
  CHECK(result > 0 || count < 0, "what X.690 allows is taken");
  CHECK(result < 0 || count == result, "what X.690 forbids is refused, and all elements are counted");
  if (result < 0 && result != WQ_RESULT_INVALID_ARGUMENT)
    CHECK(*RECORD(uint32_t, offset) <= length, "errorOffset lies in the input");
  header(input, bytes, length);
}
