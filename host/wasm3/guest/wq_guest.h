/*
 * A guest: a wasm32 module that imports the system calls of Microvisor from "env", as build/app.wasm does, run by wasm3. Its
 * calls become the native ones, which the SDK, or a stand-in for the secure side, implements.
 *
 * Nothing here locks. A guest is used by one thread, and never from an interrupt: an interrupt handler notes its number,
 * and the main loop calls wq_guest_interrupt().
 */
#ifndef WQ_GUEST_H
#define WQ_GUEST_H

#include "wasmqtt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Linear memory begins at a multiple of this, since buffers of channels must: what is aligned in a guest is so natively. */
#define WQ_GUEST_ALIGNMENT 512u
/** Bytes to give a guest for so many bytes of linear memory: the glue keeps what it needs before them. */
#define WQ_GUEST_MEMORY(bytes) (WQ_GUEST_ALIGNMENT + (bytes))

/** Bytes for the structures of one call: 32 configuration keys or HTTP headers take 520 of them on a 32-bit machine. */
#ifndef WQ_GUEST_SCRATCH
#define WQ_GUEST_SCRATCH (sizeof(void *) == 4 ? 640u : 1280u)
#endif

typedef struct wq_guest_options {
  /** the module; it must stay where it is while the guest is open */
  const uint8_t *module;
  /** bytes of the module */
  uint32_t module_size;
  /** bytes of the stack of WASM, 256 or more */
  uint32_t stack_size;
  /** WQ_GUEST_MEMORY(n) bytes at a multiple of WQ_GUEST_ALIGNMENT, the guest's until it is closed */
  uint8_t *memory;
  /**
   * bytes there. With fewer than the module's pages the guest believes in the rest and traps where it touches it; memory never
   * grows
   */
  uint32_t memory_size;
  /** handed to every function here */
  void *context;
  /** env.mv_host_print: text for a log, without an end mark. NULL: not offered */
  void (*print)(void *context, const uint8_t *text, uint32_t length);
  /**
   * env.mv_host_timer: call wq_guest_timer() once, after so many milliseconds; this replaces what was asked before, a negative
   * number cancels it. NULL: not offered
   */
  void (*timer)(void *context, int32_t milliseconds);
  /**
   * env.mv_host_wait, for guests that do not return: sleeps until an interrupt is pending or the time is over (-1: for ever),
   * calls wq_guest_interrupt() for those pending, and gives whether there were any. NULL: not offered
   */
  int32_t (*wait)(void *context, int32_t milliseconds);
  /** called for each import that is not offered, before open gives WQ_RESULT_GUEST_IMPORTS. May be NULL */
  void (*missing)(void *context, const char *module, const char *name);
} wq_guest_options;

/** What a guest does. After a trap it is TRAPPED until it is closed. */
enum wq_guest_state { WQ_GUEST_CLOSED, WQ_GUEST_IDLE, WQ_GUEST_RUNNING, WQ_GUEST_WAITING, WQ_GUEST_TRAPPED };

/** Read no member but `reason` and `state`; all zeros is a guest that is not open. */
typedef struct wq_guest {
  /** why open failed or a call trapped, in the engine's words; NULL when it said nothing */
  const char *reason;
  uint8_t *memory;
  uint32_t memory_size;
  enum wq_guest_state state;
  void *environment;
  void *runtime;
  struct M3Module *module;
  wq_guest_options options;
  uint64_t scratch[WQ_GUEST_SCRATCH / 8];
} wq_guest;

/**
 * Makes a guest: parses, links, compiles all of it, and runs its start function, if any. After it nothing is allocated until
 * wq_guest_close().
 *
 * @param guest all zeros or closed; needs no wq_guest_close() when this fails
 * @return 0, or WQ_RESULT_INVALID_ARGUMENT, MODULE_MALFORMED (truncated, no module, or with what this wasm3 was compiled
 * without), GUEST_IMPORTS, GUEST_EXPORTS (neither mv_app_start, _start nor main; or a timer without mv_app_timer),
 * ENGINE_MEMORY, LINEAR_MEMORY, TRAPPED
 */
int32_t wq_guest_open(wq_guest *guest, const wq_guest_options *options);

/**
 * Calls _initialize, if there, and mv_app_start, else _start, else main, which may never return.
 *
 * @return 0, TRAPPED, NOT_OPEN, GUEST_BUSY
 */
int32_t wq_guest_start(wq_guest *guest);

/**
 * Calls the export named for an interrupt vector of the STM32U585 (51: TIM8_BRK_IRQHandler), else mv_irq with the number.
 *
 * @param irq 0 to 124; one call for each notification
 * @return 0, TRAPPED, NOT_OPEN, GUEST_BUSY, GUEST_EXPORTS (no handler), INVALID_ARGUMENT
 */
int32_t wq_guest_interrupt(wq_guest *guest, uint32_t irq);

/** Calls mv_app_timer: the time that was asked for is over. @return as wq_guest_interrupt() */
int32_t wq_guest_timer(wq_guest *guest);

/**
 * Calls an export without parameters, as mv_app_state.
 *
 * @param value what it gave; 0 when it gives nothing. May be NULL
 * @return 0, TRAPPED, NOT_OPEN, GUEST_BUSY, GUEST_EXPORTS (no such function, or one with parameters)
 */
int32_t wq_guest_call(wq_guest *guest, const char *name, int32_t *value);

/** The pointer for an address of the guest; NULL when it is not open or any of the bytes lies outside its memory. */
uint8_t *wq_guest_bytes(wq_guest *guest, wq_ptr address, uint32_t length);

/** Gives back what open took. Close what the guest has open in the kernel first: that may write into its memory. */
void wq_guest_close(wq_guest *guest);

/**
 * Links the imports of a module that is loaded into a runtime of wasm3 whose user data is the guest; wq_guest_open() does it.
 *
 * @return 0, GUEST_IMPORTS, ENGINE_MEMORY
 */
int32_t wq_wasm3_link_microvisor(wq_guest *guest, struct M3Module *module);

#ifdef __cplusplus
}
#endif

#endif /* WQ_GUEST_H */
