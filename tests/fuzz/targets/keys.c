/* Any bytes as a private key, and the PKCS#8 made of it. Byte 0: bytes of output beyond what it needs. */
#include "certificates.h"

static const uint16_t views[] = {HEAD_VIEWS(wq_private_key),        VIEW(wq_private_key, private_key),
                                 VIEW(wq_private_key, attributes),  VIEW(wq_private_key, private_value),
                                 VIEW(wq_private_key, public_part), 0};
static const certificate_kind key = {wq_key_read, sizeof(wq_private_key), views};
static const certificate_kind pkcs8 = {wq_key_check_pkcs8, sizeof(wq_private_key), views};

/* The output of key_wrap_pkcs8: a key of the same kind, and zeros after it. */
static void check_wrapped(wq_ptr output, uint32_t size, uint32_t capacity, wq_ptr record) {
  const wq_ptr again = fuzz_place(sizeof(wq_private_key));
  const wq_private_key *const one = RECORD(wq_private_key, record), *const other = RECORD(wq_private_key, again);
  CHECK(certificate_read(&pkcs8, output, size, again) == 0, "what is wrapped is PKCS#8");
  CHECK(one->algorithm == other->algorithm && one->curve == other->curve && one->bits == other->bits,
        "a key that is wrapped is the same key");
  CHECK(
      one->private_value_length == other->private_value_length &&
          memcmp(fuzz_memory + one->private_value, fuzz_memory + other->private_value, one->private_value_length) == 0,
      "a private value that is wrapped is the same value");
  for (uint32_t i = size; i < capacity; i++)
    CHECK(fuzz_memory[output + i] == 0, "nothing of a key is left behind the result");
}

static void wrap(wq_ptr input, uint32_t length, uint32_t capacity, int32_t format) {
  const wq_ptr record = fuzz_place(sizeof(wq_private_key)), output = fuzz_place(capacity);
  const uint32_t work = READ_WORK(length);
  const int32_t result = CALL(work, wq_key_wrap_pkcs8(&fuzz_core, input, length, output, capacity, record));
  if (capacity < length + WQ_DER_LIMIT_WRAPPING) {
    CHECK(result == WQ_RESULT_OUT_OF_SPACE, "too little room is refused first");
    WRITTEN_NOTHING();
    return;
  }
  WRITTEN({record, sizeof(wq_private_key)}, {output, capacity});
  if (result > 0) {
    CHECK((uint32_t)result <= capacity && (uint32_t)result >= length, "a key that is wrapped is no shorter");
    CHECK(format != WQ_KEY_FORMAT_PKCS8 ||
              ((uint32_t)result == length && memcmp(fuzz_memory + input, fuzz_memory + output, length) == 0),
          "PKCS#8 stays as it is");
    check_wrapped(output, (uint32_t)result, capacity, record);
    return;
  }
  CHECK(result < 0 &&
            (format < 0 ? result == format : result == WQ_RESULT_KEY_ENCRYPTED || result == WQ_RESULT_KEY_PARAMETERS),
        "a key that is taken is wrapped, unless it is encrypted or its curve is not known");
  for (uint32_t i = 0; i < capacity; i++)
    CHECK(fuzz_memory[output + i] == 0, "nothing of a key that is refused is left");
}

/* Clears the key from any byte to its end. */
static void wipe(wq_ptr from, uint32_t length) {
  CHECK(CALL(0, wq_memory_wipe(&fuzz_core, from, length)) == 0, "memory_wipe gives 0");
  for (uint32_t i = 0; i < length; i++) CHECK(fuzz_memory[from + i] == 0, "nothing of a key that is wiped is left");
  WRITTEN({from, length});
}

const uint32_t fuzz_der_from = 1;

void fuzz_run(void) {
  const uint32_t spare = fuzz_u8();
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &length);
  const wq_ptr record = fuzz_place(sizeof(wq_private_key)), input = fuzz_place_last(bytes, length);
  const int32_t looks = CALL(READ_WORK(length), wq_key_identify(&fuzz_core, input, length));
  int32_t format, check;
  WRITTEN_NOTHING();
  CHECK(looks >= 0 && looks <= WQ_KEY_FORMAT_PUBLIC_KEY, "everything looks like one of the formats, or like none");
  format = certificate_read(&key, input, length, record);
  if (format >= 0) {
    CHECK(format == looks && format >= WQ_KEY_FORMAT_PKCS8 && format <= WQ_KEY_FORMAT_SEC1,
          "a key is of the format that it looks like");
    CHECK(oracle_count(bytes, length, WQ_DER_LIMIT_DEPTH) > 0, "a key that is taken is strict DER");
  }
  check = certificate_read(&pkcs8, input, length, record);
  CHECK((check == 0) == (format == WQ_KEY_FORMAT_PKCS8), "the two readers of PKCS#8 agree");
  wrap(input, length,
       spare < 250 ? length + WQ_DER_LIMIT_WRAPPING + spare % 64 : length + WQ_DER_LIMIT_WRAPPING - (spare - 249),
       format);
  wipe(input + spare % (length + 1), length - spare % (length + 1));
}
