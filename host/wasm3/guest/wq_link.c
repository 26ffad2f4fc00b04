/* The imports of a guest: the kind of each parameter of a system call, and the native call behind it. */
#include <string.h>

#include "wq_m3.h"
#include "wq_translate.h"

/*
 * The families of calls that are offered: all but fast interrupts, which run native code of the application. A guest has no
 * native code.
 */
#ifndef WQ_GUEST_CALLS
#define WQ_GUEST_CALLS(F)                                                                                          \
  WQ_CALLS_IDENTITY(F) WQ_CALLS_CLOCK(F) WQ_CALLS_NOTIFICATION(F) WQ_CALLS_NETWORK(F) WQ_CALLS_CHANNEL(F)          \
  WQ_CALLS_STREAM(F) WQ_CALLS_HTTP(F) WQ_CALLS_LOGGING(F) WQ_CALLS_CONFIG(F) WQ_CALLS_MQTT(F) WQ_CALLS_TESTING(F) \
  WQ_CALLS_POWER(F) WQ_CALLS_SYSTEM(F) WQ_CALLS_FLASH(F) WQ_CALLS_WIFI(F) WQ_CALLS_PERIPHERAL(F)
#endif

#define MOST_PARAMETERS 4

/** A parameter of a native call. */
typedef union word {
  uint32_t number;
  void *pointer;
} word;

enum parameter_kind {
  PARAMETER_NONE,
  PARAMETER_NUMBER,
  PARAMETER_BYTES,
  PARAMETER_RESULT,
  PARAMETER_PLAIN,
  PARAMETER_STRUCTURE,
  PARAMETER_ADDRESS
};

typedef struct parameter {
  uint8_t kind;
  /** NUMBER, RESULT and PLAIN: size in the guest; BYTES: the parameter that has the length; STRUCTURE: layout */
  uint8_t a;
  /** RESULT: native size */
  uint8_t b;
} parameter;

typedef struct call {
  const char *name;
  enum MvStatus (*make)(const word *words);
  uint8_t count, bad, nested, excess;
  parameter parameters[MOST_PARAMETERS];
} call;

/* The native calls, all with the same signature. */
#define POINTER(index) words[index].pointer
#define WORD(index, type) (type) words[index].number
#define MAKER(name, count, bad, nested, excess, kinds, arguments) \
  static enum MvStatus make_##name(const word *words) {      \
    (void)words;                                             \
    return name arguments;                                   \
  }
WQ_GUEST_CALLS(MAKER)

#define NONE() {PARAMETER_NONE, 0, 0}
#define NUMBER(size) {PARAMETER_NUMBER, size, 0}
#define BYTES_OF(index) {PARAMETER_BYTES, index, 0}
#define RESULT(size, type) {PARAMETER_RESULT, size, sizeof(type)}
#define PLAIN(size) {PARAMETER_PLAIN, size, 0}
#define STRUCTURE(name) {PARAMETER_STRUCTURE, WQ_LAYOUT_##name, 0}
#define ADDRESS() {PARAMETER_ADDRESS, 4, 0}
#define LIST(...) {__VA_ARGS__}
#define ROW(name, count, bad, nested, excess, kinds, arguments) \
  {#name, make_##name, count, MV_STATUS_##bad, MV_STATUS_##nested, MV_STATUS_##excess, LIST kinds},
static const call calls[] = {WQ_GUEST_CALLS(ROW)};

/* Whether a result goes through a copy: an address does, and a number that has another width natively. */
static int is_copied(const parameter *of) {
  return of->kind == PARAMETER_ADDRESS || (of->kind == PARAMETER_RESULT && of->a != of->b);
}

static enum MvStatus pass(wq_copies *copies, const parameter *of, const uint32_t *given, uint32_t index, word *to) {
  wq_guest *const guest = copies->guest;
  const uint32_t address = given[index];
  switch (of->kind) {
    case PARAMETER_NUMBER:
      to->number = address;
      return MV_STATUS_OKAY;
    case PARAMETER_BYTES:
      return wq_guest_buffer(guest, address, given[of->a], 1, &to->pointer) ? MV_STATUS_OKAY : MV_STATUS_PARAMETERFAULT;
    case PARAMETER_STRUCTURE:
      return wq_copy_structure(copies, (enum wq_layout_id)of->a, address, &to->pointer);
    default:
      to->pointer = wq_guest_range(guest, address, of->a, of->kind == PARAMETER_PLAIN ? 4u : of->a);
      if (to->pointer && is_copied(of)) to->pointer = wq_copies_room(copies, sizeof(uint64_t));
      return to->pointer ? MV_STATUS_OKAY : MV_STATUS_PARAMETERFAULT;
  }
}

/* Writes a copied result to the guest. An address outside the guest's memory becomes 0. */
static void give_back(const wq_guest *guest, const parameter *of, uint32_t address, const word *from) {
  uint8_t *const to = guest->memory + address;
  if (of->kind == PARAMETER_ADDRESS) {
    uint32_t offset;
    const uint8_t *place;
    memcpy(&place, from->pointer, sizeof place);
    offset = place >= guest->memory && place < guest->memory + guest->memory_size ? (uint32_t)(place - guest->memory) : 0;
    memcpy(to, &offset, sizeof offset);
  } else {
    memcpy(to, from->pointer, of->a);
  }
}

/* The guest's parameters, cut to the width of their C types. */
static void read_numbers(const call *of, const uint64_t *slots, uint32_t *given) {
  uint32_t i;
  for (i = 0; i < of->count; i++) {
    given[i] = (uint32_t)slots[i];
    if (of->parameters[i].kind == PARAMETER_NUMBER && of->parameters[i].a == 2) given[i] &= 0xffffu;
  }
}

static enum MvStatus make_call(wq_guest *guest, const call *of, const uint32_t *given) {
  wq_copies copies = {guest, 0, (enum MvStatus)of->nested, (enum MvStatus)of->excess};
  enum MvStatus status = MV_STATUS_OKAY;
  word words[MOST_PARAMETERS];
  uint32_t i;
  for (i = 0; i < of->count && status == MV_STATUS_OKAY; i++)
    status = pass(&copies, &of->parameters[i], given, i, &words[i]);
  /* A call without that status has another one for a bad pointer. */
  if (status == MV_STATUS_PARAMETERFAULT) return (enum MvStatus)of->bad;
  if (status != MV_STATUS_OKAY) return status;
  status = of->make(words);
  for (i = 0; i < of->count && status == MV_STATUS_OKAY; i++)
    if (is_copied(&of->parameters[i])) give_back(guest, &of->parameters[i], given[i], &words[i]);
  return status;
}

/* The first slot is for the result, and the parameters follow. Each slot has 64 bits. */
static const void *system_call(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  const call *const of = (const call *)context->userdata;
  uint32_t given[MOST_PARAMETERS];
  (void)memory;
  read_numbers(of, slots + 1, given);
  slots[0] = (uint32_t)make_call((wq_guest *)m3_GetUserData(runtime), of, given);
  return m3Err_none;
}

static const void *host_print(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  wq_guest *const guest = (wq_guest *)m3_GetUserData(runtime);
  const uint32_t length = (uint32_t)slots[1];
  const uint8_t *const text = wq_guest_range(guest, (uint32_t)slots[0], length, 1);
  (void)context;
  (void)memory;
  if (text) guest->options.print(guest->options.context, text, length);
  return m3Err_none;
}

static const void *host_timer(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  wq_guest *const guest = (wq_guest *)m3_GetUserData(runtime);
  (void)context;
  (void)memory;
  guest->options.timer(guest->options.context, (int32_t)(uint32_t)slots[0]);
  return m3Err_none;
}

/* Handlers can run meanwhile: the engine has moved its stack behind the frames of the guest. */
static const void *host_wait(IM3Runtime runtime, IM3ImportContext context, uint64_t *slots, void *memory) {
  wq_guest *const guest = (wq_guest *)m3_GetUserData(runtime);
  int32_t pending;
  (void)context;
  (void)memory;
  guest->state = WQ_GUEST_WAITING;
  pending = guest->options.wait(guest->options.context, (int32_t)(uint32_t)slots[1]);
  if (guest->state != WQ_GUEST_WAITING) return "the handler of an interrupt trapped";
  guest->state = WQ_GUEST_RUNNING;
  slots[0] = (uint32_t)pending;
  return m3Err_none;
}

static M3Result link_host(wq_guest *guest, IM3Module module, const char *name) {
  const wq_guest_options *const options = &guest->options;
  if (options->print && strcmp(name, "mv_host_print") == 0)
    return m3_LinkRawFunction(module, "env", name, "v(ii)", host_print);
  if (options->timer && strcmp(name, "mv_host_timer") == 0)
    return m3_LinkRawFunction(module, "env", name, "v(i)", host_timer);
  if (options->wait && strcmp(name, "mv_host_wait") == 0)
    return m3_LinkRawFunction(module, "env", name, "i(i)", host_wait);
  return m3Err_functionLookupFailed;
}

static M3Result link_function(wq_guest *guest, IM3Module module, const M3ImportInfo *import) {
  static const char *const signatures[MOST_PARAMETERS + 1] = {"i()", "i(i)", "i(ii)", "i(iii)", "i(iiii)"};
  uint32_t i;
  if (strcmp(import->moduleUtf8, "env") != 0) return m3Err_functionLookupFailed;
  for (i = 0; i < sizeof calls / sizeof *calls; i++)
    if (strcmp(calls[i].name, import->fieldUtf8) == 0)
      return m3_LinkRawFunctionEx(module, "env", calls[i].name, signatures[calls[i].count], system_call, &calls[i]);
  return link_host(guest, module, import->fieldUtf8);
}

static int32_t refuse(wq_guest *guest, const M3ImportInfo *import, const char *reason) {
  guest->reason = reason;
  if (guest->options.missing) guest->options.missing(guest->options.context, import->moduleUtf8, import->fieldUtf8);
  return WQ_RESULT_GUEST_IMPORTS;
}

int32_t wq_wasm3_link_microvisor(wq_guest *guest, struct M3Module *module) {
  int32_t result = 0;
  uint32_t i;
  for (i = 0; i < module->numFunctions; i++) {
    const M3ImportInfo *const import = &module->functions[i].import;
    M3Result failure = m3Err_none;
    if (import->moduleUtf8 && import->fieldUtf8) failure = link_function(guest, module, import);
    if (wq_m3_is_memory(failure)) return WQ_RESULT_ENGINE_MEMORY;
    if (failure) result = refuse(guest, import, failure);
  }
  for (i = 0; i < module->numGlobals; i++)
    if (module->globals[i].imported) result = refuse(guest, &module->globals[i].import, "globals are not offered");
  return result;
}
