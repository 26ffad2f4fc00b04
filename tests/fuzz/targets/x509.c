/* Any bytes as a certificate, or with an odd byte 0 as a certification request. */
#include "certificates.h"

#define VIEWS(field) VIEW(wq_certificate, field)
static const uint16_t views[] = {SIGNED_VIEWS(wq_certificate),
                                 VIEWS(serial_number),
                                 VIEWS(subject),
                                 VIEWS(subject_common_name),
                                 VIEWS(subject_country),
                                 VIEWS(subject_organization),
                                 VIEWS(subject_organizational_unit),
                                 VIEWS(subject_public_key_info),
                                 VIEWS(subject_alt_name),
                                 VIEWS(subject_key_identifier),
                                 VIEWS(ext_key_usage),
                                 VIEWS(crl_distribution_points),
                                 0};
static const certificate_kind certificate = {wq_x509_read, sizeof(wq_certificate), views};
static const certificate_kind request = {wq_csr_read, sizeof(wq_certificate), views};

/* What RFC 5280 and RFC 2986 demand of an accepted input, as far as the record shows it. */
static void check_record(const wq_certificate *record, int is_request) {
  CHECK(record->version >= 1 && record->version <= 3, "the version is one of v1, v2, v3");
  CHECK(record->algorithm <= WQ_KEY_ALGORITHM_ED25519 && record->curve <= WQ_EC_CURVE_P521,
        "algorithms are those of the table");
  CHECK(record->extension_count <= WQ_DER_LIMIT_EXTENSIONS, "there are no more extensions than the limit");
  CHECK(record->subject_public_key_info_length > 0 && record->signature_algorithm_length > 0,
        "what is taken has a key and a signature algorithm");
  CHECK(record->public_key_length > 0 || record->algorithm == WQ_KEY_ALGORITHM_UNKNOWN,
        "a key of an algorithm that is known is not empty");
  if (is_request) return;
  CHECK(record->serial_number_length >= 1 &&
            record->serial_number_length - (fuzz_memory[record->serial_number] == 0) <= 20,
        "the value of a serial number has up to 20 octets");
  CHECK(record->issuer_length > 2, "an issuer is not empty");
  CHECK(record->extensions_length == 0 || record->version == 3, "only v3 has extensions");
}

const uint32_t fuzz_der_from = 1;

void fuzz_run(void) {
  const int is_request = (int)(fuzz_u8() & 1);
  const certificate_kind *const kind = is_request ? &request : &certificate;
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &length);
  const wq_ptr record = fuzz_place(sizeof(wq_certificate)), input = fuzz_place_last(bytes, length);
  const int32_t result = certificate_read(kind, input, length, record);
  int32_t format;
  if (result < 0) return;
  CHECK(result > 0 && (uint32_t)result <= length, "a certificate ends within the input");
  check_record(RECORD(wq_certificate, record), is_request);
  certificate_exact(kind, input, (uint32_t)result, record);
  format = CALL(READ_WORK(length), wq_key_identify(&fuzz_core, input, length));
  CHECK(format == (is_request ? WQ_KEY_FORMAT_CERTIFICATE_REQUEST : WQ_KEY_FORMAT_CERTIFICATE),
        "what is taken is known by its looks");
  WRITTEN_NOTHING();
}
