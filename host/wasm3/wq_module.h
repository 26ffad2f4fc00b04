/* A look at a module before the engine gets it. */
#ifndef WQ_MODULE_H
#define WQ_MODULE_H

#include "wasmqtt.h"

/** The bit of a section in what wq_module_scan() found. */
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

/** What the last section of core.wasm says: the custom section "parts", which tools/build/parts.ts appends. */
typedef struct wq_module_parts {
  /** bytes of the module before it: what the engine is to have */
  uint32_t code_size;
  /** for each part of the core, in the order of WQ_PART_*, a bit for each function; bytes of one part */
  const uint8_t *bits;
  uint32_t bytes;
} wq_module_parts;

/**
 * Whether the bytes are whole sections behind the head of a module.
 *
 * @param parts code_size is `size` where there is no such section; the rest is not set then
 * @param seen the sections that are there, as WQ_SECTION()
 * @return 0 or MODULE_MALFORMED
 */
int32_t wq_module_scan(const uint8_t *module, uint32_t size, wq_module_parts *parts, uint32_t *seen);

/**
 * Whether the bytes are a whole module with the sections that the core has, and none that it has not: engines take a module
 * that was cut off between two sections.
 *
 * @return 0, MODULE_MALFORMED or MODULE_IMPORTS
 */
int32_t wq_module_check(const uint8_t *module, uint32_t size, wq_module_parts *parts);

/**
 * Whether any of these parts calls a function, directly or by others.
 *
 * @param wanted WQ_PART_* of known parts only
 * @return 1 also for a function of which nothing is said
 */
int wq_module_wants(const wq_module_parts *parts, uint32_t function, uint32_t wanted);

#endif
