/*
 * Calls of a masked core with addresses that are not its own. Its memory is a block of the heap, whose end a sanitizer guards,
 * and lies between bytes that are compared after each call. Prints what went wrong, or "done".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wq_core.h"

enum { GUARD = 4096, ROUNDS = 4000, PAINT = 0x5a, SMALL = 48 };

static wq_core core;
static uint8_t *block;
static wq_options options;

static uint32_t random_word(void) {
  static uint32_t state = 2463534242u;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/* Half of them lie near the end of the memory or of 32 bits, where an access would reach over. */
static uint32_t address(void) {
  const uint32_t word = random_word();
  if (word & 1) return random_word();
  return (word & 2 ? 0u : (uint32_t)WQ_AOT_MASK) - 12u + (word >> 8) % 24u;
}

static int is_untouched(const uint8_t *bytes) {
  uint32_t i;
  for (i = 0; i < GUARD; i++)
    if (bytes[i] != PAINT) return 0;
  return 1;
}

/* Lengths are small: a loop over four gigabytes of wrapped addresses is long, but nothing else. */
static int32_t call(uint32_t number) {
  const uint32_t length = random_word() % SMALL;
  switch (number % 9) {
    case 0: return wq_hex_encode(&core, address(), length, address(), 2 * length);
    case 1: return wq_hex_decode(&core, address(), length, address(), length, address());
    case 2: return wq_utf8_check(&core, address(), length, address());
    case 3: return wq_mqtt_decode(&core, address(), length, 5, length, address());
    case 4: return wq_mqtt_encode(&core, address(), address(), length);
    case 5: return wq_x509_read(&core, address(), length, address());
    case 6: return wq_session_receive(&core, address(), address(), 1000, address(), length);
    case 7: return wq_session_deadline(&core, address(), 0);
    default: return wq_mqtt_topic_match(&core, address(), length, address(), length);
  }
}

static const char *wild(void) {
  uint32_t i, traps = 0;
  for (i = 0; i < ROUNDS; i++) {
    if (call(i) == WQ_RESULT_TRAPPED) {
      traps++;
      if (wq_open(&core, &options) != 0) return "cannot be opened again";
    }
    if (!is_untouched(block) || !is_untouched(block + GUARD + WQ_AOT_MEMORY)) return "wrote outside";
  }
  /* memory.fill and memory.copy are not masked. */
  return traps > 0 ? NULL : "memory.fill and memory.copy did not trap";
}

/* Digits land where the address ends up, wherever above the memory it was. */
static const char *wraps(void) {
  uint32_t times;
  if (wq_open(&core, &options) != 0) return "cannot be opened";
  for (times = 1; times < 0xffffffffu / WQ_AOT_MASK; times += 977) {
    const uint32_t above = times * WQ_AOT_MASK;
    memcpy(wq_bytes(&core, 3000, 2), "\xa5\x0f", 2);
    memset(wq_bytes(&core, 3100, 4), 0, 4);
    if (wq_hex_encode(&core, above + 3000, 2, above + 3100, 4) != 4) return "does not wrap";
    if (memcmp(wq_bytes(&core, 3100, 4), "a50f", 4) != 0) return "wraps to another place";
  }
  return NULL;
}

int main(void) {
  const char *fault;
  const uint32_t whole = GUARD + WQ_AOT_MEMORY + GUARD;
  block = malloc(whole);
  if (!block) return 2;
  memset(block, PAINT, whole);
  options.memory = block + GUARD;
  options.memory_size = WQ_AOT_MEMORY;
  fault = wraps();
  if (!fault) fault = wild();
  printf("%s\n", fault ? fault : "done");
  free(block);
  return 0;
}
