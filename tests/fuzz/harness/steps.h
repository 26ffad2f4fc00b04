/* Included before the output of wasm2c. It counts every turn of every loop of the core. */
#ifndef FUZZ_STEPS_H
#define FUZZ_STEPS_H

#include <stdint.h>

/** Turns of loops since the last call began. */
extern uint32_t fuzz_steps;

/** Reports that a loop does not end, and ends the process. */
void fuzz_endless(void);

#define FUZZ_STEP() \
  if (++fuzz_steps == 1u << 24) fuzz_endless()

#endif /* FUZZ_STEPS_H */
