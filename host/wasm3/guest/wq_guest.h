/*
 * A guest: a wasm32 module that imports the system calls of Microvisor from "env", as build/app.wasm does, run by wasm3. Its
 * calls become native ones, which the SDK or another implementation serves.
 *
 * Nothing here locks. Only one thread may use a guest, and no interrupt may: an interrupt handler notes its number, and the
 * main loop calls wq_guest_interrupt().
 */
#ifndef WQ_GUEST_H
#define WQ_GUEST_H

#include "wasmqtt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Linear memory begins at a multiple of this, as buffers of channels must: what is aligned in a guest is aligned natively. */
#define WQ_GUEST_ALIGNMENT 512u
/** Bytes for a guest with so many bytes of linear memory: the glue keeps what it needs before them. */
#define WQ_GUEST_MEMORY(bytes) (WQ_GUEST_ALIGNMENT + (bytes))

/** Bytes for the structures of one call. On a 32-bit machine 32 configuration keys or HTTP headers take 520. */
#ifndef WQ_GUEST_SCRATCH
#define WQ_GUEST_SCRATCH (sizeof(void *) == 4 ? 640u : 1280u)
#endif

typedef struct wq_guest_options {
  /** the module, which must stay in place while the guest is open */
  const uint8_t *module;
  /** bytes of the module */
  uint32_t module_size;
  /** bytes of the WASM stack, at least 256 */
  uint32_t stack_size;
  /** WQ_GUEST_MEMORY(n) bytes at a multiple of WQ_GUEST_ALIGNMENT, which belong to the guest until it is closed */
  uint8_t *memory;
  /**
   * bytes of `memory`. They may be fewer than the module's pages: the guest then traps where it touches the rest. Memory never
   * grows
   */
  uint32_t memory_size;
  /** passed to every callback below */
  void *context;
  /** env.mv_host_print: logs a text, which has no terminator. NULL: not offered */
  void (*print)(void *context, const uint8_t *text, uint32_t length);
  /**
   * env.mv_host_timer: calls wq_guest_timer() once, after so many milliseconds. A new timer replaces the old one, a negative
   * number cancels it. NULL: not offered
   */
  void (*timer)(void *context, int32_t milliseconds);
  /**
   * env.mv_host_wait, for guests that do not return: sleeps until an interrupt is pending or the time is over (-1: forever),
   * calls wq_guest_interrupt() for pending ones, and returns whether there were any. NULL: not offered
   */
  int32_t (*wait)(void *context, int32_t milliseconds);
  /** called for each import that is not offered, before opening fails with WQ_RESULT_GUEST_IMPORTS. May be NULL */
  void (*missing)(void *context, const char *module, const char *name);
} wq_guest_options;

/** The state of a guest. After a trap it is TRAPPED until it is closed. */
enum wq_guest_state { WQ_GUEST_CLOSED, WQ_GUEST_IDLE, WQ_GUEST_RUNNING, WQ_GUEST_WAITING, WQ_GUEST_TRAPPED };

/** Read no member but `reason` and `state`. A guest of all zeros is closed. */
typedef struct wq_guest {
  /** why opening failed or a call trapped, in the engine's words; NULL when it gave no reason */
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
 * wq_guest_open parses, links and compiles a guest, and runs its start section, if any. After it nothing is allocated until
 * wq_guest_close().
 *
 * @param guest all zeros or closed; needs no wq_guest_close() after a failure
 * @return 0, or WQ_RESULT_INVALID_ARGUMENT, MODULE_MALFORMED (truncated, not a module, or with something that this wasm3 was
 * compiled without), GUEST_IMPORTS, GUEST_EXPORTS (neither mv_app_start, _start nor main; or a timer without mv_app_timer),
 * ENGINE_MEMORY, LINEAR_MEMORY, TRAPPED
 */
int32_t wq_guest_open(wq_guest *guest, const wq_guest_options *options);

/**
 * wq_guest_start calls _initialize, if there is one, and then mv_app_start, _start or main: the first that exists. That may
 * never return.
 *
 * @return 0, TRAPPED, NOT_OPEN, GUEST_BUSY
 */
int32_t wq_guest_start(wq_guest *guest);

/**
 * wq_guest_interrupt calls the export named for an interrupt vector of the STM32U585 (51: TIM8_BRK_IRQHandler), or else
 * mv_irq with its number. Call it once for each notification.
 *
 * @param irq 0 to 124
 * @return 0, TRAPPED, NOT_OPEN, GUEST_BUSY, GUEST_EXPORTS (no handler), INVALID_ARGUMENT
 */
int32_t wq_guest_interrupt(wq_guest *guest, uint32_t irq);

/** wq_guest_timer calls mv_app_timer, when the time of the timer is over. @return as wq_guest_interrupt() */
int32_t wq_guest_timer(wq_guest *guest);

/**
 * wq_guest_call calls an export without parameters, such as mv_app_state.
 *
 * @param value gets what it returned, or 0. May be NULL
 * @return 0, TRAPPED, NOT_OPEN, GUEST_BUSY, GUEST_EXPORTS (no such function, or one with parameters)
 */
int32_t wq_guest_call(wq_guest *guest, const char *name, int32_t *value);

/** wq_guest_bytes returns a pointer to bytes of the guest, or NULL when it is closed or not all are in its memory. */
uint8_t *wq_guest_bytes(wq_guest *guest, wq_ptr address, uint32_t length);

/** wq_guest_close frees what opening allocated. First close what the guest has open in the kernel, which may write to it. */
void wq_guest_close(wq_guest *guest);

/**
 * wq_wasm3_link_microvisor links the imports of a module that is loaded into a runtime of wasm3 whose user data is the guest.
 * wq_guest_open() calls it.
 *
 * @return 0, GUEST_IMPORTS, ENGINE_MEMORY
 */
int32_t wq_wasm3_link_microvisor(wq_guest *guest, struct M3Module *module);

#ifdef __cplusplus
}
#endif

#endif /* WQ_GUEST_H */
