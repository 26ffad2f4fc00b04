/*
 * Runs every job in the core and in native C, between two marks: the plugin counts instructions from one to the other. Prints
 * "count NAME" for each count in order, "value NAME NUMBER", and "differs ..." when the core and native C do not agree.
 */
#include <stdio.h>
#include <string.h>

#include "heap.h"
#include "jobs.h"

enum { PAINT = 0x5a5a5a5a, STACK_STEP = 16, ENOUGH = 8192 };

wq_core core;
uint32_t core_base;
room native_room;

#ifdef WQ_AOT
static uint64_t linear_memory[ENOUGH / 8 + 1];
#define BLOCK ((uint8_t *)linear_memory)
#else
#define BLOCK NULL
#endif

/* The lowest address of the stack. */
extern char heap_end[];

/* The marks. */
void count_begin(void);
void count_end(void);
__attribute__((noinline)) void count_begin(void) { __asm__ volatile(""); }
__attribute__((noinline)) void count_end(void) { __asm__ volatile(""); }

static uint32_t deepest;

static char *stack_pointer(void) {
  char *sp;
  __asm__ volatile("mov %0, sp" : "=r"(sp));
  return sp;
}

/* Runs a job between the marks, and notes how deep the stack went below this frame. */
static __attribute__((noinline)) int32_t watched(int32_t (*run)(void)) {
  volatile uint32_t *at;
  char *const sp = stack_pointer();
  int32_t result;
  for (at = (volatile uint32_t *)(void *)heap_end; (char *)at < sp; at++) *at = PAINT;
  count_begin();
  result = run();
  count_end();
  at = (volatile uint32_t *)(void *)heap_end;
  while (*at == PAINT && (char *)at < sp) at++;
  if ((uint32_t)(sp - (char *)at) > deepest) deepest = (uint32_t)(sp - (char *)at);
  return result;
}

static uint32_t take_deepest(void) {
  const uint32_t depth = deepest;
  deepest = 0;
  return depth;
}

/* How an application opens the core, with so much linear memory. */
static wq_options application_options(uint32_t memory_size) {
  wq_options options;
  memset(&options, 0, sizeof options);
  options.module = data_module;
  options.module_size = data_module_size;
  options.stack_size = WQ_STACK_MOST;
  options.memory = BLOCK;
#ifdef WQ_AOT_MASK
  (void)memory_size;
  options.memory_size = WQ_AOT_MEMORY;
#else
  options.memory_size = memory_size;
#endif
  return options;
}

/* The address after the constants of the core. An application knows it, or opens the core once with more than enough. */
static uint32_t first_address(void) {
  const wq_options options = application_options(ENOUGH);
  const uint32_t address = wq_open(&core, &options) == 0 ? (uint32_t)(wq_heap_base(&core) + 7) & ~7u : 0;
  wq_close(&core);
  return address;
}

static wq_options open_options;
static int32_t open_it(void) { return wq_open(&core, &open_options); }

static room *core_room(void) { return (room *)(void *)wq_bytes(&core, core_base, sizeof(room)); }

/* Makes addresses in records relative to the room, so that both rooms can be compared. */
static void normalise(room *at, uint32_t base) {
  uint32_t *const places[] = {&at->packet.topic,   &at->packet.payload,         &at->packet.properties,
                              &at->packet.client_id, &at->packet.will_properties, &at->packet.user_name,
                              &at->packet.password,  &at->property.name};
  uint32_t i;
  for (i = 0; i < sizeof places / sizeof places[0]; i++)
    if (*places[i] != 0) *places[i] -= base;
  if (at->property.type > WQ_PROPERTY_TYPE_VARINT) at->property.value -= base;
}

static uint32_t native_base(void) { return (uint32_t)(uintptr_t)&native_room; }

/* After an error only its place in the records is compared. */
static int is_same(int32_t core_result, int32_t native_result) {
  room *const other = core_room();
  if (core_result != native_result) return 0;
  if (core_result < 0)
    return other->packet.error_offset == native_room.packet.error_offset && other->error_offset == native_room.error_offset;
  normalise(other, core_base);
  normalise(&native_room, native_base());
  return memcmp(other, &native_room, sizeof native_room) == 0;
}

/* Compares both on the input with some bits of one byte changed. With a `change` of 0 the byte becomes 0. */
static void compare(const job *which, uint32_t at, uint8_t change) {
  int32_t core_result, native_result;
  which->prepare(core_room(), core_base);
  which->prepare(&native_room, native_base());
  native_room.input[at] = change == 0 ? 0 : native_room.input[at] ^ change;
  core_room()->input[at] = native_room.input[at];
  core_result = which->core();
  native_result = which->native();
  /* A packet of a type that the yardstick does not implement. */
  if (native_result == WQ_RESULT_INVALID_ARGUMENT) return;
  /* The place of an error of encoding is an address, which is another one in each. */
  if (strncmp(which->name, "encode", 6) == 0 && core_result < 0) native_room.packet.error_offset = core_room()->packet.error_offset;
  if (!is_same(core_result, native_result))
    printf("differs %s byte %u ^ %u: core %d, native %d\n", which->name, (unsigned)at, change, (int)core_result, (int)native_result);
}

static void measure(const job *which) {
  which->prepare(core_room(), core_base);
  const int32_t core_result = watched(which->core);
  int32_t native_result;
  printf("count %s\n", which->name);
  if (core_result < 0) printf("differs %s: core %d\n", which->name, (int)core_result);
  if (!which->native) return;
  const uint32_t depth = take_deepest();
  which->prepare(&native_room, native_base());
  native_result = watched(which->native);
  deepest = depth;
  printf("count %s.native\n", which->name);
  if (!is_same(core_result, native_result))
    printf("differs %s: core %d, native %d\n", which->name, (int)core_result, (int)native_result);
}

/* Compares both with each bit of each byte changed, and with each byte 0. */
static void compare_changed(const job *which) {
  uint32_t at, bit;
  for (at = 0; at < which->changed; at++) {
    for (bit = 0; bit < 8; bit++) compare(which, at, (uint8_t)(1u << bit));
    compare(which, at, 0);
  }
}

#ifndef WQ_AOT
/* Whether all jobs run with so many bytes of WASM stack. */
static int stack_suffices(uint32_t bytes) {
  uint32_t i;
  int is_enough;
  wq_close(&core);
  open_options.stack_size = bytes;
  is_enough = wq_open(&core, &open_options) == 0;
  for (i = 0; is_enough && i < job_count; i++) {
    jobs[i].prepare(core_room(), core_base);
    jobs[i].core();
    is_enough = core.is_open != 0;
  }
  return is_enough;
}

static uint32_t least_stack(void) {
  uint32_t low = WQ_STACK_LEAST / STACK_STEP;
  uint32_t high = WQ_STACK_MOST / STACK_STEP;
  while (low < high) {
    const uint32_t middle = (low + high) / 2;
    if (stack_suffices(middle * STACK_STEP)) high = middle;
    else low = middle + 1;
  }
  return high * STACK_STEP;
}
#endif

static void value(const char *name, uint32_t number) { printf("value %s %lu\n", name, (unsigned long)number); }

/* Opens these parts of the core, and prints what that takes under names with this end. */
static int32_t open_measured(uint32_t parts, const char *end) {
  int32_t result;
  open_options = application_options(core_base + (uint32_t)sizeof(room));
  open_options.parts = parts;
  heap_reset();
  result = watched(open_it);
  if (result != 0) {
    printf("differs open%s: %d %s\n", end, (int)result, core.reason ? core.reason : "");
    return result;
  }
  printf("count startup%s\nvalue heap%s %ld\n", end, end, heap_peak());
  return 0;
}

int main(void) {
  uint32_t i;
  /* Counts what the marks themselves take. */
  count_begin();
  count_end();
  core_base = first_address();
  printf("count nothing\n");
#ifndef WQ_AOT
  if (open_measured(WQ_PART_SESSION | WQ_PART_MQTT, ".client") != 0) return 1;
  wq_close(&core);
#endif
  if (open_measured(0, "") != 0) return 1;
  value("stack.c.open", take_deepest());
  value("instance", sizeof core);
  value("linear", open_options.memory_size);
  for (i = 0; i < job_count; i++) measure(&jobs[i]);
  value("stack.c.calls", take_deepest());
  for (i = 0; i < job_count; i++)
    if (jobs[i].native) compare_changed(&jobs[i]);
#ifndef WQ_AOT
  value("stack.wasm", least_stack());
#endif
  return 0;
}
