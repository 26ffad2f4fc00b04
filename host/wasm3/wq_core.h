/*
 * An instance of the core, and how it is opened: over the interpreter wasm3 or, with WQ_AOT defined, over the C that wasm2c
 * makes of core.wasm. Define WQ_AOT for all sources or for none; a mixture does not link.
 *
 * Nothing here locks. Only one thread at a time may use an instance, and no interrupt may. Instances share nothing that changes:
 * each thread may have one of its own.
 */
#ifndef WQ_CORE_H
#define WQ_CORE_H

#ifdef WQ_AOT
#include <setjmp.h>
#endif

#include "wasmqtt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an instance is made of. wasm3 allocates its memory from the heap. The AOT build allocates nothing. */
typedef struct wq_options {
  /** core.wasm, which must stay in place while the instance is open. AOT: not used */
  const uint8_t *module;
  /** bytes of the module. AOT: not used */
  uint32_t module_size;
  /** bytes of the WASM stack, at least WQ_STACK_LEAST. AOT: not used, the C stack serves */
  uint32_t stack_size;
  /** AOT: memory_size bytes that become linear memory, at a multiple of 8. wasm3: not used */
  uint8_t *memory;
  /** bytes of linear memory, with the wq_heap_base() bytes of the core's constants; at most 65,536 in wasm3 */
  uint32_t memory_size;
  /** WQ_PART_* of the functions to compile, 0 for all. AOT: not used, all are there */
  uint32_t parts;
} wq_options;

/** The smallest stack that wq_open() accepts. The functions of the core need more, but at most WQ_STACK_MOST. */
#define WQ_STACK_LEAST 256u
/** A stack that is large enough for every function of the core. */
#define WQ_STACK_MOST 2048u

/** Read no member but `reason`. An instance of all zeros is closed. It may not be moved while it is open. */
struct wq_core {
  /** why opening failed or a call trapped, in the engine's words; NULL when it gave no reason */
  const char *reason;
  uint8_t *memory;
  uint32_t memory_size;
  uint32_t is_open;
#ifdef WQ_AOT
  void *instance[2];
  /** where a trap of this instance jumps */
  jmp_buf landing;
#else
  void *environment;
  void *runtime;
  void *functions[WQ_EXPORT_COUNT];
#endif
};

/**
 * wq_open makes an instance of the core. After it nothing is allocated until wq_close().
 *
 * @param core all zeros or closed; needs no wq_close() after a failure
 * @return 0, or WQ_RESULT_INVALID_ARGUMENT, MODULE_MALFORMED (truncated, or not a module), MODULE_IMPORTS, MODULE_EXPORTS,
 * MODULE_ABI_VERSION, ENGINE_MEMORY, LINEAR_MEMORY
 */
#ifdef WQ_AOT
int32_t wq_aot_open(wq_core *core, const wq_options *options);
#define wq_open wq_aot_open
#else
int32_t wq_wasm3_open(wq_core *core, const wq_options *options);
#define wq_open wq_wasm3_open
#endif

/** wq_close frees what wq_open() allocated. All functions return WQ_RESULT_NOT_OPEN then. It does nothing when not open. */
void wq_close(wq_core *core);

#ifdef __cplusplus
}
#endif

#endif /* WQ_CORE_H */
