/* What all engines have in common. */
#include "wq_core.h"

uint8_t *wq_bytes(wq_core *core, wq_ptr address, uint32_t length) {
  if (!core->is_open || length > core->memory_size || address > core->memory_size - length) return NULL;
  return core->memory + address;
}

uint32_t wq_memory_size(const wq_core *core) { return core->is_open ? core->memory_size : 0; }
