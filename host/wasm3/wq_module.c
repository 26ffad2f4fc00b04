#include "wq_module.h"

#include <string.h>

#define REQUIRED                                                                                     \
  (WQ_SECTION(WQ_SECTION_TYPE) | WQ_SECTION(WQ_SECTION_FUNCTION) | WQ_SECTION(WQ_SECTION_MEMORY) |   \
   WQ_SECTION(WQ_SECTION_EXPORT) | WQ_SECTION(WQ_SECTION_CODE) | WQ_SECTION(WQ_SECTION_DATA))
#define FORBIDDEN (WQ_SECTION(WQ_SECTION_IMPORT) | WQ_SECTION(WQ_SECTION_START))

static const uint8_t head[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
/* The content of the custom section: the length of its name, the name, then a bit for each function, part after part. */
static const uint8_t name[6] = {5, 'p', 'a', 'r', 't', 's'};

/* Reads an unsigned LEB128 of 32 bits (WebAssembly 5.2.2) and moves `at` behind it. Returns 0 when it is malformed. */
static int read_u32(const uint8_t *module, uint32_t size, uint32_t *at, uint32_t *value) {
  unsigned shift;
  *value = 0;
  for (shift = 0; shift < 35 && *at < size; shift += 7) {
    const uint8_t byte = module[(*at)++];
    if (shift == 28 && byte > 15) return 0;
    *value |= (uint32_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return 1;
  }
  return 0;
}

/* A section: its number, and where its content begins and ends. */
struct section {
  uint8_t number;
  uint32_t begin;
  uint32_t end;
};

/* Reads a section and moves `at` behind it. Returns 0 when it is truncated. */
static int read_section(const uint8_t *module, uint32_t size, uint32_t *at, struct section *section) {
  uint32_t length;
  section->number = module[(*at)++];
  if (!read_u32(module, size, at, &length) || length > size - *at) return 0;
  section->begin = *at;
  section->end = *at += length;
  return 1;
}

/* Whether a section is the last one and has the parts; sets `parts` then. */
static int is_parts(const uint8_t *module, uint32_t size, const struct section *section, wq_module_parts *parts) {
  if (section->number != WQ_SECTION_CUSTOM || section->end != size || section->end - section->begin < sizeof name) return 0;
  if (memcmp(module + section->begin, name, sizeof name) != 0) return 0;
  parts->bits = module + section->begin + sizeof name;
  parts->bytes = (section->end - section->begin - (uint32_t)sizeof name) / WQ_PART_COUNT;
  return 1;
}

int32_t wq_module_scan(const uint8_t *module, uint32_t size, wq_module_parts *parts, uint32_t *seen) {
  struct section section;
  uint32_t at = sizeof head;
  *seen = 0;
  if (size < sizeof head || memcmp(module, head, sizeof head) != 0) return WQ_RESULT_MODULE_MALFORMED;
  for (parts->code_size = at; at < size; parts->code_size = at) {
    if (!read_section(module, size, &at, &section) || section.number > WQ_SECTION_LAST) return WQ_RESULT_MODULE_MALFORMED;
    if (is_parts(module, size, &section, parts)) break;
    *seen |= WQ_SECTION(section.number);
  }
  return 0;
}

int32_t wq_module_check(const uint8_t *module, uint32_t size, wq_module_parts *parts) {
  uint32_t seen;
  const int32_t result = wq_module_scan(module, size, parts, &seen);
  if (result) return result;
  if (seen & FORBIDDEN) return WQ_RESULT_MODULE_IMPORTS;
  if ((seen & REQUIRED) != REQUIRED) return WQ_RESULT_MODULE_MALFORMED;
  return parts->code_size < size ? 0 : WQ_RESULT_MODULE_PARTS;
}

int wq_module_wants(const wq_module_parts *parts, uint32_t function, uint32_t wanted) {
  const uint8_t *bits = parts->bits + function / 8;
  if (function / 8 >= parts->bytes) return 1;
  for (; wanted != 0; wanted >>= 1, bits += parts->bytes)
    if ((wanted & 1) && (*bits >> function % 8 & 1)) return 1;
  return 0;
}
