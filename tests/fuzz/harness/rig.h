/*
 * What every target uses: an open core, the bytes of a run, places in linear memory, and the checks after each call. A target
 * has one function, fuzz_run(), which is called for each input.
 */
#ifndef FUZZ_RIG_H
#define FUZZ_RIG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "steps.h"
#include "wq_core.h"

/* From campaign/targets.ts, in bytes: FUZZ_MEMORY of linear memory, FUZZ_INPUT of the longest input. */
#if !defined(FUZZ_MEMORY) || !defined(FUZZ_INPUT)
#error "campaign/compile.ts defines FUZZ_MEMORY and FUZZ_INPUT"
#endif

extern wq_core fuzz_core;
extern uint8_t *const fuzz_memory;

/** One run of the target. */
void fuzz_run(void);
/** For targets with mutator.c: the number of bytes before the DER. */
extern const uint32_t fuzz_der_from;

/** Ends the run as a finding when the condition is false. `what` is the sentence that is not true. */
#define CHECK(condition, what)           \
  do {                                   \
    if (!(condition)) fuzz_failed(what); \
  } while (0)
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void fuzz_failed(const char *what);

/* Take bytes of the input from the front. After its end they are zeros. */
uint32_t fuzz_u8(void);
uint32_t fuzz_u16(void);
uint32_t fuzz_u32(void);
/** Takes up to `most` bytes. `length` gets how many there were. */
const uint8_t *fuzz_bytes(uint32_t most, uint32_t *length);
uint32_t fuzz_left(void);
/** Takes the next bytes from here instead. They are not copied. */
void fuzz_again(const uint8_t *bytes, uint32_t length);

/* Linear memory. At the start of every run all bytes of the caller are 0xa5. */

/** A place at a multiple of 8, with a gap before it. */
wq_ptr fuzz_place(uint32_t size);
/** Puts bytes at the very end of linear memory, so that reading past them traps. */
wq_ptr fuzz_place_last(const uint8_t *bytes, uint32_t length);
/** Writes on behalf of the caller. */
void fuzz_put(wq_ptr at, const void *bytes, uint32_t length);
void fuzz_fill(wq_ptr at, uint8_t byte, uint32_t length);

#define RECORD(type, at) ((type *)(void *)(fuzz_memory + (at)))

/** Calls the core with a bound for its work, in turns of loops. It must neither trap nor return an unknown code. */
#define CALL(bound, expression) (fuzz_steps = 0, fuzz_called((expression), (bound)))
int32_t fuzz_called(int32_t result, uint32_t bound);

/** A range that calls may have written since the last check. */
typedef struct {
  wq_ptr at;
  uint32_t length;
} fuzz_range;
/** Checks that nothing outside these ranges has changed. They are in ascending order. */
#define WRITTEN(...) \
  fuzz_written((const fuzz_range[]){__VA_ARGS__}, sizeof((const fuzz_range[]){__VA_ARGS__}) / sizeof(fuzz_range))
#define WRITTEN_NOTHING() fuzz_written(NULL, 0)
void fuzz_written(const fuzz_range *ranges, size_t count);

/** The view lies within `size` bytes from `from`. An empty one may lie anywhere. */
void fuzz_inside(wq_ptr view, uint32_t length, wq_ptr from, uint32_t size);

#endif /* FUZZ_RIG_H */
