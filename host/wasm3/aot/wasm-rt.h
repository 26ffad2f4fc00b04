/*
 * The runtime that C of wasm2c (wabt 1.0.32) asks for, in what the core needs of it: one linear memory of any size that the
 * caller owns, and traps that jump back to the call. No heap, no signals, no tables.
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
#define wasm_rt_memcpy __builtin_memcpy
#else
#define LIKELY(condition) (condition)
#define UNLIKELY(condition) (condition)
#define WQ_NO_RETURN
#define wasm_rt_memcpy memcpy
#endif

/* Every access is compared with the size of the memory. The core has no recursion, so calls need not be counted. */
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 0
#define WASM_RT_USE_STACK_DEPTH_COUNT 0

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT
} wasm_rt_trap_t;

/** Leaves the call that is under way. */
WQ_NO_RETURN void wasm_rt_trap(wasm_rt_trap_t trap);

typedef struct {
  uint8_t *data;
  uint32_t pages, max_pages;
  /** bytes; need not be whole pages */
  uint32_t size;
} wasm_rt_memory_t;

/* The memory is there before the instance is made: the module's own idea of its size does not count. */
#define wasm_rt_allocate_memory(memory, initial_pages, most_pages) \
  ((memory)->pages = (initial_pages), (memory)->max_pages = (initial_pages))
#define wasm_rt_free_memory(memory) ((void)(memory))
#define wasm_rt_is_initialized() true

/* wasm2c writes helpers for tables into every module; the core has none. */
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
