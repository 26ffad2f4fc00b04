/*
 * An instance of the core, and how it is opened: over the interpreter wasm3, or with WQ_AOT defined over what wasm2c made of
 * core.wasm. Define WQ_AOT for all sources or for none; a mixture does not link.
 *
 * Nothing here locks. An instance is used by one thread at a time and never from an interrupt. In wasm3 each instance is
 * apart from the others. In the AOT build all instances share the place to which a trap jumps: keep all calls in one
 * thread, or define WQ_THREAD_LOCAL as the compiler's word for thread-local storage.
 */
#ifndef WQ_CORE_H
#define WQ_CORE_H

#include "wasmqtt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an instance is made of. wasm3 takes its memory from the heap, the AOT build none at all. */
typedef struct wq_options {
  /** core.wasm; it must stay where it is while the instance is open. AOT: not used */
  const uint8_t *module;
  /** bytes of the module. AOT: not used */
  uint32_t module_size;
  /** bytes of the stack of WASM, WQ_STACK_LEAST or more. AOT: not used, the C stack serves */
  uint32_t stack_size;
  /** AOT: memory_size bytes that become linear memory, at a multiple of 8. wasm3: not used */
  uint8_t *memory;
  /** bytes of linear memory, constants of the core included (wq_heap_base() of them); 65,536 at the most in wasm3 */
  uint32_t memory_size;
  /** WQ_PART_* of the functions that will be called, 0 for all; of the others no code is made. AOT: not used, all are there */
  uint32_t parts;
} wq_options;

/** The least stack that open takes. The functions of the core want more, at the most WQ_STACK_MOST. */
#define WQ_STACK_LEAST 256u
/** With so many bytes of stack no function of the core runs out of it. */
#define WQ_STACK_MOST 2048u

/** Read no member but `reason`; all zeros is an instance that is not open. */
struct wq_core {
  /** why open failed or a call trapped, in the engine's words; NULL when it said nothing */
  const char *reason;
  uint8_t *memory;
  uint32_t memory_size;
  uint32_t is_open;
#ifdef WQ_AOT
  void *instance[4];
#else
  void *environment;
  void *runtime;
  void *functions[WQ_EXPORT_COUNT];
#endif
};

/**
 * Makes an instance of the core. After it nothing is allocated until wq_close().
 *
 * @param core all zeros or closed; needs no wq_close() when this fails
 * @return 0, or WQ_RESULT_INVALID_ARGUMENT, MODULE_MALFORMED (truncated, or no module), MODULE_IMPORTS, MODULE_EXPORTS,
 * MODULE_ABI_VERSION, ENGINE_MEMORY, LINEAR_MEMORY
 */
#ifdef WQ_AOT
int32_t wq_aot_open(wq_core *core, const wq_options *options);
#define wq_open wq_aot_open
#else
int32_t wq_wasm3_open(wq_core *core, const wq_options *options);
#define wq_open wq_wasm3_open
#endif

/** Gives back what open took; all functions give WQ_RESULT_NOT_OPEN then. Closing what is not open does nothing. */
void wq_close(wq_core *core);

#ifdef __cplusplus
}
#endif

#endif /* WQ_CORE_H */
