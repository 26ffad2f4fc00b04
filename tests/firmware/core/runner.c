/*
 * Replays calls of the core that were recorded in Node, and tries what open must refuse.
 *
 *   runner replay MODULE MEMORY STACK PARTS STEPS RESULTS
 *   runner open|trap|heap|taken|truncations MODULE MEMORY STACK PARTS
 *
 * Steps are 32-bit words. To write bytes: 1, address, length, and the bytes padded to a word. To call a function: 2, its place in
 * WQ_EXPORTS, its arguments. For each call two words go to RESULTS: its result, and a hash of the whole linear memory after it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../heap.h"
#include "wq_core.h"

enum { WRITE = 1, CALL = 2 };

#ifdef WQ_AOT
static uint64_t linear_memory[8193];
#else
static uint64_t linear_memory[1];
#endif
static uint8_t module[1 << 16];
static wq_core core;
static FILE *steps;
static FILE *results;

static uint32_t hash_memory(void) {
  const uint32_t *words = (const uint32_t *)(const void *)wq_bytes(&core, 0, wq_memory_size(&core));
  const uint32_t count = wq_memory_size(&core) / 4;
  uint32_t hash = 2166136261u;
  uint32_t i = 0;
  /* Most of the time of a slow machine is spent here, so the loop does four at once. */
  for (; i + 4 <= count; i += 4) {
    hash = (hash ^ words[i]) * 16777619u;
    hash = (hash ^ words[i + 1]) * 16777619u;
    hash = (hash ^ words[i + 2]) * 16777619u;
    hash = (hash ^ words[i + 3]) * 16777619u;
  }
  for (; i < count; i++) hash = (hash ^ words[i]) * 16777619u;
  return hash;
}

static uint32_t take(void) {
  uint32_t word;
  if (fread(&word, 4, 1, steps) != 1) exit(3);
  return word;
}

static void give(uint32_t word) { fwrite(&word, 4, 1, results); }

#define ARGUMENTS_0
#define ARGUMENTS_1 , a[0]
#define ARGUMENTS_2 ARGUMENTS_1, a[1]
#define ARGUMENTS_3 ARGUMENTS_2, a[2]
#define ARGUMENTS_4 ARGUMENTS_3, a[3]
#define ARGUMENTS_5 ARGUMENTS_4, a[4]
#define ARGUMENTS_6 ARGUMENTS_5, a[5]
#define ARGUMENTS_7 ARGUMENTS_6, a[6]

static void take_many(uint32_t *words, uint32_t count) {
  while (count-- > 0) *words++ = take();
}

/* Calls a function by its place in WQ_EXPORTS. */
static int32_t call(uint32_t function) {
  uint32_t a[7];
  uint32_t number = 0;
#define TRY(count, name, part)                 \
  if (number++ == function) {                  \
    take_many(a, count);                       \
    return wq_##name(&core ARGUMENTS_##count); \
  }
  WQ_EXPORTS(TRY)
  exit(4);
}

static void write_bytes(void) {
  const uint32_t address = take();
  const uint32_t length = take();
  uint8_t *bytes = wq_bytes(&core, address, length);
  uint8_t padding[4];
  if (!bytes || fread(bytes, 1, length, steps) != length) exit(5);
  if (length % 4 != 0 && fread(padding, 1, 4 - length % 4, steps) == 0) exit(5);
}

static int replay(const char *from, const char *to) {
  uint32_t step;
  heap_limit(0);
  steps = fopen(from, "rb");
  results = fopen(to, "wb");
  if (!steps || !results) return 2;
  while (fread(&step, 4, 1, steps) == 1) {
    if (step == WRITE) {
      write_bytes();
    } else if (step == CALL) {
      give((uint32_t)call(take()));
      if (!core.is_open) {
        printf("%s\n", core.reason);
        break;
      }
      give(hash_memory());
    } else {
      return 6;
    }
  }
  return fclose(results);
}

/* A call with an address outside linear memory, one that would be fine, and one after closing and opening. */
static int trap(const wq_options *options) {
  printf("%d\n", (int)wq_hex_encode(&core, 0xfffffff0u, 4, 0, 8));
  printf("%s\n", core.reason);
  printf("%d %d\n", (int)wq_heap_base(&core), wq_bytes(&core, 0, 1) != NULL);
  wq_close(&core);
  printf("%d\n", (int)wq_heap_base(&core));
  printf("%d\n", (int)wq_open(&core, options));
  printf("%d\n", (int)wq_abi_version(&core));
  /* An address that is in bounds only if its upper bits are lost. */
  printf("%d\n", (int)wq_session_deadline(&core, 0xfffffffcu, 0));
  return 0;
}

/* Opens with a heap of one block more each time, until that is enough; then makes a call without any heap. */
static int heap(const wq_options *options) {
  long blocks = 0;
  int32_t result;
  wq_close(&core);
  for (;;) {
    heap_limit(blocks);
    result = wq_open(&core, options);
    if (result == 0) break;
    if (result != WQ_RESULT_ENGINE_MEMORY || heap_live() != 0) {
      printf("block %ld: result %d, %ld blocks left behind\n", blocks, (int)result, heap_live());
      return 1;
    }
    blocks++;
  }
  heap_limit(0);
  result = wq_hex_encode(&core, 2000, 100, 2200, 200);
  wq_close(&core);
  printf("%s %d, %ld blocks left behind\n", blocks > 0 ? "refused" : "never refused", (int)result, heap_live());
  return 0;
}

/* Opens every truncation of the module. */
static int truncations(wq_options options) {
  const uint32_t whole = options.module_size;
  uint32_t opened = 0;
  uint32_t without_parts = 0;
  uint32_t other = 0;
  wq_close(&core);
  for (options.module_size = 0; options.module_size < whole; options.module_size++) {
    /* A copy, so that a sanitizer sees a read past the end. */
    uint8_t *copy = malloc(options.module_size + 1);
    int32_t result;
    memcpy(copy, module, options.module_size);
    options.module = copy;
    result = wq_open(&core, &options);
    if (result == 0) opened++;
    else if (result == WQ_RESULT_MODULE_PARTS) without_parts++;
    else if (result != WQ_RESULT_MODULE_MALFORMED) other++;
    wq_close(&core);
    free(copy);
  }
  printf("%lu opened, %lu refused for lack of parts, %lu refused otherwise\n", (unsigned long)opened,
         (unsigned long)without_parts, (unsigned long)other);
  return 0;
}

int main(int count, char **words) {
  wq_options options;
  FILE *file;
  int32_t result;
  if ((count != 6 && count != 8) || !(file = fopen(words[2], "rb"))) return 2;
  options.module = module;
  options.module_size = (uint32_t)fread(module, 1, sizeof module, file);
  options.memory = (uint8_t *)linear_memory;
  options.memory_size = (uint32_t)atol(words[3]);
  options.stack_size = (uint32_t)atol(words[4]);
  options.parts = (uint32_t)atol(words[5]);
  fclose(file);
  result = wq_open(&core, &options);
  if (strcmp(words[1], "open") == 0) printf("%s\n", result ? wq_result_name(result) : "opened");
  else if (result != 0) printf("%s: %s\n", wq_result_name(result), core.reason);
  else if (strcmp(words[1], "replay") == 0) return count == 8 ? replay(words[6], words[7]) : 2;
  else if (strcmp(words[1], "taken") == 0) printf("%ld\n", heap_live());
  else if (strcmp(words[1], "trap") == 0) return trap(&options);
  else if (strcmp(words[1], "heap") == 0) return heap(&options);
  else if (strcmp(words[1], "truncations") == 0) return truncations(options);
  return result ? 1 : 0;
}
