/* Any bytes as a CRL. In an accepted one every serial number of its list is found, and no other. */
#include "certificates.h"

static const uint16_t views[] = {SIGNED_VIEWS(wq_certificate_list), VIEW(wq_certificate_list, crl_number),
                                 VIEW(wq_certificate_list, revoked_certificates), 0};
static const certificate_kind list = {wq_crl_read, sizeof(wq_certificate_list), views};

static int32_t find(wq_ptr record, wq_ptr serial, uint32_t length, uint32_t work) {
  const int32_t result = CALL(work, wq_crl_find(&fuzz_core, record, serial, length));
  WRITTEN({record, sizeof(wq_certificate_list)});
  return result;
}

/* Whether one of the entries has this serial number, and where the next entry is. */
static int has(wq_ptr first, uint32_t length, const uint8_t *serial, uint32_t size) {
  uint32_t at = 0;
  while (at < length) {
    uint32_t header = 0, serial_header = 0;
    const uint32_t entry = oracle_element(fuzz_memory + first + at, length - at, &header);
    const uint8_t *const number = fuzz_memory + first + at + header;
    const uint32_t number_size = entry == 0 ? 0 : oracle_element(number, entry - header, &serial_header);
    CHECK(number_size > 0 && *number == 2, "each entry begins with a serial number");
    if (number_size - serial_header == size && memcmp(number + serial_header, serial, size) == 0) return 1;
    at += entry;
  }
  return 0;
}

static void check_entries(wq_ptr record, uint32_t work) {
  const wq_certificate_list *const crl = RECORD(wq_certificate_list, record);
  const wq_ptr first = crl->revoked_certificates, other = fuzz_place(FUZZ_INPUT);
  const uint32_t length = crl->revoked_certificates_length;
  uint32_t at = 0;
  while (at < length) {
    uint32_t header = 0, serial_header = 0;
    const uint32_t entry = oracle_element(fuzz_memory + first + at, length - at, &header);
    const wq_ptr number = first + at + header;
    const uint32_t size = oracle_element(fuzz_memory + number, entry - header, &serial_header) - serial_header;
    CHECK(find(record, number + serial_header, size, work) == 1, "a revoked serial number is found");
    CHECK(crl->revoked_certificates == first && crl->revoked_certificates_length == length,
          "a search leaves the list as it is");
    /* One that differs in its last bit, and one that is shorter. */
    fuzz_put(other, fuzz_memory + number + serial_header, size);
    fuzz_memory[other + size - 1] ^= 1;
    fuzz_put(other, fuzz_memory + other, size);
    CHECK(find(record, other, size, work) == has(first, length, fuzz_memory + other, size),
          "a serial number is found where it is in the list, and only there");
    CHECK(find(record, other, size - 1, work) == has(first, length, fuzz_memory + other, size - 1),
          "the beginning of a serial number is another number");
    at += entry;
  }
}

const uint32_t fuzz_der_from = 0;

void fuzz_run(void) {
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &length);
  const wq_ptr record = fuzz_place(sizeof(wq_certificate_list)), input = fuzz_place_last(bytes, length);
  const wq_certificate_list *const crl = RECORD(wq_certificate_list, record);
  const int32_t result = certificate_read(&list, input, length, record);
  if (result < 0) return;
  CHECK(result > 0 && (uint32_t)result <= length, "a CRL ends within the input");
  CHECK(crl->version == 1 || crl->version == 2, "a CRL is v1 or v2");
  CHECK(crl->extensions_length == 0 || crl->version == 2, "only v2 has extensions");
  CHECK(crl->issuer_length > 2, "an issuer is not empty");
  CHECK(crl->crl_number_length <= 20, "a CRL number has up to 20 octets");
  certificate_exact(&list, input, (uint32_t)result, record);
  CHECK(CALL(READ_WORK(length), wq_key_identify(&fuzz_core, input, length)) == WQ_KEY_FORMAT_CERTIFICATE_LIST,
        "what is taken is known by its looks");
  WRITTEN_NOTHING();
  check_entries(record, READ_WORK(length));
}
