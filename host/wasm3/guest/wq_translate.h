/* Pointers of a guest, which are offsets in its memory, as native ones. */
#ifndef WQ_TRANSLATE_H
#define WQ_TRANSLATE_H

#include "wq_guest.h"
#include "wq_guest_calls.h"

/** The structures of one call as they are copied. All zeros at first but for the guest and the statuses. */
typedef struct wq_copies {
  wq_guest *guest;
  /** bytes of the guest's scratch that are taken */
  uint32_t used;
  /** what the call gives for a bad pointer in a structure, and for more elements than there is room for */
  enum MvStatus nested, excess;
} wq_copies;

/** The bytes at a guest's address that is not 0 and a multiple of `alignment`; NULL where not all lie in its memory. */
uint8_t *wq_guest_range(const wq_guest *guest, uint32_t address, uint32_t size, uint32_t alignment);

/** As wq_guest_range(), but no bytes may lie anywhere: NULL is good then. @return 0 for a range that may not be used */
int wq_guest_buffer(const wq_guest *guest, uint32_t address, uint32_t size, uint32_t alignment, void **native);

/** Room of the scratch, filled with zeros and aligned for any structure; NULL when there is none. */
void *wq_copies_room(wq_copies *copies, uint32_t size);

/** Copies the structure at a guest's address with all that it points to, but for bytes and numbers, which are used in place. */
enum MvStatus wq_copy_structure(wq_copies *copies, enum wq_layout_id id, uint32_t address, void **native);

#endif
