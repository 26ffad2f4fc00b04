/* What targets that read records of certificates, lists and keys share. */
#ifndef FUZZ_CERTIFICATES_H
#define FUZZ_CERTIFICATES_H

#include "oracle.h"
#include "rig.h"

/** The bound of a reader for this many bytes. Each of at most 64 extensions is compared with those before it: 32 turns for each octet. */
#define READ_WORK(length) (40 * (length) + 512)

typedef int32_t certificate_reader(wq_core *core, wq_ptr input, uint32_t length, wq_ptr record);

/** A reader, the size of its record, and the offsets of the views in it, up to a 0. A view is an address with its length after it. */
typedef struct {
  certificate_reader *read;
  uint32_t size;
  const uint16_t *views;
} certificate_kind;

/** The views that all these records begin with. */
#define VIEW(type, field) offsetof(type, field)
#define HEAD_VIEWS(type)                                                                                               \
  VIEW(type, extension_oid), VIEW(type, inner_algorithm), VIEW(type, unknown_critical_oid), VIEW(type, algorithm_oid), \
      VIEW(type, parameters), VIEW(type, exponent), VIEW(type, public_key)
#define SIGNED_VIEWS(type)                                                                                           \
  HEAD_VIEWS(type), VIEW(type, tbs), VIEW(type, signature_algorithm), VIEW(type, signature), VIEW(type, extensions), \
      VIEW(type, authority_key_identifier), VIEW(type, issuer), VIEW(type, issuer_common_name),                      \
      VIEW(type, issuer_country), VIEW(type, issuer_organization), VIEW(type, issuer_organizational_unit)

/** Reads into `record`, and checks what holds for every reader. Returns the result of the reader. */
int32_t certificate_read(const certificate_kind *kind, wq_ptr input, uint32_t length, wq_ptr record);

/** What was accepted needs all of its bytes, and none after them. */
void certificate_exact(const certificate_kind *kind, wq_ptr input, uint32_t length, wq_ptr record);

#endif /* FUZZ_CERTIFICATES_H */
