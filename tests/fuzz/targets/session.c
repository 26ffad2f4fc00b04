/*
 * A client session under any sequence of calls, packets of the server and times. Five bytes choose how it is made; then each
 * byte is an operation (its low four bits) with a choice (its high four), which takes its own bytes. See operate().
 */
#include "sessions.h"

/* Texts for the client's packets, followed by bytes of the script. */
static const uint8_t texts[] = "topic/a\0\3a/b\1\0\1c\2";

static void begin_packet(uint32_t type) {
  wq_packet record;
  memset(&record, 0, sizeof record);
  record.type = type;
  record.protocol_version = 5;
  record.topic = the_session.input;
  record.topic_length = 7;
  fuzz_put(the_session.input, texts, sizeof texts);
  fuzz_put(the_session.packet, &record, sizeof record);
}

#define SET(field, value)                                                        \
  do {                                                                           \
    const uint32_t word = (value);                                               \
    fuzz_put(the_session.packet + (wq_ptr)offsetof(wq_packet, field), &word, 4); \
  } while (0)

/* Properties from the script, up to 15 bytes. */
static void set_properties(void) {
  uint32_t length;
  const uint8_t *const bytes = fuzz_bytes(fuzz_u8() % 16, &length);
  fuzz_put(the_session.input + sizeof texts, bytes, length);
  SET(properties, the_session.input + (wq_ptr)sizeof texts);
  SET(properties_length, length);
}

static void send_list(uint32_t choice) {
  begin_packet(choice & 1 ? WQ_PACKET_TYPE_UNSUBSCRIBE : WQ_PACKET_TYPE_SUBSCRIBE);
  SET(packet_id, fuzz_u8());
  SET(payload, the_session.input + 7);
  /* A SUBSCRIBE of one or two filters, or an UNSUBSCRIBE of one. */
  SET(payload_length, choice & 1 ? 5 : choice & 2 ? 10 : 6);
}

/* A packet of the server whose body is an identifier (unless 0), a reason (unless 255), and properties or reason codes. */
static void receive_made(uint32_t first, uint32_t id, uint32_t reason, uint32_t most) {
  uint8_t bytes[32];
  uint32_t length, at = 2;
  const uint8_t *const rest = fuzz_bytes(most, &length);
  bytes[0] = (uint8_t)first;
  if (id) {
    bytes[at++] = (uint8_t)(id >> 8);
    bytes[at++] = (uint8_t)id;
  }
  if (reason != 0xff) bytes[at++] = (uint8_t)reason;
  if (length > 0) {
    if (first != 0x90 && first != 0xb0) bytes[at++] = (uint8_t)length;
    memcpy(bytes + at, rest, length);
    at += length;
  }
  bytes[1] = (uint8_t)(at - 2);
  session_receive(bytes, at, SESSION_OUTPUT);
}

static void receive_publish(uint32_t flags) {
  uint8_t bytes[64] = {0x30, 0, 0, 3, 'a', '/', 'b'};
  const uint32_t id = fuzz_u8(), alias = fuzz_u8();
  uint32_t at = alias & 0x80 ? 4 : 7;
  bytes[0] = (uint8_t)(0x30 | flags);
  if (alias & 0x80) bytes[3] = 0;
  if (flags & 6) {
    bytes[at++] = 0;
    bytes[at++] = (uint8_t)id;
  }
  if (session_head()->protocol_version == 5) {
    const uint8_t property[] = {3, 35, 0, (uint8_t)(alias & 0x7f)};
    if (alias & 0x7f) {
      memcpy(bytes + at, property, sizeof property);
      at += sizeof property;
    } else {
      bytes[at++] = 0;
    }
  }
  bytes[1] = (uint8_t)(at - 2);
  session_receive(bytes, at, SESSION_OUTPUT);
}

static void connack(uint32_t choice) {
  uint8_t bytes[24] = {0x20, 0, (uint8_t)(choice & 1), choice & 2 ? 0x80 : 0};
  uint32_t at = 4, length;
  const uint8_t *const properties = fuzz_bytes(choice & 4 ? fuzz_u8() % 16 : 0, &length);
  if (session_head()->protocol_version == 5) {
    bytes[at++] = (uint8_t)length;
    memcpy(bytes + at, properties, length);
    at += length;
  }
  bytes[1] = (uint8_t)(at - 2);
  session_receive(bytes, at, SESSION_OUTPUT);
}

static void operate(uint32_t operation, uint32_t choice) {
  const uint8_t *bytes;
  uint32_t length, id;
  switch (operation) {
    case 0: /* time passes, goes back a little, or bytes arrive that are not a whole packet */
      if (choice == 14) session_turn_back(fuzz_u8());
      else if (choice == 15) session_arrive(fuzz_u8());
      else session_pass(fuzz_u8() << choice);
      break;
    case 1:
      session_poll(choice);
      break;
    case 2:
      session_lose();
      break;
    case 3:
      if (choice < 15) session_move();
      else session_tear(fuzz_u8(), fuzz_u32());
      break;
    case 4: /* CONNECT */
      begin_packet(WQ_PACKET_TYPE_CONNECT);
      SET(protocol_version, choice & 1 ? 4 : 5);
      SET(connect_flags, choice & 2);
      SET(keep_alive, fuzz_u8());
      SET(client_id, the_session.input);
      SET(client_id_length, 1);
      if (choice & 4) set_properties();
      session_send(SESSION_OUTPUT);
      break;
    case 5: /* PUBLISH, with DUP where it is sent again */
      begin_packet(WQ_PACKET_TYPE_PUBLISH);
      SET(flags, choice);
      SET(packet_id, fuzz_u8());
      session_send(SESSION_OUTPUT);
      break;
    case 6: /* what session_poll named is sent again */
      begin_packet(WQ_PACKET_TYPE_PUBLISH);
      SET(flags, 8 | (choice & 1 ? 2 : 4));
      SET(packet_id, session_head()->packet_id);
      session_send(SESSION_OUTPUT);
      break;
    case 7:
      send_list(choice);
      session_send(SESSION_OUTPUT);
      break;
    case 8: /* PUBACK, PUBREC by hand */
      begin_packet(choice & 1 ? WQ_PACKET_TYPE_PUBREC : WQ_PACKET_TYPE_PUBACK);
      SET(packet_id, fuzz_u8());
      SET(reason_code, choice & 2 ? 0x80 : 0);
      session_send(SESSION_OUTPUT);
      break;
    case 9: /* any packet */
      begin_packet(choice);
      SET(packet_id, fuzz_u8());
      SET(reason_code, fuzz_u8());
      set_properties();
      session_send(fuzz_u8() % SESSION_OUTPUT);
      break;
    case 10:
      connack(choice);
      break;
    case 11:
      receive_publish(choice);
      break;
    case 12: /* PUBACK to PUBCOMP */
      id = fuzz_u8();
      receive_made((4 + choice % 4) << 4 | (choice % 4 == 2 ? 2 : 0), id,
                   session_head()->protocol_version < 5 ? 0xff
                   : choice & 4                         ? 0x80
                                                        : 0,
                   0);
      break;
    case 13: /* SUBACK, UNSUBACK */
      id = fuzz_u8();
      receive_made(choice & 1 ? 0xb0 : 0x90, id, session_head()->protocol_version < 5 ? 0xff : 0, choice >> 2);
      break;
    case 14:                              /* PINGRESP, DISCONNECT, AUTH */
      id = choice % 3 ? fuzz_u8() : 0xff; /* here the reason */
      receive_made((13 + choice % 3) << 4, 0, id, choice & 8 ? fuzz_u8() % 16 : 0);
      break;
    default: /* any bytes, and any room for the answer */
      bytes = fuzz_bytes(fuzz_u8() % 64, &length);
      session_receive(bytes, length, choice);
      break;
  }
}

void fuzz_run(void) {
  const uint32_t send_capacity = fuzz_u8() % 8, receive_capacity = fuzz_u8() % 8, flags = fuzz_u8() & 3;
  const uint32_t aliases = fuzz_u8() % 64, timeout = fuzz_u8() * 100;
  if (session_begin(send_capacity, receive_capacity, aliases, flags, timeout) < 0) return;
  while (fuzz_left() > 0) {
    const uint32_t operation = fuzz_u8();
    operate(operation & 15, operation >> 4);
    session_check();
  }
}
