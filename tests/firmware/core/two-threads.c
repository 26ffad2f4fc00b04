/* Two threads, each with an instance of its own, trap and open again at the same time. Prints what went wrong, or "done". */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "wq_core.h"

enum { ROUNDS = 2000, MEMORY = 4096 };

typedef struct lane {
  wq_core core;
  uint64_t memory[MEMORY / 8];
  pthread_t thread;
  uint32_t faults;
} lane;

static lane lanes[2];

/* One round: a call that succeeds, one that traps, one that is refused. */
static uint32_t round_of(lane *own, const wq_options *options) {
  if (wq_open(&own->core, options) != 0) return 1;
  if (wq_hex_encode(&own->core, 2048, 4, 2100, 8) != 8) return 1;
  if (wq_hex_encode(&own->core, 0xfffffff0u, 4, 0, 8) != WQ_RESULT_TRAPPED) return 1;
  if (strcmp(own->core.reason, "out of bounds memory access") != 0) return 1;
  return wq_heap_base(&own->core) != WQ_RESULT_NOT_OPEN;
}

static void *run(void *argument) {
  lane *const own = argument;
  wq_options options = {NULL, 0, 0, NULL, MEMORY, 0};
  int i;
  options.memory = (uint8_t *)own->memory;
  for (i = 0; i < ROUNDS; i++) own->faults += round_of(own, &options);
  return NULL;
}

int main(void) {
  int i;
  for (i = 0; i < 2; i++)
    if (pthread_create(&lanes[i].thread, NULL, run, &lanes[i]) != 0) return 2;
  for (i = 0; i < 2; i++) pthread_join(lanes[i].thread, NULL);
  if (lanes[0].faults || lanes[1].faults) printf("%u and %u faults\n", (unsigned)lanes[0].faults, (unsigned)lanes[1].faults);
  else printf("done\n");
  return 0;
}
