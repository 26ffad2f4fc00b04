/*
 * What the targets are made with: an open core, the bytes of a run, places in linear memory, and what has to hold after each
 * call. A target has one function, fuzz_run(), that is called for each input.
 */
#ifndef FUZZ_RIG_H
#define FUZZ_RIG_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "steps.h"
#include "wq_core.h"

/* campaign/targets.ts says how much of linear memory there is (FUZZ_MEMORY, bytes), and how long an input is (FUZZ_INPUT, bytes). */
#if !defined(FUZZ_MEMORY) || !defined(FUZZ_INPUT)
#error "campaign/compile.ts defines FUZZ_MEMORY and FUZZ_INPUT"
#endif

extern wq_core fuzz_core;
extern uint8_t *const fuzz_memory;

/** One run of the target. */
void fuzz_run(void);
/** Of targets with mutator.c: how many bytes stand before the DER. */
extern const uint32_t fuzz_der_from;

/** Ends the run as a finding when the condition does not hold; `what` is the sentence that was not true. */
#define CHECK(condition, what)           \
  do {                                   \
    if (!(condition)) fuzz_failed(what); \
  } while (0)
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void fuzz_failed(const char *what);

/* The bytes of the run, from the front; zeros behind the end. */
uint32_t fuzz_u8(void);
uint32_t fuzz_u16(void);
uint32_t fuzz_u32(void);
/** Takes up to `most` bytes; says how many there were. */
const uint8_t *fuzz_bytes(uint32_t most, uint32_t *length);
uint32_t fuzz_left(void);
/** What is taken next comes from these bytes, which stay where they are. */
void fuzz_again(const uint8_t *bytes, uint32_t length);

/* Linear memory. Every run begins with 0xa5 in all that is the caller's. */

/** A place at a multiple of 8, with some bytes before it that belong to nobody. */
wq_ptr fuzz_place(uint32_t size);
/** Puts bytes to the very end of linear memory, so that a look behind them traps. */
wq_ptr fuzz_place_last(const uint8_t *bytes, uint32_t length);
/** Writes as the caller does. */
void fuzz_put(wq_ptr at, const void *bytes, uint32_t length);
void fuzz_fill(wq_ptr at, uint8_t byte, uint32_t length);

#define RECORD(type, at) ((type *)(void *)(fuzz_memory + (at)))

/** A call of the core with a bound for its work, in turns of loops. It must neither trap nor give a code that is in no table. */
#define CALL(bound, expression) (fuzz_steps = 0, fuzz_called((expression), (bound)))
int32_t fuzz_called(int32_t result, uint32_t bound);

/** Ranges, in ascending order, which the calls since the last time may have written. All else must be as before. */
typedef struct {
  wq_ptr at;
  uint32_t length;
} fuzz_range;
#define WRITTEN(...) \
  fuzz_written((const fuzz_range[]){__VA_ARGS__}, sizeof((const fuzz_range[]){__VA_ARGS__}) / sizeof(fuzz_range))
#define WRITTEN_NOTHING() fuzz_written(NULL, 0)
void fuzz_written(const fuzz_range *ranges, size_t count);

/** The view lies within `size` bytes from `from`; an empty one may be nowhere. */
void fuzz_inside(wq_ptr view, uint32_t length, wq_ptr from, uint32_t size);

#endif /* FUZZ_RIG_H */
