/* What targets that read records of certificates, lists and keys share. */
#ifndef FUZZ_CERTIFICATES_H
#define FUZZ_CERTIFICATES_H

#include "oracle.h"
#include "rig.h"

/** Turns of loops for so many bytes. Each of at most 64 extensions is compared with those before it: 32 for each octet. */
#define READ_WORK(length) (40 * (length) + 512)

typedef int32_t certificate_reader(wq_core *core, wq_ptr input, uint32_t length, wq_ptr record);

/** A reader, its record, and where the views are in it: offsets of address and length side by side, up to a 0. */
typedef struct {
  certificate_reader *read;
  uint32_t size;
  const uint16_t *views;
} certificate_kind;

/** The views that all these records begin with, for the lists of the single kinds. */
#define VIEW(type, field) offsetof(type, field)
#define HEAD_VIEWS(type)                                                                                               \
  VIEW(type, extension_oid), VIEW(type, inner_algorithm), VIEW(type, unknown_critical_oid), VIEW(type, algorithm_oid), \
      VIEW(type, parameters), VIEW(type, exponent), VIEW(type, public_key)
#define SIGNED_VIEWS(type)                                                                                           \
  HEAD_VIEWS(type), VIEW(type, tbs), VIEW(type, signature_algorithm), VIEW(type, signature), VIEW(type, extensions), \
      VIEW(type, authority_key_identifier), VIEW(type, issuer), VIEW(type, issuer_common_name),                      \
      VIEW(type, issuer_country), VIEW(type, issuer_organization), VIEW(type, issuer_organizational_unit)

/** Reads, and checks what holds of every reader. Gives its result; the record is at `record`. */
int32_t certificate_read(const certificate_kind *kind, wq_ptr input, uint32_t length, wq_ptr record);

/** What was taken needs no more than its own bytes, and all of them. */
void certificate_exact(const certificate_kind *kind, wq_ptr input, uint32_t length, wq_ptr record);

#endif /* FUZZ_CERTIFICATES_H */
