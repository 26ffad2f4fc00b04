/* Any bytes as a CRL. In an accepted one every serial number of its list is found, and no other; in an indirect one, those of its issuers. */
#include "certificates.h"

static const uint16_t views[] = {SIGNED_VIEWS(wq_certificate_list), VIEW(wq_certificate_list, crl_number),
                                 VIEW(wq_certificate_list, revoked_certificates),
                                 VIEW(wq_certificate_list, base_crl_number),
                                 VIEW(wq_certificate_list, issuing_distribution_point),
                                 VIEW(wq_certificate_list, certificate_issuer),
                                 VIEW(wq_certificate_list, entry_issuer), 0};
static const certificate_kind list = {wq_crl_read, sizeof(wq_certificate_list), views};

static int32_t find(wq_ptr record, wq_ptr serial, uint32_t length, uint32_t work) {
  const int32_t result = CALL(work, wq_crl_find(&fuzz_core, record, serial, length));
  WRITTEN({record, sizeof(wq_certificate_list)});
  return result;
}

/* Whether the content of an INTEGER is the number that these octets name, without their zeros in front. */
static int is_same(const uint8_t *content, uint32_t length, const uint8_t *octets, uint32_t size) {
  /* With a zero in front they are positive, and without octets 0. */
  if (*content > 0x7f && size > 0 && *octets == 0) return 0;
  while (length > 0 && *content == 0) content++, length--;
  while (size > 0 && *octets == 0) octets++, size--;
  return length == size && memcmp(content, octets, size) == 0;
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
    if (is_same(number + serial_header, number_size - serial_header, serial, size)) return 1;
    at += entry;
  }
  return 0;
}

/* A number that is found is in the list. One that is in a list of one issuer is found. */
static void check_found(wq_ptr record, wq_ptr serial, uint32_t size, uint32_t work) {
  const wq_certificate_list *const crl = RECORD(wq_certificate_list, record);
  const wq_ptr first = crl->revoked_certificates;
  const int is_listed = has(first, crl->revoked_certificates_length, fuzz_memory + serial, size);
  const int32_t found = find(record, serial, size, work);
  CHECK(found == is_listed || (crl->indirect && found == 0),
        "a serial number is found where it is in the list, and only there");
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
    CHECK(find(record, number + serial_header, size, work) == 1 || crl->indirect, "a revoked serial number is found");
    CHECK(crl->revoked_certificates == first && crl->revoked_certificates_length == length,
          "a search leaves the list as it is");
    /* One that differs in its last bit, and one that is shorter. */
    fuzz_put(other, fuzz_memory + number + serial_header, size);
    fuzz_memory[other + size - 1] ^= 1;
    fuzz_put(other, fuzz_memory + other, size);
    check_found(record, other, size, work);
    check_found(record, other, size - 1, work);
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
  CHECK(crl->crl_number_length <= 20 || (crl->crl_number_length == 21 && fuzz_memory[crl->crl_number] == 0),
        "the value of a CRL number has up to 20 octets");
  CHECK(crl->certificate_issuer == crl->issuer, "the issuer to look for is that of the list");
  certificate_exact(&list, input, (uint32_t)result, record);
  CHECK(CALL(READ_WORK(length), wq_key_identify(&fuzz_core, input, length)) == WQ_KEY_FORMAT_CERTIFICATE_LIST,
        "what is taken is known by its looks");
  WRITTEN_NOTHING();
  check_entries(record, READ_WORK(length));
}
