/* A guest from open to close. Each has an environment and a runtime of wasm3, and is compiled when it is opened. */
#include "wq_guest.h"

#include <string.h>

#include "wq_guest_calls.h"
#include "wq_m3.h"
#include "wq_module.h"

#define PAGE 65536u
#define LEAST_STACK 256u

/* wasm3 keeps a head before linear memory. */
WQ_STATIC_ASSERT(sizeof(M3MemoryHeader) <= WQ_GUEST_ALIGNMENT, head_fits);

static int32_t fail(wq_guest *guest, int32_t result, const char *reason) {
  guest->reason = reason;
  return result;
}

static int32_t engine_failure(wq_guest *guest, M3Result failure) {
  return fail(guest, wq_m3_is_memory(failure) ? WQ_RESULT_ENGINE_MEMORY : WQ_RESULT_MODULE_MALFORMED, failure);
}

/* Returns an exported function, or NULL. The engine's own search would also find internal names. */
static IM3Function find(const wq_guest *guest, const char *name) {
  uint32_t i, k;
  for (i = 0; i < guest->module->numFunctions; i++) {
    const IM3Function function = &guest->module->functions[i];
    if (!function->export_name) continue;
    if (strcmp(function->export_name, name) == 0) return function;
    /* Other names under which it is exported. */
    for (k = 0; k < function->numNames; k++)
      if (strcmp(function->names[k], name) == 0) return function;
  }
  return NULL;
}

static int32_t trapped(wq_guest *guest, const char *reason) {
  guest->state = WQ_GUEST_TRAPPED;
  return fail(guest, WQ_RESULT_TRAPPED, reason);
}

static int32_t check_state(const wq_guest *guest) {
  if (guest->state == WQ_GUEST_CLOSED || guest->state == WQ_GUEST_TRAPPED) return WQ_RESULT_NOT_OPEN;
  return guest->state == WQ_GUEST_RUNNING ? WQ_RESULT_GUEST_BUSY : 0;
}

static int32_t enter(wq_guest *guest, IM3Function function, uint32_t count, const void **parameters) {
  const enum wq_guest_state before = guest->state;
  M3Result failure;
  guest->state = WQ_GUEST_RUNNING;
  failure = m3_Call(function, count, parameters);
  if (failure) return trapped(guest, failure);
  guest->state = before;
  return 0;
}

/* Makes the caller's memory that of the module: buffers are aligned in it, and the heap is not used. */
static void place_memory(wq_guest *guest) {
  const IM3Runtime runtime = (IM3Runtime)guest->runtime;
  const uint32_t pages = guest->module->memoryInfo.initPages;
  M3MemoryHeader *head;
  guest->memory = guest->options.memory + WQ_GUEST_ALIGNMENT;
  guest->memory_size = guest->options.memory_size - WQ_GUEST_ALIGNMENT;
  if (pages < PAGE && guest->memory_size > pages * PAGE) guest->memory_size = pages * PAGE;
  memset(guest->memory, 0, guest->memory_size);
  head = (M3MemoryHeader *)(void *)guest->memory - 1;
  head->runtime = runtime;
  head->maxStack = (m3slot_t *)runtime->stack + runtime->numStackSlots;
  head->length = guest->memory_size;
  runtime->memory.mallocated = head;
  runtime->memory.numPages = pages;
  runtime->memory.maxPages = pages;
  /* Keeps the engine from allocating memory. */
  guest->module->memoryImported = true;
}

static int32_t load(wq_guest *guest) {
  const wq_guest_options *const options = &guest->options;
  IM3Module module;
  M3Result failure = m3_ParseModule((IM3Environment)guest->environment, &module, options->module, options->module_size);
  if (failure) return engine_failure(guest, failure);
  guest->module = module;
  if (module->memoryImported) {
    if (options->missing) options->missing(options->context, "env", "memory");
    m3_FreeModule(module);
    return fail(guest, WQ_RESULT_GUEST_IMPORTS, "memory is not offered");
  }
  place_memory(guest);
  failure = m3_LoadModule((IM3Runtime)guest->runtime, module);
  if (!failure) return 0;
  m3_FreeModule(module);
  if (wq_m3_is_memory(failure)) return fail(guest, WQ_RESULT_ENGINE_MEMORY, failure);
  /* Apart from the heap only a data segment that does not fit fails here. */
  return fail(guest, WQ_RESULT_LINEAR_MEMORY, failure);
}

static int32_t check_exports(wq_guest *guest) {
  uint32_t i;
  if (!find(guest, "mv_app_start") && !find(guest, "_start") && !find(guest, "main"))
    return fail(guest, WQ_RESULT_GUEST_EXPORTS, "no mv_app_start");
  for (i = 0; i < guest->module->numFunctions; i++) {
    const char *const name = guest->module->functions[i].import.fieldUtf8;
    if (name && strcmp(name, "mv_host_timer") == 0 && !find(guest, "mv_app_timer"))
      return fail(guest, WQ_RESULT_GUEST_EXPORTS, "no mv_app_timer");
  }
  return 0;
}

static int32_t open(wq_guest *guest) {
  M3Result failure;
  int32_t result;
  guest->environment = m3_NewEnvironment();
  if (!guest->environment) return WQ_RESULT_ENGINE_MEMORY;
  guest->runtime = m3_NewRuntime((IM3Environment)guest->environment, guest->options.stack_size, guest);
  if (!guest->runtime) return WQ_RESULT_ENGINE_MEMORY;
  result = load(guest);
  if (!result) result = wq_wasm3_link_microvisor(guest, guest->module);
  if (!result) result = check_exports(guest);
  if (result) return result;
  failure = m3_CompileModule(guest->module);
  if (failure) return engine_failure(guest, failure);
  guest->state = WQ_GUEST_RUNNING;
  failure = m3_RunStart(guest->module);
  if (failure) return trapped(guest, failure);
  guest->state = WQ_GUEST_IDLE;
  return 0;
}

/* Checks for complete sections, with code, and with data if the module announces it. */
static int32_t check_module(const uint8_t *module, uint32_t size) {
  uint32_t required = WQ_SECTION(WQ_SECTION_TYPE) | WQ_SECTION(WQ_SECTION_EXPORT) | WQ_SECTION(WQ_SECTION_CODE);
  wq_module_parts parts;
  uint32_t seen;
  const int32_t result = wq_module_scan(module, size, &parts, &seen);
  if (result) return result;
  if (seen & WQ_SECTION(WQ_SECTION_DATA_COUNT)) required |= WQ_SECTION(WQ_SECTION_DATA);
  return (seen & required) == required ? 0 : WQ_RESULT_MODULE_MALFORMED;
}

static int options_are_good(const wq_guest_options *options) {
  return options->module && options->memory && (uintptr_t)options->memory % WQ_GUEST_ALIGNMENT == 0 &&
         options->memory_size > WQ_GUEST_ALIGNMENT && options->stack_size >= LEAST_STACK;
}

int32_t wq_guest_open(wq_guest *guest, const wq_guest_options *options) {
  const char *reason;
  int32_t result;
  memset(guest, 0, sizeof *guest);
  if (!options_are_good(options)) return WQ_RESULT_INVALID_ARGUMENT;
  guest->options = *options;
  result = check_module(options->module, options->module_size);
  if (!result) result = open(guest);
  if (!result) return 0;
  reason = guest->reason;
  wq_guest_close(guest);
  guest->reason = reason;
  return result;
}

int32_t wq_guest_call(wq_guest *guest, const char *name, int32_t *value) {
  int32_t result = check_state(guest);
  IM3Function function;
  if (value) *value = 0;
  if (result) return result;
  function = find(guest, name);
  if (!function || m3_GetArgCount(function) != 0) return WQ_RESULT_GUEST_EXPORTS;
  result = enter(guest, function, 0, NULL);
  if (!result && value && m3_GetRetCount(function) == 1 && m3_GetRetType(function, 0) == c_m3Type_i32)
    m3_GetResultsV(function, value);
  return result;
}

int32_t wq_guest_start(wq_guest *guest) {
  static const char *const names[] = {"mv_app_start", "_start", "main"};
  int32_t result = wq_guest_call(guest, "_initialize", NULL);
  uint32_t i;
  if (result && result != WQ_RESULT_GUEST_EXPORTS) return result;
  for (i = 0; i < sizeof names / sizeof *names; i++) {
    result = wq_guest_call(guest, names[i], NULL);
    if (result != WQ_RESULT_GUEST_EXPORTS) break;
  }
  return result;
}

int32_t wq_guest_timer(wq_guest *guest) { return wq_guest_call(guest, "mv_app_timer", NULL); }

/* The name of the handler of an existing interrupt. */
static const char *handler_name(uint32_t irq, char *name, size_t size) {
  static const char names[] = WQ_INTERRUPT_NAMES;
  static const char ending[] = "_IRQHandler";
  const char *stem = names;
  size_t length;
  for (; irq > 0; irq--) stem += strlen(stem) + 1;
  length = strlen(stem);
  if (length + sizeof ending > size) return "";
  memcpy(name, stem, length);
  memcpy(name + length, ending, sizeof ending);
  return name;
}

int32_t wq_guest_interrupt(wq_guest *guest, uint32_t irq) {
  const void *const parameters[] = {&irq};
  char name[48];
  int32_t result = check_state(guest);
  IM3Function function;
  if (irq >= WQ_INTERRUPT_COUNT) return WQ_RESULT_INVALID_ARGUMENT;
  if (result) return result;
  result = wq_guest_call(guest, handler_name(irq, name, sizeof name), NULL);
  if (result != WQ_RESULT_GUEST_EXPORTS) return result;
  function = find(guest, "mv_irq");
  if (!function || m3_GetArgCount(function) != 1 || m3_GetArgType(function, 0) != c_m3Type_i32) return result;
  return enter(guest, function, 1, (const void **)parameters);
}

uint8_t *wq_guest_bytes(wq_guest *guest, wq_ptr address, uint32_t length) {
  if (guest->state == WQ_GUEST_CLOSED || length > guest->memory_size || address > guest->memory_size - length) return NULL;
  return guest->memory + address;
}

void wq_guest_close(wq_guest *guest) {
  /* The memory belongs to the caller. */
  if (guest->runtime) ((IM3Runtime)guest->runtime)->memory.mallocated = NULL;
  m3_FreeRuntime((IM3Runtime)guest->runtime);
  if (guest->environment) m3_FreeEnvironment((IM3Environment)guest->environment);
  memset(guest, 0, sizeof *guest);
}
