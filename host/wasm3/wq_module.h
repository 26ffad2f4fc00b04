/* Checks of a module before the engine gets it. */
#ifndef WQ_MODULE_H
#define WQ_MODULE_H

#include "wasmqtt.h"

/** The bit of a section in `seen` of wq_module_scan(). */
#define WQ_SECTION(number) (1u << (number))

/** Sections by number (WebAssembly 5.5.2). */
enum wq_section {
  WQ_SECTION_CUSTOM = 0,
  WQ_SECTION_TYPE = 1,
  WQ_SECTION_IMPORT = 2,
  WQ_SECTION_FUNCTION = 3,
  WQ_SECTION_MEMORY = 5,
  WQ_SECTION_EXPORT = 7,
  WQ_SECTION_START = 8,
  WQ_SECTION_CODE = 10,
  WQ_SECTION_DATA = 11,
  WQ_SECTION_DATA_COUNT = 12,
  WQ_SECTION_LAST = WQ_SECTION_DATA_COUNT
};

/** The last section of core.wasm: the custom section "parts", which tools/build/parts.ts appends. */
typedef struct wq_module_parts {
  /** bytes of the module before it, which the engine gets */
  uint32_t code_size;
  /** for each part of the core, in the order of WQ_PART_*, a bit for each function; `bytes` for each part */
  const uint8_t *bits;
  uint32_t bytes;
} wq_module_parts;

/**
 * wq_module_scan checks that the bytes are a module header and complete sections.
 *
 * @param parts without a section "parts" code_size is `size`, and nothing else is set
 * @param seen the sections that were found, as WQ_SECTION()
 * @return 0 or MODULE_MALFORMED
 */
int32_t wq_module_scan(const uint8_t *module, uint32_t size, wq_module_parts *parts, uint32_t *seen);

/**
 * wq_module_check checks that the bytes are a module with exactly the kinds of sections that the core has: engines accept a
 * module that is truncated between two sections.
 *
 * @return 0, MODULE_MALFORMED, MODULE_IMPORTS, or MODULE_PARTS: all is there but the section "parts"
 */
int32_t wq_module_check(const uint8_t *module, uint32_t size, wq_module_parts *parts);

/**
 * wq_module_wants returns whether any of these parts calls a function, directly or through others.
 *
 * @param wanted WQ_PART_* of known parts only
 * @return 1 also for a function of which the section says nothing
 */
int wq_module_wants(const wq_module_parts *parts, uint32_t function, uint32_t wanted);

#endif
