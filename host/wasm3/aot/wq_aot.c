/* The core over the C of wasm2c core.wasm -n core -o core.c */
#ifndef WQ_AOT
#error "define WQ_AOT for all sources of the AOT build"
#endif
#include "core.h" /* of wasm2c */
#undef memset
#undef memmove
#include "wq_arity.h"
#include "wq_core.h"

WQ_STATIC_ASSERT(sizeof(Z_core_instance_t) <= sizeof((wq_core *)0)->instance, instance_fits);

static Z_core_instance_t *instance_of(wq_core *core) { return (Z_core_instance_t *)(void *)core->instance; }

/* The memory is the only member of wasm2c's instance. */
static wq_core *core_of(wasm_rt_memory_t *memory) {
  return (wq_core *)(void *)((uint8_t *)memory - offsetof(wq_core, instance));
}

static const char *trap_text(wasm_rt_trap_t trap) {
  switch (trap) {
    case WASM_RT_TRAP_OOB:
      return "out of bounds memory access";
    case WASM_RT_TRAP_UNREACHABLE:
      return "unreachable executed";
    default:
      return "arithmetic trap";
  }
}

static int32_t stop(wq_core *core, int32_t result, const char *reason) {
  core->is_open = 0;
  core->reason = reason;
  return result;
}

void wq_trap(wasm_rt_memory_t *memory, wasm_rt_trap_t trap) {
  wq_core *const core = core_of(memory);
  longjmp(core->landing, stop(core, 1, trap_text(trap)));
}

void wq_trap_outside(wasm_rt_memory_t *memory) { wq_trap(memory, WASM_RT_TRAP_OOB); }

/* The core imports nothing, so calls of an instance do not nest. */
#define WQ_GUARDED(expression)                            \
  if (!core->is_open) return WQ_RESULT_NOT_OPEN;          \
  if (setjmp(core->landing) != 0) return WQ_RESULT_TRAPPED; \
  return (int32_t)(expression);
#define WQ_BODY_NONE(name) WQ_GUARDED(Z_coreZ_##name(instance_of(core)))
#define WQ_BODY(name, count, ...) WQ_GUARDED(Z_coreZ_##name(instance_of(core), __VA_ARGS__))
WQ_EXPORTS(WQ_DEFINE)

int32_t wq_aot_open(wq_core *core, const wq_options *options) {
  wasm_rt_memory_t *memory;
  memset(core, 0, sizeof *core);
  if (!options->memory || ((uintptr_t)options->memory & 7) != 0 || options->memory_size == 0)
    return WQ_RESULT_INVALID_ARGUMENT;
  if (options->memory_size < WQ_MEMORY_LEAST) return WQ_RESULT_LINEAR_MEMORY;
  memory = Z_coreZ_memory(instance_of(core));
  memory->data = core->memory = options->memory;
  memory->size = core->memory_size = options->memory_size;
  core->is_open = 1;
  if (wq_abi_version(core) != WQ_ABI_VERSION) return stop(core, WQ_RESULT_MODULE_ABI_VERSION, NULL);
  /* The constants, which end there, are written without a check. */
  if ((uint32_t)wq_heap_base(core) > core->memory_size)
    return stop(core, WQ_RESULT_LINEAR_MEMORY, trap_text(WASM_RT_TRAP_OOB));
  memset(memory->data, 0, memory->size);
  Z_core_instantiate(instance_of(core));
  return 0;
}

void wq_close(wq_core *core) { memset(core, 0, sizeof *core); }
