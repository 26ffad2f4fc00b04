#include "certificates.h"

/* The part of a record before this is the reader's working memory, with addresses of its own. */
#define RESULTS offsetof(wq_der_head, extension_list)

int32_t certificate_read(const certificate_kind *kind, wq_ptr input, uint32_t length, wq_ptr record) {
  const int32_t result = CALL(READ_WORK(length), kind->read(&fuzz_core, input, length, record));
  WRITTEN({record, kind->size});
  if (result < 0) {
    CHECK(RECORD(wq_der_head, record)->error_offset <= length, "errorOffset lies in the input");
    CHECK(result <= -300 && result > -400, "a reader gives result codes of DER, X.509 and keys");
    return result;
  }
  for (const uint16_t *place = kind->views; *place; place++) {
    wq_ptr view;
    uint32_t size;
    memcpy(&view, fuzz_memory + record + *place, 4);
    memcpy(&size, fuzz_memory + record + *place + 4, 4);
    fuzz_inside(view, size, input, length);
  }
  return result;
}

void certificate_exact(const certificate_kind *kind, wq_ptr input, uint32_t length, wq_ptr record) {
  const wq_ptr again = fuzz_place(kind->size);
  uint32_t header;
  CHECK(oracle_element(fuzz_memory + input, length, &header) == length, "what is taken is one element");
  CHECK(oracle_count(fuzz_memory + input, length, WQ_DER_LIMIT_DEPTH) > 0, "what is taken is strict DER");
  CHECK(certificate_read(kind, input, length, again) >= 0 &&
            memcmp(fuzz_memory + record + RESULTS, fuzz_memory + again + RESULTS, kind->size - RESULTS) == 0,
        "what stands behind changes nothing");
  CHECK(certificate_read(kind, input, length - 1, again) < 0, "what is cut off is refused");
}
