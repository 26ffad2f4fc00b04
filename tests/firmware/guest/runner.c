/*
 * Runs a guest over the stand-in: takes steps from the lines of a file, and prints what comes of each.
 *   guest <module> <bytes of memory> <file>|truncations|heap
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../heap.h"
#include "stand-in.h"
#define WQ_RESULT_TEXT
#include "wq_guest.h"

#define STACK 4096u

static uint8_t module[1 << 16];
/** The most bytes of linear memory for a guest. */
#ifndef MEMORY
#define MEMORY 65536u
#endif
static uint64_t block[(WQ_GUEST_MEMORY(MEMORY) + WQ_GUEST_ALIGNMENT) / 8];
static wq_guest guest;
static uint32_t waiting_for;

static void print(void *context, const uint8_t *text, uint32_t length) {
  (void)context;
  printf("print %.*s\n", (int)length, (const char *)text);
}

static void timer(void *context, int32_t milliseconds) {
  (void)context;
  printf("timer %d\n", (int)milliseconds);
}

static int32_t wait(void *context, int32_t milliseconds) {
  (void)context;
  printf("wait %d\n", (int)milliseconds);
  if (waiting_for) printf("inside %d\n", (int)wq_guest_interrupt(&guest, waiting_for));
  return waiting_for != 0;
}

static void missing(void *context, const char *from, const char *name) {
  (void)context;
  printf("missing %s.%s\n", from, name);
}

static const char *name_of(int32_t result) {
  return result == 0 ? "OK" : wq_result_name(result);
}

static void peek(uint32_t address, uint32_t length) {
  const uint8_t *bytes = wq_guest_bytes(&guest, address, length);
  uint32_t i;
  for (i = 0; bytes && i < length; i++) printf("%02x", bytes[i]);
  puts(bytes ? "" : "outside");
}

static void poke(uint32_t address, const char *digits) {
  const uint32_t length = (uint32_t)strlen(digits) / 2;
  uint8_t *bytes = wq_guest_bytes(&guest, address, length);
  uint32_t i;
  if (!bytes) puts("outside");
  for (i = 0; bytes && i < length; i++) {
    const char pair[3] = {digits[2 * i], digits[2 * i + 1], 0};
    bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
  }
}

/* Zeroes memory, for a guest that keeps nothing there. */
static void clear(void) {
  const uint32_t size = guest.memory_size;
  memset(wq_guest_bytes(&guest, 0, size), 0, size);
  stand_in_forget();
}

/* Writes to a buffer as the kernel may do after the call. */
static void write_later(const char *text) { memcpy(stand_in_buffer, text, strlen(text)); }

static void step(const char *command, const char *word, uint32_t number) {
  int32_t value;
  if (strcmp(command, "start") == 0) printf("start %s\n", name_of(wq_guest_start(&guest)));
  if (strcmp(command, "timer") == 0) printf("timer %s\n", name_of(wq_guest_timer(&guest)));
  if (strcmp(command, "irq") == 0) printf("irq %s\n", name_of(wq_guest_interrupt(&guest, (uint32_t)atoi(word))));
  if (strcmp(command, "waiting") == 0) waiting_for = (uint32_t)atoi(word);
  if (strcmp(command, "tell") == 0) stand_in_tell(word, (int)number);
  if (strcmp(command, "clear") == 0) clear();
  if (strcmp(command, "later") == 0) write_later(word);
  if (strcmp(command, "peek") == 0) peek((uint32_t)atoi(word), number);
  if (strcmp(command, "call") == 0) {
    const int32_t result = wq_guest_call(&guest, word, &value);
    printf("%s %d\n", name_of(result), (int)value);
  }
}

static void run(const char *file) {
  static char line[8192];
  FILE *steps = fopen(file, "r");
  while (fgets(line, sizeof line, steps)) {
    const char *const command = strtok(line, " \n");
    const char *const word = strtok(NULL, " \n");
    const char *const last = strtok(NULL, " \n");
    if (command && strcmp(command, "poke") == 0)
      poke((uint32_t)atoi(word), last);
    else if (command)
      step(command, word, last ? (uint32_t)atoi(last) : 0);
  }
  fclose(steps);
}

/* Opens every truncation of the module. */
static void truncations(wq_guest_options *options) {
  const uint32_t whole = options->module_size;
  uint32_t opened = 0, otherwise = 0;
  for (options->module_size = 0; options->module_size < whole; options->module_size++) {
    const int32_t result = wq_guest_open(&guest, options);
    if (result == 0) opened++;
    if (result != 0 && result != WQ_RESULT_MODULE_MALFORMED) otherwise++;
    wq_guest_close(&guest);
  }
  printf("%u opened, %u refused otherwise\n", (unsigned)opened, (unsigned)otherwise);
}

/* Opens with a heap of one block more each time, until that is enough; then starts the guest without any heap. */
static void heap(const wq_guest_options *options) {
  long blocks = 0, otherwise = 0;
  int32_t result;
  for (;; blocks++) {
    heap_limit(blocks);
    result = wq_guest_open(&guest, options);
    if (result == 0) break;
    if (result != WQ_RESULT_ENGINE_MEMORY) otherwise++;
  }
  heap_limit(0);
  result = wq_guest_start(&guest);
  wq_guest_close(&guest);
  heap_limit(1000);
  printf("\nrefused %ld, %ld otherwise, start %s, left behind %ld\n", blocks, otherwise, name_of(result), heap_live());
}

int main(int count, char **words) {
  const uintptr_t base = ((uintptr_t)block + WQ_GUEST_ALIGNMENT - 1) & ~(uintptr_t)(WQ_GUEST_ALIGNMENT - 1);
  wq_guest_options options = {module, 0, STACK, (uint8_t *)base, 0, NULL, print, timer, wait, missing};
  FILE *file = count == 4 ? fopen(words[1], "rb") : NULL;
  int32_t result;
  if (!file) return 2;
  options.module_size = (uint32_t)fread(module, 1, sizeof module, file);
  fclose(file);
  options.memory_size = WQ_GUEST_MEMORY((uint32_t)atoi(words[2]));
  if (strcmp(words[3], "truncations") == 0) {
    truncations(&options);
    return 0;
  }
  if (strcmp(words[3], "heap") == 0) {
    heap(&options);
    return 0;
  }
  result = wq_guest_open(&guest, &options);
  printf("open %s\n", name_of(result));
  if (result == 0) run(words[3]);
  if (guest.reason) printf("reason %s\n", guest.reason);
  wq_guest_close(&guest);
  return 0;
}
