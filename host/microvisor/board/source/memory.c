// Memory of the RTOS: its heap is the one of libc, and a memory pool is blocks of it with a semaphore.
#include <malloc.h>
#include <stdlib.h>

#include "cmsis_os2.h"
#include "stm32u585_board.h"

void *pvPortMalloc(size_t size);
void vPortFree(void *memory);
size_t xPortGetFreeHeapSize(void);
size_t xPortGetMinimumEverFreeHeapSize(void);

/** What the heap of FreeRTOS has on the device in the templates of ST; only the two functions that ask for it use it. */
#define HEAP_SIZE 65536u

static size_t used;
static size_t most_used;

void *pvPortMalloc(size_t size) {
  void *memory = malloc(size);
  if (memory != NULL) used += malloc_usable_size(memory);
  if (used > most_used) most_used = used;
  return memory;
}

void vPortFree(void *memory) {
  if (memory != NULL) used -= malloc_usable_size(memory);
  free(memory);
}

size_t xPortGetFreeHeapSize(void) { return used < HEAP_SIZE ? HEAP_SIZE - used : 0; }
size_t xPortGetMinimumEverFreeHeapSize(void) { return most_used < HEAP_SIZE ? HEAP_SIZE - most_used : 0; }

/** Free blocks are a list through their first words. */
typedef struct {
  const char *name;
  uint32_t count, size;
  uint8_t *blocks;
  void *free;
  osSemaphoreId_t available;
} pool_t;

osMemoryPoolId_t osMemoryPoolNew(uint32_t count, uint32_t size, const osMemoryPoolAttr_t *attr) {
  if (count == 0 || size == 0 || size > UINT32_MAX / 2u / count) return NULL;
  pool_t *pool = malloc(sizeof *pool);
  if (pool == NULL) return NULL;
  const uint32_t step = (size + sizeof(void *) - 1u) & ~(uint32_t)(sizeof(void *) - 1u);
  *pool = (pool_t){.name = attr ? attr->name : NULL, .count = count, .size = step, .blocks = malloc(count * step)};
  pool->available = pool->blocks ? osSemaphoreNew(count, count, NULL) : NULL;
  if (pool->available == NULL) {
    free(pool->blocks);
    free(pool);
    return NULL;
  }
  for (uint32_t index = 0; index < count; index++) {
    void **block = (void **)(pool->blocks + index * step);
    *block = pool->free;
    pool->free = block;
  }
  return pool;
}

const char *osMemoryPoolGetName(osMemoryPoolId_t id) { return id ? ((pool_t *)id)->name : NULL; }

void *osMemoryPoolAlloc(osMemoryPoolId_t id, uint32_t timeout) {
  pool_t *pool = id;
  if (pool == NULL || osSemaphoreAcquire(pool->available, timeout) != osOK) return NULL;
  void **block = pool->free;
  pool->free = *block;
  return block;
}

osStatus_t osMemoryPoolFree(osMemoryPoolId_t id, void *memory) {
  pool_t *pool = id;
  uint8_t *block = memory;
  if (pool == NULL || block < pool->blocks || block >= pool->blocks + pool->count * pool->size) return osErrorParameter;
  if ((uint32_t)(block - pool->blocks) % pool->size != 0) return osErrorParameter;
  if (osSemaphoreGetCount(pool->available) == pool->count) return osErrorResource;
  *(void **)memory = pool->free;
  pool->free = memory;
  return osSemaphoreRelease(pool->available);
}

uint32_t osMemoryPoolGetCapacity(osMemoryPoolId_t id) { return id ? ((pool_t *)id)->count : 0; }
uint32_t osMemoryPoolGetBlockSize(osMemoryPoolId_t id) { return id ? ((pool_t *)id)->size : 0; }
uint32_t osMemoryPoolGetSpace(osMemoryPoolId_t id) { return id ? osSemaphoreGetCount(((pool_t *)id)->available) : 0; }
uint32_t osMemoryPoolGetCount(osMemoryPoolId_t id) {
  return id ? ((pool_t *)id)->count - osSemaphoreGetCount(((pool_t *)id)->available) : 0;
}

osStatus_t osMemoryPoolDelete(osMemoryPoolId_t id) {
  pool_t *pool = id;
  if (pool == NULL) return osErrorParameter;
  (void)osSemaphoreDelete(pool->available);
  free(pool->blocks);
  free(pool);
  return osOK;
}
