/*
 * A stream in chunks, into a buffer of any size: the result is that of the same bytes as a whole. Byte 0: version
 * (0 to 2), STRICT (4), large PUBLISH in pieces (8); byte 1: bytes of the buffer; byte 2: packets that the table holds;
 * byte 3: how many of the next bytes are the sizes of chunks, which are used in turn.
 */
#include "packets.h"

#define SUMMARY WQ_PACKET_SUMMARY_SIZE
/* The rest of a record after its summary. The table needs it once. */
#define REST ((uint32_t)sizeof(wq_packet) - SUMMARY)

typedef struct {
  int32_t option;
  uint32_t limit;
  int in_pieces;
  /* The whole stream, and how far it has been compared. */
  wq_ptr input;
  uint32_t length, at;
  /* The packet of the whole at `at`. */
  wq_ptr packet;
  int32_t result;
  /* The receiver: how many bytes of the stream from `at` on are in its buffer. */
  wq_ptr buffer;
  uint32_t size, filled;
} stream;

/* Decodes the next packet of the whole with mqtt_decode. */
static void look(stream *s) {
  const uint32_t left = s->length - s->at;
  s->result =
      CALL(DECODE_WORK(left), wq_mqtt_decode(&fuzz_core, s->input + s->at, left, s->option, s->limit, s->packet));
  WRITTEN({s->packet, sizeof(wq_packet)});
}

/* Moves past a compared packet. A CONNECT sets the version of all that follows. */
static void advance(stream *s, uint32_t used) {
  s->at += used;
  s->option = (s->option & WQ_DECODE_OPTION_STRICT) | (int32_t)RECORD(wq_packet, s->packet)->protocol_version;
  look(s);
}

/* Fills the buffer with these bytes of the stream. Only the receiver writes there. */
static void fill(stream *s, uint32_t filled) {
  s->filled = filled;
  fuzz_put(s->buffer, fuzz_memory + s->input + s->at, filled);
}

/* A summary has no views after the client id. Addresses are compared relative to where the bytes begin. */
static void compare(const stream *s, wq_ptr found, wq_ptr whole) {
  const uint32_t *const a = RECORD(uint32_t, found), *const b = RECORD(uint32_t, whole);
  for (uint32_t i = 0; i < SUMMARY / 4; i++) {
    const uint32_t place = 4 * i;
    const int is_address = place == offsetof(wq_packet, topic) || place == offsetof(wq_packet, payload) ||
                           place == offsetof(wq_packet, properties) || place == offsetof(wq_packet, client_id);
    CHECK(is_address && b[i] != 0 ? a[i] - s->buffer == b[i] - s->input : a[i] == b[i],
          "a packet of a stream is the packet of the whole");
  }
}

/* Takes all whole packets of the buffer. Returns 0 when an error has ended the stream. */
static int take_chunk(stream *s, wq_ptr table, uint32_t capacity, wq_ptr chunk) {
  const wq_chunk *const end = RECORD(wq_chunk, chunk);
  const uint32_t from = s->at, filled = s->filled;
  uint32_t used = 0, i;
  const int32_t count = CALL(DECODE_WORK(filled) * 2, wq_mqtt_decode_chunk(&fuzz_core, s->buffer, filled, s->option,
                                                                           s->limit, table, (int32_t)capacity, chunk));
  CHECK(count >= 0 && (uint32_t)count <= capacity, "a chunk has no more packets than its table holds");
  WRITTEN({table, capacity * SUMMARY + REST}, {chunk, sizeof(wq_chunk)});
  for (i = 0; i < (uint32_t)count; i++) {
    CHECK(s->result > 0, "a stream has no packet that the whole has not");
    /* The addresses are those of the buffer, whose first byte is byte `from` of the stream. */
    stream shifted = *s;
    shifted.input = s->input + from;
    compare(&shifted, table + i * SUMMARY, s->packet);
    used += (uint32_t)s->result;
    advance(s, (uint32_t)s->result);
  }
  CHECK(end->used == used, "what was used are the packets that were decoded");
  CHECK((int32_t)end->protocol_version == (s->option & 15), "the version is that of the packets so far");
  if ((uint32_t)count == capacity) {
    CHECK(end->result == 0 && end->needed == 0, "a full table says nothing of the next packet");
  } else if (end->result < 0) {
    CHECK(end->result == s->result && end->error_offset == RECORD(wq_packet, s->packet)->error_offset &&
              end->type == RECORD(wq_packet, s->packet)->type,
          "a stream breaks the rule that the whole breaks, at the same byte");
    return 0;
  } else {
    CHECK(end->needed > 0, "a stream that waits says for how many bytes");
    CHECK(s->result <= 0 || filled - used + end->needed <= (uint32_t)s->result,
          "a stream waits for no more than the packet has");
  }
  fill(s, filled - used);
  return 1;
}

/* Takes a PUBLISH that the buffer cannot hold as its header and pieces of its payload. Returns 0 when that is not possible. */
static int take_pieces(stream *s, wq_ptr header) {
  const wq_packet *const record = RECORD(wq_packet, header), *const whole = RECORD(wq_packet, s->packet);
  const int32_t result =
      CALL(DECODE_WORK(s->filled),
           wq_mqtt_decode(&fuzz_core, s->buffer, s->filled, s->option | WQ_DECODE_OPTION_HEADER, s->limit, header));
  WRITTEN({header, sizeof(wq_packet)});
  CHECK(result >= 0 || s->result <= 0, "a header breaks no rule that its packet keeps");
  CHECK(result != 0 || (record->needed > 0 && (s->result <= 0 || s->filled + record->needed <= (uint32_t)s->result)),
        "a header that waits asks for no more than its packet has");
  if (result <= 0) return 0;
  CHECK((uint32_t)result == s->filled, "a header uses all that is there of its packet");
  CHECK(s->result >= 0, "a header that is taken belongs to a packet that is taken");
  if (s->result == 0) return 0; /* the stream ends inside its payload */
  CHECK(record->needed == (uint32_t)s->result - s->filled, "a header says how much of the payload is to come");
  CHECK(record->payload_length + record->needed == whole->payload_length, "the pieces of a payload make the whole");
  CHECK(record->topic_length == whole->topic_length && record->packet_id == whole->packet_id &&
            record->flags == whole->flags && record->properties_length == whole->properties_length &&
            record->topic_alias == whole->topic_alias && record->length == whole->length,
        "a header has the values of the whole packet");
  CHECK(record->payload - s->buffer == whole->payload - (s->input + s->at), "a header ends where the payload begins");
  advance(s, (uint32_t)s->result);
  fill(s, 0);
  return 1;
}

void fuzz_run(void) {
  stream s;
  const uint32_t choice = fuzz_u8(), size = fuzz_u8(), capacity = 1 + fuzz_u8() % 8;
  uint32_t sizes_count = fuzz_u8() % 16, turn = 0;
  const uint8_t *const sizes = fuzz_bytes(sizes_count, &sizes_count);
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &s.length);
  const wq_ptr table = fuzz_place(capacity * SUMMARY + REST), chunk = fuzz_place(sizeof(wq_chunk));
  s.packet = fuzz_place(sizeof(wq_packet));
  s.size = size + 5; /* room for a fixed header */
  s.buffer = fuzz_place(s.size);
  s.input = fuzz_place_last(bytes, s.length);
  s.option = (3 + (int32_t)(choice % 4) % 3) | (choice & 4 ? WQ_DECODE_OPTION_STRICT : 0);
  s.in_pieces = (choice & 8) != 0;
  s.limit = s.in_pieces ? PACKET_MOST : s.size;
  s.at = s.filled = 0;
  look(&s);
  while (s.at + s.filled < s.length) {
    uint32_t more = sizes_count ? sizes[turn++ % sizes_count] + 1u : s.size;
    uint32_t before;
    if (more > s.size - s.filled) more = s.size - s.filled;
    if (more > s.length - s.at - s.filled) more = s.length - s.at - s.filled;
    if (more == 0) {
      CHECK(s.in_pieces, "a buffer as large as the limit is never full without a packet");
      if (!take_pieces(&s, table)) return;
      continue;
    }
    fill(&s, s.filled + more);
    do {
      before = s.at;
      if (!take_chunk(&s, table, capacity, chunk)) return;
    } while (s.at > before && s.filled > 0);
  }
  CHECK(s.result == 0 || s.filled == 0, "a stream leaves no packet behind");
}
