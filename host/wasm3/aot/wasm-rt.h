/*
 * The runtime for the C of wasm2c (wabt 1.0.32), as far as the core needs it: one linear memory of any size, which the caller
 * owns, and traps that jump back to the call. No heap, no signals, no tables.
 */
#ifndef WASM_RT_H_
#define WASM_RT_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define WQ_NO_RETURN __attribute__((noreturn))
#define WQ_COPY __builtin_memcpy
#else
#define LIKELY(condition) (condition)
#define UNLIKELY(condition) (condition)
#define WQ_NO_RETURN
#define WQ_COPY memcpy
#endif

/* The core has no recursion, so calls need not be counted. */
#define WASM_RT_USE_STACK_DEPTH_COUNT 0
/*
 * Every access is compared with the size of the memory. wasm2c's own check adds and compares 64 bits; this macro leaves it
 * out. The check below replaces the copy of each load and store, where `mem` and `addr` are variables.
 */
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 1
#define wasm_rt_memcpy(to, from, length)                                                              \
  do {                                                                                                \
    if (UNLIKELY(addr >> 32 != 0 || (uint32_t)addr > mem->size - (uint32_t)(length))) {                \
      wasm_rt_trap(WASM_RT_TRAP_OOB);                                                                 \
    }                                                                                                 \
    WQ_COPY(to, from, length);                                                                        \
  } while (0)
/** The smallest memory, with which the difference above is never below zero. */
#define WQ_MEMORY_LEAST 8u

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT
} wasm_rt_trap_t;

/** wasm_rt_trap ends the current call. */
WQ_NO_RETURN void wasm_rt_trap(wasm_rt_trap_t trap);

typedef struct {
  uint8_t *data;
  uint32_t pages, max_pages;
  /** bytes, not necessarily whole pages */
  uint32_t size;
} wasm_rt_memory_t;

/* The memory exists before the instance is made. The size that the module asks for does not count. */
#define wasm_rt_allocate_memory(memory, initial_pages, most_pages) \
  ((memory)->pages = (initial_pages), (memory)->max_pages = (initial_pages))
#define wasm_rt_free_memory(memory) ((void)(memory))
#define wasm_rt_is_initialized() true

/* Some libraries move bytes one at a time. Ranges that do not overlap, which are most, are copied instead. */
static inline void *wq_move(void *to, const void *from, size_t length) {
  const uintptr_t distance = (uintptr_t)to - (uintptr_t)from;
  return distance >= length && 0 - distance >= length ? memcpy(to, from, length) : memmove(to, from, length);
}
#define memmove wq_move

/* wasm2c writes helpers for tables into every module. The core has no tables. */
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct {
  uint32_t func_type;
  wasm_rt_function_ptr_t func;
  void *module_instance;
} wasm_rt_funcref_t;
typedef void *wasm_rt_externref_t;
typedef struct {
  wasm_rt_funcref_t *data;
  uint32_t max_size, size;
} wasm_rt_funcref_table_t;
typedef struct {
  wasm_rt_externref_t *data;
  uint32_t max_size, size;
} wasm_rt_externref_table_t;
#define wasm_rt_externref_null_value NULL
#define wasm_rt_register_func_type(...) 0u

#endif /* WASM_RT_H_ */
