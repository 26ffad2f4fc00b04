#include "packets.h"

static const uint32_t places[PACKET_VIEWS] = {
    offsetof(wq_packet, topic),     offsetof(wq_packet, payload),         offsetof(wq_packet, properties),
    offsetof(wq_packet, client_id), offsetof(wq_packet, will_properties), offsetof(wq_packet, user_name),
    offsetof(wq_packet, password),
};

packet_view packet_view_of(wq_ptr packet, uint32_t i) {
  packet_view view;
  memcpy(&view, fuzz_memory + packet + places[i], sizeof view);
  return view;
}

void packet_set_views(wq_packet *record, const packet_view views[PACKET_VIEWS]) {
  for (uint32_t i = 0; i < PACKET_VIEWS; i++) memcpy((uint8_t *)record + places[i], &views[i], sizeof views[i]);
}

void packet_inside(wq_ptr packet, wq_ptr input, uint32_t length) {
  for (uint32_t i = 0; i < PACKET_VIEWS; i++) {
    const packet_view view = packet_view_of(packet, i);
    fuzz_inside(view.at, view.length, input, length);
  }
}

void packet_same(wq_ptr a, wq_ptr b) {
  const wq_packet *const one = RECORD(wq_packet, a), *const other = RECORD(wq_packet, b);
  /* MQTT 3.1 does not use these bits outside of PUBLISH, and they are not written again. */
  const uint32_t unused = one->protocol_version == 3 && one->type != WQ_PACKET_TYPE_PUBLISH ? 15 : 0;
  CHECK(one->type == other->type && (one->flags | unused) == (other->flags | unused) && one->protocol_version == other->protocol_version &&
            one->packet_id == other->packet_id && one->reason_code == other->reason_code &&
            one->topic_alias == other->topic_alias && one->count == other->count &&
            one->properties_present_low == other->properties_present_low &&
            one->properties_present_high == other->properties_present_high &&
            one->connect_flags == other->connect_flags && one->keep_alive == other->keep_alive,
        "two records of one packet have the same values");
  for (uint32_t i = 0; i < PACKET_VIEWS; i++) {
    const packet_view view = packet_view_of(a, i), same = packet_view_of(b, i);
    CHECK(view.length == same.length && memcmp(fuzz_memory + view.at, fuzz_memory + same.at, view.length) == 0,
          "two records of one packet show the same bytes");
  }
}

void packet_survives(wq_ptr packet) {
  const uint32_t length = RECORD(wq_packet, packet)->length;
  const uint32_t work = ENCODE_WORK(length);
  const int32_t version = (int32_t)RECORD(wq_packet, packet)->protocol_version;
  const wq_ptr again = fuzz_place(sizeof(wq_packet)), output = fuzz_place(length), other = fuzz_place(length);
  int32_t written = CALL(work, wq_mqtt_encode(&fuzz_core, packet, output, length));
  uint32_t size;
  CHECK(written > 0, "what was decoded can be encoded, in no more bytes");
  size = (uint32_t)written;
  WRITTEN({packet, sizeof(wq_packet)}, {output, size});
  CHECK(CALL(work, wq_mqtt_decode(&fuzz_core, output, size, version, size, again)) == written,
        "what was encoded is one packet");
  WRITTEN({again, sizeof(wq_packet)});
  packet_same(packet, again);
  written = CALL(work, wq_mqtt_encode(&fuzz_core, again, other, size));
  CHECK((uint32_t)written == size && memcmp(fuzz_memory + output, fuzz_memory + other, size) == 0,
        "decode, encode, decode is stable");
  WRITTEN({again, sizeof(wq_packet)}, {other, size});
  CHECK(CALL(work, wq_mqtt_encode(&fuzz_core, packet, output, size - 1)) == WQ_RESULT_OUT_OF_SPACE,
        "a byte of room less is too little");
  WRITTEN({packet, sizeof(wq_packet)});
}

/* Reads a list of properties to its end, and checks that each is written as it was. */
static void properties(packet_view list) {
  const wq_ptr property = fuzz_place(sizeof(wq_property)), output = fuzz_place(list.length);
  uint32_t at = 0;
  for (;;) {
    const int32_t used = CALL(16, wq_mqtt_property_read(&fuzz_core, list.at + at, list.length - at, property));
    int32_t written;
    CHECK(used >= 0, "properties that were checked can be read");
    WRITTEN({property, used > 0 ? sizeof(wq_property) : 0});
    if (used == 0) break;
    CHECK((uint32_t)used <= list.length - at, "a property ends within its list");
    written = CALL(16, wq_mqtt_property_write(&fuzz_core, property, output + at, list.length - at));
    CHECK(written == used && memcmp(fuzz_memory + output + at, fuzz_memory + list.at + at, (size_t)used) == 0,
          "a property that was read is written as it was");
    WRITTEN({output + at, (uint32_t)written});
    at += (uint32_t)used;
  }
  CHECK(at == list.length, "properties fill their list");
}

static void filters(const wq_packet *packet) {
  const wq_ptr list = packet->payload, filter = fuzz_place(sizeof(wq_filter)),
               output = fuzz_place(packet->payload_length);
  const uint32_t length = packet->payload_length;
  uint32_t at = 0, count = 0;
  for (;; count++) {
    const wq_filter *const entry = RECORD(wq_filter, filter);
    const int32_t used = CALL(0, wq_mqtt_filter_read(&fuzz_core, list + at, length - at, packet->type, filter));
    int32_t written;
    CHECK(used >= 0, "filters that were checked can be read");
    WRITTEN({filter, used > 0 ? sizeof(wq_filter) : 0});
    if (used == 0) break;
    CHECK(CALL(DECODE_WORK(entry->filter_length),
               wq_mqtt_topic_filter_check(&fuzz_core, entry->filter, entry->filter_length, packet->protocol_version)) ==
              0,
          "a filter of a packet that was taken is valid");
    written = CALL(0, wq_mqtt_filter_write(&fuzz_core, filter, packet->type, output + at, length - at));
    CHECK(written == used && memcmp(fuzz_memory + output + at, fuzz_memory + list + at, (size_t)used) == 0,
          "a filter that was read is written as it was");
    WRITTEN({output + at, (uint32_t)written});
    at += (uint32_t)used;
  }
  CHECK(at == length && count == packet->count, "filters fill their list, and are as many as the record says");
}

void packet_lists(wq_ptr packet) {
  const wq_packet *const record = RECORD(wq_packet, packet);
  properties(packet_view_of(packet, 2));
  properties(packet_view_of(packet, 4));
  if (record->type == WQ_PACKET_TYPE_SUBSCRIBE || record->type == WQ_PACKET_TYPE_UNSUBSCRIBE) filters(record);
}
