/* A look at a module before the engine gets it. */
#ifndef WQ_MODULE_H
#define WQ_MODULE_H

#include "wasmqtt.h"

/**
 * Whether the bytes are a whole module with the sections that the core has, and none that it has not: engines take a module
 * that was cut off between two sections.
 *
 * @return 0, MODULE_MALFORMED or MODULE_IMPORTS
 */
int32_t wq_module_check(const uint8_t *module, uint32_t size);

#endif
