#include "wq_module.h"

#include <string.h>

#define REQUIRED                                                                                     \
  (WQ_SECTION(WQ_SECTION_TYPE) | WQ_SECTION(WQ_SECTION_FUNCTION) | WQ_SECTION(WQ_SECTION_MEMORY) |   \
   WQ_SECTION(WQ_SECTION_EXPORT) | WQ_SECTION(WQ_SECTION_CODE) | WQ_SECTION(WQ_SECTION_DATA))
#define FORBIDDEN (WQ_SECTION(WQ_SECTION_IMPORT) | WQ_SECTION(WQ_SECTION_START))

/* Reads an unsigned LEB128 of 32 bits (WebAssembly 5.2.2) and moves `at` behind it; 0 when it does not end in time. */
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

int32_t wq_module_scan(const uint8_t *module, uint32_t size, uint32_t *seen) {
  static const uint8_t head[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  uint32_t at = sizeof head;
  *seen = 0;
  if (size < sizeof head || memcmp(module, head, sizeof head) != 0) return WQ_RESULT_MODULE_MALFORMED;
  while (at < size) {
    const uint8_t section = module[at++];
    uint32_t length;
    if (section > WQ_SECTION_LAST || !read_u32(module, size, &at, &length)) return WQ_RESULT_MODULE_MALFORMED;
    if (length > size - at) return WQ_RESULT_MODULE_MALFORMED;
    *seen |= WQ_SECTION(section);
    at += length;
  }
  return 0;
}

int32_t wq_module_check(const uint8_t *module, uint32_t size) {
  uint32_t seen;
  const int32_t result = wq_module_scan(module, size, &seen);
  if (result) return result;
  if (seen & FORBIDDEN) return WQ_RESULT_MODULE_IMPORTS;
  return (seen & REQUIRED) == REQUIRED ? 0 : WQ_RESULT_MODULE_MALFORMED;
}
