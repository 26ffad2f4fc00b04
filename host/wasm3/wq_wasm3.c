/* The core over wasm3 0.5: each instance has an environment and a runtime, and all code is compiled when it is opened. */
#include "wq_core.h"

#include <string.h>

#include "wq_arity.h"
#include "wq_m3.h"
#include "wq_module.h"

#define PAGE 65536u
#define ALL_PARTS ((1u << WQ_PART_COUNT) - 1)

enum export_index {
#define WQ_INDEX(count, name, part) INDEX_##name,
  WQ_EXPORTS(WQ_INDEX)
#undef WQ_INDEX
};

static const struct {
  const char *name;
  uint8_t parameters;
  uint8_t part;
} exports[WQ_EXPORT_COUNT] = {
#define WQ_ENTRY(count, name, part) {#name, count, WQ_PART_##part},
    WQ_EXPORTS(WQ_ENTRY)
#undef WQ_ENTRY
};

/* Ends the instance. What the engine holds is freed by wq_close(). */
static int32_t fail(wq_core *core, int32_t result, const char *reason) {
  core->is_open = 0;
  core->reason = reason;
  return result;
}

static int32_t call(wq_core *core, enum export_index index, uint32_t count, const uint32_t *arguments) {
  const void *pointers[WQ_MOST_PARAMETERS];
  const IM3Function function = (IM3Function)core->functions[index];
  M3Result failure;
  int32_t result = 0;
  uint32_t i;
  if (!core->is_open) return WQ_RESULT_NOT_OPEN;
  if (!function) return WQ_RESULT_NOT_COMPILED;
  for (i = 0; i < count; i++) pointers[i] = &arguments[i];
  failure = m3_Call(function, count, pointers);
  if (!failure) failure = m3_GetResultsV(function, &result);
  return failure ? fail(core, WQ_RESULT_TRAPPED, failure) : result;
}

#define WQ_BODY_NONE(name) return call(core, INDEX_##name, 0, NULL);
#define WQ_BODY(name, count, ...)            \
  const uint32_t arguments[] = {__VA_ARGS__}; \
  return call(core, INDEX_##name, count, arguments);
WQ_EXPORTS(WQ_DEFINE)

/* Parses and loads the module, which then belongs to the runtime. */
static int32_t load(wq_core *core, const wq_options *options, uint32_t code_size, IM3Module *module) {
  const IM3Runtime runtime = (IM3Runtime)core->runtime;
  M3Result failure = m3_ParseModule((IM3Environment)core->environment, module, options->module, code_size);
  if (failure) return fail(core, wq_m3_is_memory(failure) ? WQ_RESULT_ENGINE_MEMORY : WQ_RESULT_MODULE_MALFORMED, failure);
  runtime->memoryLimit = options->memory_size;
  failure = m3_LoadModule(runtime, *module);
  if (!failure) return 0;
  m3_FreeModule(*module);
  if (wq_m3_is_memory(failure)) return fail(core, WQ_RESULT_ENGINE_MEMORY, failure);
  /* Apart from the heap only a data segment fails here: in a memory that is too short, or of a foreign module. */
  return fail(core, options->memory_size < PAGE ? WQ_RESULT_LINEAR_MEMORY : WQ_RESULT_MODULE_MALFORMED, failure);
}

/* Finds one function, and checks its parameters. */
static M3Result bind(wq_core *core, enum export_index index) {
  IM3Function function;
  uint32_t i;
  const M3Result failure = m3_FindFunction(&function, (IM3Runtime)core->runtime, exports[index].name);
  if (failure) return failure;
  if (m3_GetArgCount(function) != exports[index].parameters) return m3Err_argumentCountMismatch;
  for (i = 0; i < exports[index].parameters; i++)
    if (m3_GetArgType(function, i) != c_m3Type_i32) return m3Err_argumentTypeMismatch;
  if (m3_GetRetCount(function) != 1 || m3_GetRetType(function, 0) != c_m3Type_i32) return m3Err_typeCountMismatch;
  core->functions[index] = function;
  return m3Err_none;
}

/* Compiles the wanted parts completely, so that nothing can fail or allocate later. */
static int32_t compile(wq_core *core, const wq_module_parts *parts, uint32_t wanted, IM3Module module) {
  uint32_t i;
  for (i = 0; i < module->numFunctions; i++) {
    M3Result failure;
    if (!wq_module_wants(parts, i, wanted)) continue;
    failure = CompileFunction(&module->functions[i]);
    if (failure) return fail(core, wq_m3_is_memory(failure) ? WQ_RESULT_ENGINE_MEMORY : WQ_RESULT_MODULE_MALFORMED, failure);
  }
  for (i = 0; i < WQ_EXPORT_COUNT; i++) {
    const M3Result failure = exports[i].part & wanted ? bind(core, (enum export_index)i) : m3Err_none;
    if (failure) return fail(core, WQ_RESULT_MODULE_EXPORTS, failure);
  }
  return 0;
}

static int32_t check(wq_core *core) {
  int32_t heap_base;
  core->is_open = 1;
  if (wq_abi_version(core) != WQ_ABI_VERSION) return fail(core, WQ_RESULT_MODULE_ABI_VERSION, core->reason);
  heap_base = wq_heap_base(core);
  if (heap_base < 0 || (uint32_t)heap_base > core->memory_size) return fail(core, WQ_RESULT_LINEAR_MEMORY, core->reason);
  return 0;
}

static int32_t open(wq_core *core, const wq_options *options, const wq_module_parts *parts) {
  const uint32_t wanted = options->parts ? options->parts | WQ_PART_MEMORY : ALL_PARTS;
  IM3Module module = NULL;
  int32_t result;
  core->environment = m3_NewEnvironment();
  if (!core->environment) return WQ_RESULT_ENGINE_MEMORY;
  core->runtime = m3_NewRuntime((IM3Environment)core->environment, options->stack_size, NULL);
  if (!core->runtime) return WQ_RESULT_ENGINE_MEMORY;
  result = load(core, options, parts->code_size, &module);
  if (!result) result = compile(core, parts, wanted, module);
  if (result) return result;
  core->memory = m3_GetMemory((IM3Runtime)core->runtime, &core->memory_size, 0);
  if (!core->memory || core->memory_size != options->memory_size)
    return fail(core, WQ_RESULT_LINEAR_MEMORY, "wasm3 was compiled with another wq_m3_config.h");
  return check(core);
}

int32_t wq_wasm3_open(wq_core *core, const wq_options *options) {
  wq_module_parts parts;
  const char *reason;
  int32_t result;
  memset(core, 0, sizeof *core);
  if (!options->module || options->stack_size < WQ_STACK_LEAST || options->memory_size == 0 || options->memory_size > PAGE)
    return WQ_RESULT_INVALID_ARGUMENT;
  if (options->parts & ~ALL_PARTS) return WQ_RESULT_INVALID_ARGUMENT;
  result = wq_module_check(options->module, options->module_size, &parts);
  if (!result) result = open(core, options, &parts);
  if (!result) return 0;
  reason = core->reason;
  wq_close(core);
  core->reason = reason;
  return result;
}

void wq_close(wq_core *core) {
  m3_FreeRuntime((IM3Runtime)core->runtime);
  if (core->environment) m3_FreeEnvironment((IM3Environment)core->environment);
  memset(core, 0, sizeof *core);
}
