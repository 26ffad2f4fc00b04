/* DER from the text of X.690, independent of the core: whether bytes are one element, and how many elements are in it. */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include <stdint.h>

/** Reads the header at `bytes`. Returns the length of the whole element, or 0 when the header is malformed. */
uint32_t oracle_element(const uint8_t *bytes, uint32_t length, uint32_t *header);

/** Counts the elements in exactly these bytes, nested ones too, up to this depth; -1 when one is malformed. */
int32_t oracle_count(const uint8_t *bytes, uint32_t length, uint32_t depth);

/** Where the first sequence begins that is not UTF-8 (RFC 3629), or is U+0000; `length` when there is none. */
uint32_t oracle_utf8(const uint8_t *text, uint32_t length);

#endif /* FUZZ_ORACLE_H */
