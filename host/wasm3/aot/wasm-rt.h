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

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT
} wasm_rt_trap_t;

typedef struct {
  uint8_t *data;
  /** bytes, not necessarily whole pages */
  uint32_t size;
} wasm_rt_memory_t;

/** wq_trap ends the current call of the instance that this memory belongs to. */
WQ_NO_RETURN void wq_trap(wasm_rt_memory_t *memory, wasm_rt_trap_t trap);
/** wq_trap_outside is wq_trap with WASM_RT_TRAP_OOB: with one argument, the many places that call it are shorter. */
WQ_NO_RETURN void wq_trap_outside(wasm_rt_memory_t *memory);

/*
 * wasm2c's traps do not say which instance they are of. Where functions trap, `instance` is a parameter. Its own checks of
 * addresses do nothing and are left out by the compiler: the checks below, of the copies after them, know the memory.
 */
#define wasm_rt_trap(trap) WQ_ON_##trap
#define WQ_ON_WASM_RT_TRAP_OOB ((void)0)
#define WQ_ON_WASM_RT_TRAP_INT_OVERFLOW wq_trap(&instance->w2c_memory, WASM_RT_TRAP_INT_OVERFLOW)
#define WQ_ON_WASM_RT_TRAP_DIV_BY_ZERO wq_trap(&instance->w2c_memory, WASM_RT_TRAP_DIV_BY_ZERO)
#define WQ_ON_WASM_RT_TRAP_INVALID_CONVERSION wq_trap(&instance->w2c_memory, WASM_RT_TRAP_INVALID_CONVERSION)
#define WQ_ON_WASM_RT_TRAP_UNREACHABLE wq_trap(&instance->w2c_memory, WASM_RT_TRAP_UNREACHABLE)
#define WQ_ON_WASM_RT_TRAP_CALL_INDIRECT wq_trap(&instance->w2c_memory, WASM_RT_TRAP_CALL_INDIRECT)

/* The copy of each load and store, where `mem` and `addr` are variables. */
#define wasm_rt_memcpy(to, from, length)                                                \
  do {                                                                                  \
    if (UNLIKELY(addr >> 32 != 0 || (uint32_t)addr > mem->size - (uint32_t)(length))) { \
      wq_trap_outside(mem);                                                             \
    }                                                                                   \
    WQ_COPY(to, from, length);                                                          \
  } while (0)
/** The smallest memory, with which the difference above is never below zero. */
#define WQ_MEMORY_LEAST 8u

static inline int wq_is_outside(const wasm_rt_memory_t *memory, uint32_t address, uint32_t length) {
  return length > memory->size || address > memory->size - length;
}

/* memory.fill */
static inline void wq_fill(wasm_rt_memory_t *memory, uint32_t address, int value, uint32_t length) {
  if (UNLIKELY(wq_is_outside(memory, address, length))) wq_trap_outside(memory);
  memset(memory->data + address, value, length);
}

/* memory.copy. Some libraries move bytes one at a time. Ranges that do not overlap, which are most, are copied instead. */
static inline void wq_move(wasm_rt_memory_t *memory, uint32_t to, uint32_t from, uint32_t length) {
  if (UNLIKELY(wq_is_outside(memory, to, length) || wq_is_outside(memory, from, length))) wq_trap_outside(memory);
  if (to - from >= length && from - to >= length) memcpy(memory->data + to, memory->data + from, length);
  else memmove(memory->data + to, memory->data + from, length);
}
/* wasm2c's helpers for both, and one for tables, have these parameters. */
#define memset(to, value, length) wq_fill(mem, d, (int)(value), length)
#define memmove(to, from, length) wq_move((wasm_rt_memory_t *)(void *)dest, dest_addr, src_addr, (uint32_t)(length))

/* The memory exists before the instance is made. The size that the module asks for does not count. */
#define wasm_rt_allocate_memory(memory, initial_pages, most_pages) ((void)(memory))
#define wasm_rt_free_memory(memory) ((void)(memory))
/* Nothing of the program has to be initialized: instances share constants only. */
#undef assert
#define assert(condition) ((void)0)

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
