/* The core over the C of wasm2c core.wasm -n core -o core.c */
#ifndef WQ_AOT
#error "define WQ_AOT for all sources of the AOT build"
#endif
#include <setjmp.h>

#include "core.h" /* of wasm2c */
#include "wq_arity.h"
#include "wq_core.h"

#ifndef WQ_THREAD_LOCAL
#define WQ_THREAD_LOCAL
#endif

/* Where a trap jumps. The core imports nothing, so calls do not nest. */
static WQ_THREAD_LOCAL jmp_buf trapped;

WQ_STATIC_ASSERT(sizeof(Z_core_instance_t) <= sizeof((wq_core *)0)->instance, instance_fits);

static Z_core_instance_t *instance_of(wq_core *core) { return (Z_core_instance_t *)(void *)core->instance; }

/* setjmp() returns the trap; WASM_RT_TRAP_NONE is 0, which it returns the first time. */
void wasm_rt_trap(wasm_rt_trap_t trap) { longjmp(trapped, (int)trap); }

static const char *trap_text(int trap) {
  switch (trap) {
    case WASM_RT_TRAP_OOB:
      return "out of bounds memory access";
    case WASM_RT_TRAP_UNREACHABLE:
      return "unreachable executed";
    default:
      return "arithmetic trap";
  }
}

static int32_t stop(wq_core *core, int32_t result, int trap) {
  core->is_open = 0;
  core->reason = trap_text(trap);
  return result;
}

#define WQ_GUARDED(expression)                          \
  int trap;                                             \
  if (!core->is_open) return WQ_RESULT_NOT_OPEN;        \
  trap = setjmp(trapped);                               \
  if (trap) return stop(core, WQ_RESULT_TRAPPED, trap); \
  return (int32_t)(expression);
#define WQ_BODY_NONE(name) WQ_GUARDED(Z_coreZ_##name(instance_of(core)))
#define WQ_BODY(name, count, ...) WQ_GUARDED(Z_coreZ_##name(instance_of(core), __VA_ARGS__))
WQ_EXPORTS(WQ_DEFINE)

int32_t wq_aot_open(wq_core *core, const wq_options *options) {
  wasm_rt_memory_t *memory;
  int trap;
  memset(core, 0, sizeof *core);
  if (!options->memory || ((uintptr_t)options->memory & 7) != 0 || options->memory_size == 0)
    return WQ_RESULT_INVALID_ARGUMENT;
  memory = Z_coreZ_memory(instance_of(core));
  if (options->memory_size < WQ_MEMORY_LEAST) return WQ_RESULT_LINEAR_MEMORY;
  memory->data = options->memory;
  memory->size = options->memory_size;
  memset(memory->data, 0, memory->size);
  trap = setjmp(trapped);
  if (trap) return stop(core, WQ_RESULT_LINEAR_MEMORY, trap);
  Z_core_init_module();
  Z_core_instantiate(instance_of(core));
  core->memory = options->memory;
  core->memory_size = options->memory_size;
  core->is_open = 1;
  if (wq_abi_version(core) != WQ_ABI_VERSION) return stop(core, WQ_RESULT_MODULE_ABI_VERSION, 0);
  if ((uint32_t)wq_heap_base(core) > core->memory_size) return stop(core, WQ_RESULT_LINEAR_MEMORY, WASM_RT_TRAP_OOB);
  return 0;
}

void wq_close(wq_core *core) { memset(core, 0, sizeof *core); }
