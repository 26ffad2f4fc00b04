/*
 * Encodes any record. Byte 0: packet type (0 to 15) and version (16 to 80). Then the values as set_values() takes them,
 * for each of the seven views where it begins in the data and how long it is, the room, and the data. Type 0 stands for a
 * single property and a single filter instead.
 */
#include "packets.h"

/* Must be refused before a byte is read: strings have at most 65,535 bytes, and a packet 2^28. */
#define TOO_LONG 0xf0000000u

static void set_values(wq_packet *record, uint32_t head) {
  memset(record, 0, sizeof *record);
  record->type = head & 15;
  record->protocol_version = 3 + (head >> 4) % 3;
  record->flags = fuzz_u8();
  record->packet_id = fuzz_u16();
  record->reason_code = fuzz_u8();
  record->connect_flags = fuzz_u8();
  record->keep_alive = fuzz_u16();
  /* One of the values may be too large for its field. */
  switch (fuzz_u8()) {
    case 1:
      record->packet_id |= 0x10000;
      break;
    case 2:
      record->reason_code |= 0x100;
      break;
    case 3:
      record->connect_flags |= 0x100;
      break;
    case 4:
      record->keep_alive |= 0x10000;
      break;
    case 5:
      record->type |= 0x10;
      break;
    case 6:
      record->protocol_version = fuzz_u32();
      break;
  }
}

static packet_view take_view(wq_ptr data, uint32_t size, uint32_t from, uint32_t length) {
  packet_view view;
  if (from > size) from = size;
  view.at = data + from;
  view.length = length == 255 ? TOO_LONG : length < size - from ? length : size - from;
  return view;
}

static void check_written(wq_ptr packet, wq_ptr output, uint32_t size) {
  const wq_ptr again = fuzz_place(sizeof(wq_packet));
  const wq_packet *const record = RECORD(wq_packet, packet), *const decoded = RECORD(wq_packet, again);
  const int32_t option = (int32_t)record->protocol_version | WQ_DECODE_OPTION_STRICT;
  uint32_t i;
  CHECK(record->length == size, "the record says how long its packet is");
  CHECK(CALL(DECODE_WORK(size), wq_mqtt_decode(&fuzz_core, output, size, option, size, again)) == (int32_t)size,
        "what an encoder writes, a strict decoder takes");
  WRITTEN({again, sizeof(wq_packet)});
  packet_inside(again, output, size);
  CHECK(decoded->type == record->type && decoded->protocol_version == record->protocol_version,
        "a packet keeps its type and version");
  if (decoded->packet_id) CHECK(decoded->packet_id == record->packet_id, "a packet keeps its Packet Identifier");
  for (i = 0; i < PACKET_VIEWS; i++) {
    const packet_view given = packet_view_of(packet, i), found = packet_view_of(again, i);
    CHECK(found.length == 0 || (found.length == given.length &&
                                memcmp(fuzz_memory + found.at, fuzz_memory + given.at, found.length) == 0),
          "a packet keeps its texts, properties and payload");
    CHECK(found.length == given.length || i > 2 || record->type != WQ_PACKET_TYPE_PUBLISH, "a PUBLISH loses nothing");
  }
  packet_survives(again);
}

/* How the value of a property is written (2.2.2.2); 0 for an identifier that does not exist. */
static uint32_t type_of(uint32_t id) {
  static const uint8_t types[] = {0, 1, 3, 6, 0, 0, 0, 0, 6, 5, 0, 4, 0, 0, 0, 0, 0, 3, 6, 2, 0, 6,
                                  5, 1, 3, 1, 6, 0, 6, 0, 0, 6, 0, 2, 2, 2, 1, 1, 7, 3, 1, 1, 1};
  return id < sizeof types ? types[id] : 0;
}

/* The result that writing a property must have (1.5, 2.2.2.2). */
static int32_t property_size(const wq_property *record, uint32_t room) {
  static const uint32_t most[] = {0, 0xff, 0xffff, 0xffffffff, 268435455}, sizes[] = {0, 1, 2, 4};
  const uint32_t type = type_of(record->id);
  uint32_t size;
  if (type == 0) return WQ_RESULT_PROPERTY_UNKNOWN;
  if (type <= WQ_PROPERTY_TYPE_VARINT) {
    if (record->value > most[type]) return WQ_RESULT_INVALID_ARGUMENT;
    size = type < WQ_PROPERTY_TYPE_VARINT ? sizes[type] : 1;
    for (uint32_t rest = record->value >> 7; type == WQ_PROPERTY_TYPE_VARINT && rest; rest >>= 7) size++;
  } else {
    const uint32_t name = type == WQ_PROPERTY_TYPE_PAIR ? record->name_length : 0;
    if (record->value_length > 0xffff || name > 0xffff) return WQ_RESULT_STRING_TOO_LONG;
    size = 2 + record->value_length + (type == WQ_PROPERTY_TYPE_PAIR ? 2 + name : 0);
  }
  return size + 1 > room ? WQ_RESULT_OUT_OF_SPACE : (int32_t)size + 1;
}

static void write_property(wq_ptr data, uint32_t size, uint32_t room) {
  const uint32_t id = fuzz_u8(), number = fuzz_u32(), flags = fuzz_u8(), type = type_of(id);
  const int is_integer = type > 0 && type <= WQ_PROPERTY_TYPE_VARINT;
  const wq_ptr property = fuzz_place(sizeof(wq_property)), again = fuzz_place(sizeof(wq_property));
  const wq_ptr output = fuzz_place(room);
  const wq_property record = {
      id, 0, is_integer ? number : data, flags & 1 ? TOO_LONG : size / 2, data, flags & 2 ? TOO_LONG : size};
  const wq_property *const read = RECORD(wq_property, again);
  int32_t written;
  fuzz_put(property, &record, sizeof record);
  written = CALL(16, wq_mqtt_property_write(&fuzz_core, property, output, room));
  CHECK(written == property_size(&record, room), "a property takes what 1.5 and 2.2.2.2 say, or is refused for it");
  WRITTEN({output, written > 0 ? (uint32_t)written : 0});
  if (written < 0) return;
  CHECK(CALL(16, wq_mqtt_property_read(&fuzz_core, output, (uint32_t)written, again)) == written && read->id == id,
        "a property that was written can be read");
  WRITTEN({again, sizeof(wq_property)});
  CHECK(read->type == type, "a property is of its type");
  if (is_integer) {
    CHECK(read->value == number, "a property keeps its integer");
  } else {
    CHECK(read->value_length == size / 2 && memcmp(fuzz_memory + read->value, fuzz_memory + data, size / 2) == 0,
          "a property keeps its bytes");
    CHECK(read->name_length == (id == 38 ? size : 0) &&
              memcmp(fuzz_memory + read->name, fuzz_memory + data, read->name_length) == 0,
          "a User Property keeps its name");
  }
}

/* The result that writing an entry of a filter list must have (3.8.3, 3.10.3). */
static int32_t filter_size(const wq_filter *record, uint32_t type, uint32_t room) {
  const uint32_t size = 2 + record->filter_length + (type == WQ_PACKET_TYPE_SUBSCRIBE ? 1 : 0);
  if (record->filter_length > 0xffff) return WQ_RESULT_STRING_TOO_LONG;
  if (record->options > 0xff) return WQ_RESULT_INVALID_ARGUMENT;
  return size > room ? WQ_RESULT_OUT_OF_SPACE : (int32_t)size;
}

static void write_filter(wq_ptr data, uint32_t size, uint32_t room) {
  const uint32_t flags = fuzz_u8(), options = fuzz_u8();
  const uint32_t type = flags & 1 ? WQ_PACKET_TYPE_SUBSCRIBE : WQ_PACKET_TYPE_UNSUBSCRIBE;
  const wq_ptr filter = fuzz_place(sizeof(wq_filter)), again = fuzz_place(sizeof(wq_filter));
  const wq_ptr output = fuzz_place(room);
  const wq_filter record = {data, flags & 2 ? TOO_LONG : size, flags & 4 ? options << 1 : options};
  const wq_filter *const read = RECORD(wq_filter, again);
  int32_t written;
  fuzz_put(filter, &record, sizeof record);
  written = CALL(0, wq_mqtt_filter_write(&fuzz_core, filter, type, output, room));
  CHECK(written == filter_size(&record, type, room), "an entry takes what 3.8.3 says, or is refused for it");
  WRITTEN({output, written > 0 ? (uint32_t)written : 0});
  if (written < 0) return;
  CHECK(CALL(0, wq_mqtt_filter_read(&fuzz_core, output, (uint32_t)written, type, again)) == written,
        "a filter that was written can be read");
  WRITTEN({again, sizeof(wq_filter)});
  CHECK(read->filter_length == size && memcmp(fuzz_memory + read->filter, fuzz_memory + data, size) == 0,
        "a filter keeps its bytes");
  CHECK(read->options == (type == WQ_PACKET_TYPE_SUBSCRIBE ? record.options : 0), "a filter keeps its options");
}

void fuzz_run(void) {
  const uint32_t head = fuzz_u8(), room = fuzz_u8() * 4;
  const wq_ptr packet = fuzz_place(sizeof(wq_packet)), output = fuzz_place(room);
  uint8_t froms[PACKET_VIEWS], lengths[PACKET_VIEWS];
  packet_view views[PACKET_VIEWS];
  wq_packet record;
  uint32_t size, work, i;
  const uint8_t *bytes;
  wq_ptr data;
  int32_t result;
  if ((head & 15) == 0) {
    uint8_t control[8];
    for (i = 0; i < sizeof control; i++) control[i] = (uint8_t)fuzz_u8();
    bytes = fuzz_bytes(FUZZ_INPUT, &size);
    data = fuzz_place_last(bytes, size);
    fuzz_again(control, sizeof control);
    write_property(data, size, room);
    write_filter(data, size, room);
    return;
  }
  set_values(&record, head);
  for (i = 0; i < PACKET_VIEWS; i++) {
    froms[i] = (uint8_t)fuzz_u8();
    lengths[i] = (uint8_t)fuzz_u8();
  }
  bytes = fuzz_bytes(FUZZ_INPUT, &size);
  data = fuzz_place_last(bytes, size);
  for (i = 0; i < PACKET_VIEWS; i++) views[i] = take_view(data, size, froms[i], lengths[i]);
  packet_set_views(&record, views);
  fuzz_put(packet, &record, sizeof record);
  work = ENCODE_WORK(7 * size);
  result = CALL(work, wq_mqtt_encode(&fuzz_core, packet, output, room));
  WRITTEN({packet, sizeof(wq_packet)}, {output, result > 0 ? (uint32_t)result : 0});
  CHECK(result != 0, "a packet has bytes");
  if (result > 0) {
    check_written(packet, output, (uint32_t)result);
  } else {
    const uint32_t offset = RECORD(wq_packet, packet)->error_offset;
    CHECK(offset == 0 || (offset >= data && offset <= FUZZ_MEMORY), "errorOffset is an address in the record's views");
  }
}
