#include "heap.h"

#include <limits.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static long left = LONG_MAX;
static long live;

void heap_limit(long blocks) { left = blocks; }
long heap_live(void) { return live; }

/* Counts a block that is wanted; 0 when there is none. */
static int allow(void) {
  if (left == 0) return 0;
  left--;
  return 1;
}

static void *counted(void *block) {
  if (block) live++;
  return block;
}

void *__wrap_malloc(size_t size) { return allow() ? counted(__real_malloc(size)) : NULL; }

void *__wrap_calloc(size_t number, size_t size) { return allow() ? counted(__real_calloc(number, size)) : NULL; }

void *__wrap_realloc(void *block, size_t size) {
  if (!allow()) return NULL;
  return block ? __real_realloc(block, size) : counted(__real_realloc(block, size));
}

void __wrap_free(void *block) {
  if (block) live--;
  __real_free(block);
}
