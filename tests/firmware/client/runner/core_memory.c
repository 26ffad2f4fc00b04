#include "core_memory.h"

#include <stdio.h>
#include <string.h>

wq_core core;

#ifdef WQ_AOT
static uint64_t words[MEMORY / 8];
#endif

int open_core(const char *name) {
  wq_options options = {NULL, 0, WQ_STACK_MOST, NULL, MEMORY, WQ_PART_MQTT | WQ_PART_SESSION};
#ifdef WQ_AOT
  (void)name;
  options.memory = (uint8_t *)words;
#else
  static uint8_t module[32768];
  FILE *const file = fopen(name, "rb");
  if (!file) return 0;
  options.module = module;
  options.module_size = (uint32_t)fread(module, 1, sizeof module, file);
  fclose(file);
#endif
  return wq_open(&core, &options) == 0;
}

void fill_memory(void) {
  const wq_ptr base = (wq_ptr)wq_heap_base(&core);
  memset(wq_bytes(&core, base, MEMORY - base), GUARD, MEMORY - base);
}

int is_untouched_from(wq_ptr address) {
  for (; address < MEMORY; address++)
    if (*wq_bytes(&core, address, 1) != GUARD) return 0;
  return 1;
}
