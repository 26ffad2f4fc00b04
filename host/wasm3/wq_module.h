/* A look at a module before the engine gets it. */
#ifndef WQ_MODULE_H
#define WQ_MODULE_H

#include "wasmqtt.h"

/** The bit of a section in what wq_module_scan() found. */
#define WQ_SECTION(number) (1u << (number))

/** Sections by number (WebAssembly 5.5.2). */
enum wq_section {
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

/**
 * Whether the bytes are whole sections behind the head of a module.
 *
 * @param seen the sections that are there, as WQ_SECTION()
 * @return 0 or MODULE_MALFORMED
 */
int32_t wq_module_scan(const uint8_t *module, uint32_t size, uint32_t *seen);

/**
 * Whether the bytes are a whole module with the sections that the core has, and none that it has not: engines take a module
 * that was cut off between two sections.
 *
 * @return 0, MODULE_MALFORMED or MODULE_IMPORTS
 */
int32_t wq_module_check(const uint8_t *module, uint32_t size);

#endif
