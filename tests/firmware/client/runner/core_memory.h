/* The core that all clients of a run use, and its memory. */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include "wq_core.h"

/** Bytes of linear memory, all of which but the client's and the core's must keep what they are filled with. */
#define MEMORY 16384u
#define GUARD 0xa5

extern wq_core core;

/** Opens the core. `module` is core.wasm, not used by the translated core. */
int open_core(const char *module);
/** Fills linear memory behind the constants of the core. */
void fill_memory(void);
/** Returns 0 when a byte from this address on is not as it was filled. */
int is_untouched_from(wq_ptr address);

#endif
