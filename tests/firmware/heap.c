#include "heap.h"

#include <limits.h>
#include <malloc.h>
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
static long bytes;
static long peak;

void heap_limit(long blocks) { left = blocks; }
long heap_live(void) { return live; }
long heap_peak(void) { return peak; }
void heap_reset(void) { peak = bytes; }

/* Counts a wanted block. Returns 0 when the limit is reached. */
static int allow(void) {
  if (left == 0) return 0;
  left--;
  return 1;
}

static long size_of(void *block) { return block ? (long)(malloc_usable_size(block) + sizeof(size_t)) : 0; }

/* Counts a new block that replaces one of so many bytes. */
static void *counted(void *block, long before) {
  if (!block) return NULL;
  if (before == 0) live++;
  bytes += size_of(block);
  /* While it moves both blocks are in use. Growing in place looks the same from here. */
  if (bytes > peak) peak = bytes;
  bytes -= before;
  return block;
}

void *__wrap_malloc(size_t size) { return allow() ? counted(__real_malloc(size), 0) : NULL; }

void *__wrap_calloc(size_t number, size_t size) { return allow() ? counted(__real_calloc(number, size), 0) : NULL; }

void *__wrap_realloc(void *block, size_t size) {
  const long before = size_of(block);
  return allow() ? counted(__real_realloc(block, size), before) : NULL;
}

void __wrap_free(void *block) {
  if (block) live--;
  bytes -= size_of(block);
  __real_free(block);
}
