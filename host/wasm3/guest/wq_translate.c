/*
 * A small interpreter of the layouts in wq_guest_calls.h, which copies structures that have pointers into native ones. Other
 * structures and all buffers are used in place: linear memory never moves, so the kernel may write to buffers after the call.
 */
#include "wq_translate.h"

#include <string.h>

enum field_kind { FIELD_VALUE, FIELD_BYTES, FIELD_ARRAY, FIELD_OPTIONAL, FIELD_SINGLE, FIELD_WORDS, FIELD_ONLY_IF };

typedef struct field {
  uint8_t kind;
  /** offsets in the structure */
  uint8_t guest, native;
  /** VALUE and SINGLE: size; BYTES, ARRAY and WORDS: offset of the count in the guest's structure; ONLY_IF: the value */
  uint8_t a;
  /** VALUE: native size; BYTES: alignment; ARRAY and OPTIONAL: layout; WORDS: native offset of the count */
  uint8_t b;
} field;

typedef struct layout {
  uint8_t guest_size, native_size, first, count;
} layout;

#define AT(type, member) (uint8_t) offsetof(struct type, member)
#define VALUE(type, member, guest, size) {FIELD_VALUE, guest, AT(type, member), size, sizeof(((struct type *)0)->member)}
#define BYTES(type, member, guest, count, alignment) {FIELD_BYTES, guest, AT(type, member), count, alignment}
#define ARRAY(type, member, guest, count, element) {FIELD_ARRAY, guest, AT(type, member), count, WQ_LAYOUT_##element}
#define OPTIONAL(type, member, guest, target) {FIELD_OPTIONAL, guest, AT(type, member), 0, WQ_LAYOUT_##target}
#define SINGLE(type, member, guest, size) {FIELD_SINGLE, guest, AT(type, member), size, 0}
#define WORDS(type, member, guest, count, native_count) \
  {FIELD_WORDS, guest, AT(type, member), count, AT(type, native_count)}
#define ONLY_IF(guest, value) {FIELD_ONLY_IF, guest, 0, value, 0}
#define LAYOUT(type, size, first, count) {size, sizeof(struct type), first, count}

static const field fields[] = {WQ_FIELDS};
static const layout layouts[] = {WQ_LAYOUTS};

static uint32_t word_at(const uint8_t *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

uint8_t *wq_guest_range(const wq_guest *guest, uint32_t address, uint32_t size, uint32_t alignment) {
  if (address == 0 || address % alignment != 0) return NULL;
  if (size > guest->memory_size || address > guest->memory_size - size) return NULL;
  return guest->memory + address;
}

int wq_guest_buffer(const wq_guest *guest, uint32_t address, uint32_t size, uint32_t alignment, void **native) {
  *native = wq_guest_range(guest, address, size, alignment);
  return size == 0 || *native != NULL;
}

void *wq_copies_room(wq_copies *copies, uint32_t size) {
  uint8_t *const room = (uint8_t *)copies->guest->scratch + copies->used;
  const uint32_t rounded = (size + 7) & ~7u;
  if (rounded > sizeof copies->guest->scratch - copies->used) return NULL;
  copies->used += rounded;
  memset(room, 0, rounded);
  return room;
}

static enum MvStatus copy_fields(wq_copies *copies, const layout *of, const uint8_t *from, uint8_t *to);

static enum MvStatus copy_array(wq_copies *copies, const layout *of, uint32_t address, uint32_t count, void **native) {
  enum MvStatus status = MV_STATUS_OKAY;
  const uint8_t *from;
  uint8_t *to;
  uint32_t i;
  *native = NULL;
  if (count == 0) return MV_STATUS_OKAY;
  if (count > sizeof copies->guest->scratch / of->native_size) return copies->excess;
  to = (uint8_t *)wq_copies_room(copies, count * of->native_size);
  if (!to) return copies->excess;
  from = wq_guest_range(copies->guest, address, count * of->guest_size, 4);
  if (!from) return copies->nested;
  *native = to;
  for (i = 0; i < count && status == MV_STATUS_OKAY; i++, from += of->guest_size, to += of->native_size)
    status = copy_fields(copies, of, from, to);
  return status;
}

/* Places a list of words that the kernel writes. Its count shrinks if it reaches past the end of memory. */
static int place_words(const wq_copies *copies, uint32_t address, uint32_t count, uint8_t *native_count, void **native) {
  const wq_guest *const guest = copies->guest;
  uint32_t room;
  *native = NULL;
  if (count == 0) return 1;
  *native = wq_guest_range(guest, address, 4, 4);
  if (!*native) return 0;
  room = (guest->memory_size - address) / 4;
  if (count > room) memcpy(native_count, &room, sizeof room);
  return 1;
}

static enum MvStatus copy_pointer(wq_copies *copies, const field *of, const uint8_t *from, uint8_t *to) {
  const uint32_t address = word_at(from + of->guest);
  enum MvStatus status = MV_STATUS_OKAY;
  void *native = NULL;
  int good = 1;
  switch (of->kind) {
    case FIELD_BYTES:
      good = wq_guest_buffer(copies->guest, address, word_at(from + of->a), of->b, &native);
      break;
    case FIELD_ARRAY:
      status = copy_array(copies, &layouts[of->b], address, word_at(from + of->a), &native);
      break;
    case FIELD_OPTIONAL:
      if (address != 0) status = copy_array(copies, &layouts[of->b], address, 1, &native);
      break;
    case FIELD_WORDS:
      good = place_words(copies, address, word_at(from + of->a), to + of->b, &native);
      break;
    default: /* FIELD_SINGLE */
      native = wq_guest_range(copies->guest, address, of->a, of->a);
      good = native != NULL;
  }
  memcpy(to + of->native, &native, sizeof native);
  return good ? status : copies->nested;
}

/* Recurses as deep as structures point to structures: three levels in MvMqttConnectRequest. */
static enum MvStatus copy_fields(wq_copies *copies, const layout *of, const uint8_t *from, uint8_t *to) {
  enum MvStatus status = MV_STATUS_OKAY;
  uint32_t i;
  for (i = of->first; i < (uint32_t)of->first + of->count && status == MV_STATUS_OKAY; i++) {
    if (fields[i].kind == FIELD_VALUE)
      memcpy(to + fields[i].native, from + fields[i].guest, fields[i].a);
    else if (fields[i].kind != FIELD_ONLY_IF)
      status = copy_pointer(copies, &fields[i], from, to);
    else if (from[fields[i].guest] != fields[i].a)
      i++;
  }
  return status;
}

enum MvStatus wq_copy_structure(wq_copies *copies, enum wq_layout_id id, uint32_t address, void **native) {
  const layout *const of = &layouts[id];
  const uint8_t *const from = wq_guest_range(copies->guest, address, of->guest_size, 4);
  *native = wq_copies_room(copies, of->native_size);
  if (!from || !*native) return MV_STATUS_PARAMETERFAULT;
  return copy_fields(copies, of, from, (uint8_t *)*native);
}
