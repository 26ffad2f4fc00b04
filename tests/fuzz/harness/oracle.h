/* DER (X.690) as its text has it, apart from the core: whether bytes are one element, and how many lie in it. */
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include <stdint.h>

/** Reads the header at `bytes`; gives the length of the whole element, or 0 when it is malformed. */
uint32_t oracle_element(const uint8_t *bytes, uint32_t length, uint32_t *header);

/** Elements in exactly these bytes, themselves included, nested at most so deep; -1 when any of them is malformed. */
int32_t oracle_count(const uint8_t *bytes, uint32_t length, uint32_t depth);

/** Where the first character begins that is not UTF-8 of RFC 3629, or is U+0000; `length` when there is none. */
uint32_t oracle_utf8(const uint8_t *text, uint32_t length);

#endif /* FUZZ_ORACLE_H */
