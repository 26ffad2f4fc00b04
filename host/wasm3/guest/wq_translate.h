/* Translates pointers of a guest, which are offsets in its memory, into native ones. */
#ifndef WQ_TRANSLATE_H
#define WQ_TRANSLATE_H

#include "wq_guest.h"
#include "wq_guest_calls.h"

/** The copied structures of one call. At first all zeros except for the guest and the statuses. */
typedef struct wq_copies {
  wq_guest *guest;
  /** bytes of the guest's scratch that are in use */
  uint32_t used;
  /** the statuses for a bad pointer in a structure, and for more elements than there is room for */
  enum MvStatus nested, excess;
} wq_copies;

/** wq_guest_range returns bytes of the guest. NULL: the address is 0 or not aligned, or not all are in its memory. */
uint8_t *wq_guest_range(const wq_guest *guest, uint32_t address, uint32_t size, uint32_t alignment);

/** wq_guest_buffer is wq_guest_range, but an empty range may have any address. @return 0 for a bad range */
int wq_guest_buffer(const wq_guest *guest, uint32_t address, uint32_t size, uint32_t alignment, void **native);

/** wq_copies_room returns zeroed scratch that is aligned for any structure, or NULL when there is too little. */
void *wq_copies_room(wq_copies *copies, uint32_t size);

/** wq_copy_structure copies a structure and what it points to, except bytes and numbers, which are used in place. */
enum MvStatus wq_copy_structure(wq_copies *copies, enum wq_layout_id id, uint32_t address, void **native);

#endif
