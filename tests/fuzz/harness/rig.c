#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Bytes between two places. */
#define GAP 16u

wq_core fuzz_core;
uint32_t fuzz_steps;

/* The memory of the core, and what it must contain where no call may have written. */
static uint64_t words[FUZZ_MEMORY / 8];
static uint8_t expected[FUZZ_MEMORY];
uint8_t *const fuzz_memory = (uint8_t *)words;

static wq_ptr heap, low, high;
static const uint8_t *next, *end;
/* The call that came nearest to its bound. */
static uint32_t worst_steps, worst_bound = 1;

void fuzz_failed(const char *what) {
  fprintf(stderr, "NOT TRUE: %s\n", what);
  abort();
}

void fuzz_endless(void) { fuzz_failed("every loop ends"); }

uint32_t fuzz_left(void) { return (uint32_t)(end - next); }

uint32_t fuzz_u8(void) { return next < end ? *next++ : 0; }

uint32_t fuzz_u16(void) {
  const uint32_t high_byte = fuzz_u8();
  return high_byte << 8 | fuzz_u8();
}

uint32_t fuzz_u32(void) {
  const uint32_t high_half = fuzz_u16();
  return high_half << 16 | fuzz_u16();
}

const uint8_t *fuzz_bytes(uint32_t most, uint32_t *length) {
  const uint8_t *const bytes = next;
  *length = fuzz_left() < most ? fuzz_left() : most;
  next += *length;
  return bytes;
}

void fuzz_again(const uint8_t *bytes, uint32_t length) {
  next = bytes;
  end = bytes + length;
}

wq_ptr fuzz_place(uint32_t size) {
  const wq_ptr at = (low + GAP + 7) & ~(wq_ptr)7;
  low = at + size;
  if (low + GAP > high) fuzz_failed("the target's places fit into linear memory");
  return at;
}

wq_ptr fuzz_place_last(const uint8_t *bytes, uint32_t length) {
  high = FUZZ_MEMORY - length;
  if (low + GAP > high) fuzz_failed("the target's places fit into linear memory");
  fuzz_put(high, bytes, length);
  return high;
}

void fuzz_put(wq_ptr at, const void *bytes, uint32_t length) {
  if (length == 0) return;
  memcpy(fuzz_memory + at, bytes, length);
  memcpy(expected + at, bytes, length);
}

void fuzz_fill(wq_ptr at, uint8_t byte, uint32_t length) {
  memset(fuzz_memory + at, byte, length);
  memset(expected + at, byte, length);
}

int32_t fuzz_called(int32_t result, uint32_t bound) {
  if (result < 0) {
    CHECK(result != WQ_RESULT_TRAPPED, fuzz_core.reason);
    CHECK(result > -900 && wq_result_name(result) != NULL, "a result below zero is in the table of result codes");
  }
  CHECK(fuzz_steps <= bound, "the work of a call is bounded by the length of its input");
  if ((uint64_t)fuzz_steps * worst_bound > (uint64_t)worst_steps * bound) {
    worst_steps = fuzz_steps;
    worst_bound = bound;
  }
  return result;
}

void fuzz_written(const fuzz_range *ranges, size_t count) {
  wq_ptr at = 0;
  for (size_t i = 0; i <= count; i++) {
    const wq_ptr to = i < count ? ranges[i].at : FUZZ_MEMORY;
    if (i < count && ranges[i].length == 0) continue;
    CHECK(to >= at, "the target names its ranges in ascending order");
    CHECK(memcmp(fuzz_memory + at, expected + at, to - at) == 0, "nothing outside the caller's ranges is written");
    if (i == count) break;
    memcpy(expected + to, fuzz_memory + to, ranges[i].length);
    at = to + ranges[i].length;
  }
}

void fuzz_inside(wq_ptr view, uint32_t length, wq_ptr from, uint32_t size) {
  if (length == 0 && view == 0) return;
  CHECK(view >= from && view - from <= size && length <= size - (view - from), "a view lies within the input");
}

static void say_at_end(void) {
  fprintf(stderr, "WORK: %u turns of loops where %u are allowed\n", (unsigned)worst_steps, (unsigned)worst_bound);
  fprintf(stderr, "PROCESSOR: %.2f\n", (double)clock() / CLOCKS_PER_SEC);
}

int LLVMFuzzerInitialize(int *count, char ***words_of_command);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *count, char ***words_of_command) {
  wq_options options;
  (void)count;
  (void)words_of_command;
  memset(&options, 0, sizeof options);
  options.memory = fuzz_memory;
  options.memory_size = FUZZ_MEMORY;
  if (wq_open(&fuzz_core, &options) < 0) fuzz_failed("the core opens");
  heap = (wq_ptr)wq_heap_base(&fuzz_core);
  memcpy(expected, fuzz_memory, FUZZ_MEMORY);
  atexit(say_at_end);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  low = heap;
  high = FUZZ_MEMORY;
  next = data;
  end = data + (size < FUZZ_INPUT ? size : FUZZ_INPUT);
  fuzz_fill(heap, 0xa5, FUZZ_MEMORY - heap);
  fuzz_run();
  return 0;
}
