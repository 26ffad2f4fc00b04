/* Readers of packet fields. Each moves `at` behind what it read, and returns 0 or a result code. */
#ifndef READ_H
#define READ_H

#include "native.h"

typedef struct reader {
  const uint8_t *at;
  const uint8_t *end;
  wq_packet *packet;
} reader;

static inline uint32_t address(const uint8_t *at) { return (uint32_t)(uintptr_t)at; }
static inline const uint8_t *pointer(uint32_t address) { return (const uint8_t *)(uintptr_t)address; }
static inline uint32_t u16_at(const uint8_t *at) { return (uint32_t)(at[0] << 8 | at[1]); }

/** Notes where a rule was broken, as a pointer: native_decode() makes it an offset. */
static inline int32_t fail(const reader *r, const uint8_t *at, int32_t code) {
  r->packet->error_offset = address(at);
  return code;
}

/** read_varint reads a variable byte integer (1.5.5). It returns its size, 0 when it is truncated, -1 above four bytes. */
int32_t read_varint(const uint8_t *at, const uint8_t *end, uint32_t *value);
/** read_binary reads binary data (1.5.6), and stores address and length in two words. */
int32_t read_binary(reader *r, uint32_t *place, int32_t truncated);
/** check_text checks a string that was read (1.5.4). `wildcard` is the result code for a wildcard character, or 0. */
int32_t check_text(const reader *r, const uint8_t *start, const uint8_t *end, int32_t wildcard);
/** read_properties reads Property Length and properties (2.2.2) of the packets in this mask, and stores their place. */
int32_t read_properties(reader *r, uint32_t mask, uint32_t *place);
/** check_properties checks the properties up to the reader's end. */
int32_t check_properties(reader *r, uint32_t mask, int is_will);

#endif
