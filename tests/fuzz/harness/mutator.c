/*
 * Mutations that know DER: an element is changed, and the lengths of all that it lies in follow. Without them hardly any input
 * whose length changes would get past the first header.
 */
#include "oracle.h"
#include "rig.h"

#define DEPTH 16
#define ROOM (2 * FUZZ_INPUT + 64)

/* libFuzzer's own mutation of bytes, with the dictionary. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed);

/* Offsets of an element's first byte, of its content and of its end. */
typedef struct {
  uint32_t start, content, end;
} element;

static uint32_t state;

static uint32_t below(uint32_t limit) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % limit;
}

static int read_at(const uint8_t *data, uint32_t at, uint32_t end, element *e) {
  uint32_t header = 0;
  const uint32_t size = at < end ? oracle_element(data + at, end - at, &header) : 0;
  e->start = at;
  e->content = at + header;
  e->end = at + size;
  return size > 0;
}

/* Where elements inside this one begin, if it has any: strings of octets and bits may hold DER. */
static uint32_t inside(const uint8_t *data, const element *e) {
  const uint8_t tag = data[e->start];
  const uint32_t at = e->content + (tag == 3);
  element inner;
  if (tag & 0x20) return e->content;
  return (tag == 3 || tag == 4) && read_at(data, at, e->end, &inner) && inner.end == e->end ? at : e->end;
}

/* Chooses a way from the outermost element to any other. Returns the number of steps, 0 when there is no element. */
static uint32_t choose(const uint8_t *data, uint32_t size, element path[DEPTH]) {
  uint32_t depth = 0;
  if (!read_at(data, fuzz_der_from, size, &path[0])) return 0;
  while (++depth < DEPTH) {
    const element *const outer = &path[depth - 1];
    element child;
    uint32_t count = 0, at;
    for (at = inside(data, outer); read_at(data, at, outer->end, &child); at = child.end) {
      /* Each child is chosen with the same chance. */
      if (below(++count) == 0) path[depth] = child;
    }
    if (count == 0 || below(6) == 0) break;
  }
  return depth;
}

static uint32_t copy(uint8_t *to, const uint8_t *data, uint32_t from, uint32_t end) {
  memcpy(to, data + from, end - from);
  return end - from;
}

/* Puts identifier and length octets before this many bytes of content. Returns the size of the whole. */
static uint32_t wrap(uint8_t *content, uint32_t size, uint8_t tag) {
  uint8_t header[4] = {tag, (uint8_t)size};
  uint32_t header_size = 2;
  if (size > 0x7f) {
    header[1] = size > 0xff ? 0x82 : 0x81;
    if (size > 0xff) header[header_size++] = (uint8_t)(size >> 8);
    header[header_size++] = (uint8_t)size;
  }
  memmove(content + header_size, content, size);
  memcpy(content, header, header_size);
  return size + header_size;
}

/* Writes what replaces an element. Returns its size. */
static uint32_t change(uint8_t *to, const uint8_t *data, uint32_t size, const element *e) {
  static const uint8_t small[][4] = {{5, 0},       {1, 1, 0xff},    {1, 1, 0},       {2, 1, 0},
                                     {2, 1, 2},    {4, 0},          {0x30, 0},       {0x31, 0},
                                     {3, 2, 0, 0}, {3, 2, 7, 0x80}, {0x80, 1, 0},    {0x82, 1, 0},
                                     {10, 1, 1},   {6, 2, 0x2a, 3}, {0x13, 1, 0x41}, {0xa0, 2, 5, 0}};
  const uint8_t *const made = small[below(sizeof small / sizeof *small)];
  element path[DEPTH];
  uint32_t length, depth;
  switch (below(8)) {
    case 0: /* gone */
      return 0;
    case 1: /* twice */
      length = copy(to, data, e->start, e->end);
      return length + copy(to + length, data, e->start, e->end);
    case 2: /* another before it */
      length = copy(to, made, 0, 2u + made[1]);
      return length + copy(to + length, data, e->start, e->end);
    case 3: /* a copy of another */
      depth = choose(data, size, path);
      return copy(to, data, path[depth - 1].start, path[depth - 1].end);
    case 4: /* another type */
      length = copy(to, data, e->start, e->end);
      to[0] = (uint8_t)(below(2) ? data[e->start] ^ 1u << below(8) : made[0]);
      return length;
    case 5: /* longer */
      length = copy(to, data, e->content, e->end);
      for (depth = 1 + below(20); depth > 0 && length < FUZZ_INPUT; depth--) to[length++] = (uint8_t)below(256);
      return wrap(to, length, data[e->start]);
    default: /* other content */
      length = copy(to, data, e->content, e->end);
      length = (uint32_t)LLVMFuzzerMutate(to, length, FUZZ_INPUT);
      return wrap(to, length, data[e->start]);
  }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned int seed) {
  static uint8_t made[ROOM];
  element path[DEPTH];
  uint32_t depth, length;
  state = seed;
  depth = below(4) ? choose(data, (uint32_t)size, path) : 0;
  if (depth == 0) return LLVMFuzzerMutate(data, size, most);
  length = change(made, data, (uint32_t)size, &path[--depth]);
  while (depth-- > 0) {
    const element *const outer = &path[depth], *const inner = &path[depth + 1];
    const uint32_t before = inner->start - outer->content, after = outer->end - inner->end;
    if (before + length + after > ROOM - 4) return LLVMFuzzerMutate(data, size, most);
    memmove(made + before, made, length);
    copy(made, data, outer->content, inner->start);
    copy(made + before + length, data, inner->end, outer->end);
    length = wrap(made, before + length + after, data[outer->start]);
  }
  /* What followed the outermost element still follows it. */
  if (path[0].start + length + (size - path[0].end) > most) return LLVMFuzzerMutate(data, size, most);
  memmove(data + path[0].start + length, data + path[0].end, size - path[0].end);
  memcpy(data + path[0].start, made, length);
  return path[0].start + length + (size - path[0].end);
}
