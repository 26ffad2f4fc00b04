/*
 * A whole packet, in all versions, with each option of the decoder and any limit. Byte 0: version (0 to 2), STRICT (4),
 * HEADER (8), whether byte 1 is the limit in bytes (16), whether a filter has options (32).
 */
#include "packets.h"

/* The size of the whole packet by its fixed header (1.5.5, 2.1); 0 when it is not known. */
static uint32_t whole_length(const uint8_t *bytes, uint32_t length) {
  uint32_t remaining = 0, i;
  for (i = 1; i < 5 && i < length; i++) {
    remaining |= (uint32_t)(bytes[i] & 0x7f) << 7 * (i - 1);
    if (bytes[i] < 0x80) return 1 + i + remaining;
  }
  return 0;
}

/* With fewer bytes of the packet the result is the same, or asks for more, but not for too many. */
static void cut_off(wq_ptr input, uint32_t length, int32_t option, uint32_t limit, wq_ptr packet, int32_t whole) {
  const wq_ptr cut = fuzz_place(sizeof(wq_packet));
  const int32_t result = CALL(DECODE_WORK(length), wq_mqtt_decode(&fuzz_core, input, length, option, limit, cut));
  const uint32_t needed = RECORD(wq_packet, cut)->needed;
  WRITTEN({cut, sizeof(wq_packet)});
  if (result < 0) {
    CHECK(result == whole && RECORD(wq_packet, cut)->error_offset == RECORD(wq_packet, packet)->error_offset,
          "what is wrong without the last bytes is wrong with them");
  } else if (result > 0 && (option & WQ_DECODE_OPTION_HEADER) == 0) {
    CHECK(result == whole, "a packet does not change by the bytes behind it");
    packet_same(packet, cut);
  } else if (result == 0 && whole > 0) {
    CHECK(needed > 0 && length + needed <= (uint32_t)whole, "a decoder asks for no more than the packet has");
  }
}

/* The readers of lists on unchecked bytes: they stay inside, and their views lie inside. */
static void unchecked_lists(wq_ptr input, uint32_t length, uint32_t type) {
  const wq_ptr property = fuzz_place(sizeof(wq_property)), filter = fuzz_place(sizeof(wq_filter));
  const wq_property *const p = RECORD(wq_property, property);
  const wq_filter *const f = RECORD(wq_filter, filter);
  int32_t used = CALL(16, wq_mqtt_property_read(&fuzz_core, input, length, property));
  WRITTEN({property, sizeof(wq_property)});
  CHECK(used <= (int32_t)length, "a property ends in the input");
  if (used > 0 && p->type > WQ_PROPERTY_TYPE_VARINT) {
    fuzz_inside(p->value, p->value_length, input, (uint32_t)used);
    fuzz_inside(p->name, p->name_length, input, (uint32_t)used);
  }
  used = CALL(0, wq_mqtt_filter_read(&fuzz_core, input, length, type, filter));
  WRITTEN({filter, used > 0 ? sizeof(wq_filter) : 0});
  CHECK(used <= (int32_t)length && (used > 0 || length == 0 || used == WQ_RESULT_PACKET_TRUNCATED),
        "a filter ends in the input, or is cut off");
  if (used > 0) fuzz_inside(f->filter, f->filter_length, input, (uint32_t)used);
}

void fuzz_run(void) {
  const uint32_t choice = fuzz_u8(), limit_byte = fuzz_u8();
  const int32_t version = 3 + (int32_t)(choice % 4) % 3;
  const int32_t option =
      version | (choice & 4 ? WQ_DECODE_OPTION_STRICT : 0) | (choice & 8 ? WQ_DECODE_OPTION_HEADER : 0);
  const uint32_t limit = choice & 16 ? limit_byte : PACKET_MOST;
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(FUZZ_INPUT, &length);
  const wq_ptr packet = fuzz_place(sizeof(wq_packet)), input = fuzz_place_last(bytes, length);
  const wq_packet *const record = RECORD(wq_packet, packet);
  const int32_t result = CALL(DECODE_WORK(length), wq_mqtt_decode(&fuzz_core, input, length, option, limit, packet));
  const uint32_t total = whole_length(bytes, length);
  WRITTEN({packet, sizeof(wq_packet)});
  CHECK(result <= 0 || result >= 2, "a packet has two bytes at least");
  if (result < 0) {
    CHECK(result <= -100 && result > -150, "a decoder gives result codes of the codec");
    CHECK(record->error_offset <= length, "errorOffset lies in the input");
  } else if (result == 0) {
    CHECK(record->needed > 0, "a decoder that waits says for how many bytes");
    CHECK(total == 0 || (length + record->needed <= total && total > length), "a decoder waits for what is missing");
  } else if ((uint32_t)result < total) {
    CHECK((option & WQ_DECODE_OPTION_HEADER) && record->type == WQ_PACKET_TYPE_PUBLISH && (uint32_t)result == length &&
              record->needed == total - length,
          "only a PUBLISH is decoded before it is complete, and only by option");
    packet_inside(packet, input, length);
  } else {
    CHECK((uint32_t)result == total && total <= length && record->length == total && total <= limit,
          "a packet is as long as its fixed header says, and not beyond the limit");
    packet_inside(packet, input, total);
    packet_survives(packet);
    packet_lists(packet);
  }
  unchecked_lists(input, length, choice & 32 ? WQ_PACKET_TYPE_SUBSCRIBE : WQ_PACKET_TYPE_UNSUBSCRIBE);
  if (length > 0) cut_off(input, limit_byte % length, option, limit, packet, result);
}
