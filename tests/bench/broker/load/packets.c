#include <string.h>

#include "load.h"

static size_t put_length(uint8_t *to, size_t length) {
  size_t at = 0;
  do {
    to[at] = length & 0x7f;
    length >>= 7;
    if (length) to[at] |= 0x80;
    at++;
  } while (length);
  return at;
}

static size_t put_text(uint8_t *to, const char *text) {
  size_t length = strlen(text);
  to[0] = (uint8_t)(length >> 8);
  to[1] = (uint8_t)length;
  memcpy(to + 2, text, length);
  return length + 2;
}

/** CONNECT of MQTT 3.1.1 without keep-alive. */
void send_connect(struct connection *connection, const char *clientId, int clean) {
  uint8_t packet[128] = {0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, clean ? 2 : 0, 0, 0};
  size_t end = 12 + put_text(packet + 12, clientId);
  packet[1] = (uint8_t)(end - 2);
  connection_write(connection, packet, end);
}

void send_subscribe(struct connection *connection, const char *topic, int qos) {
  uint8_t packet[128] = {0x82, 0, 0, 1};
  size_t end = 4 + put_text(packet + 4, topic);
  packet[end++] = (uint8_t)qos;
  packet[1] = (uint8_t)(end - 2);
  connection_write(connection, packet, end);
}

void send_publish(struct connection *connection, const char *topic, int qos, size_t size) {
  static uint8_t payload[1 << 20];
  uint8_t head[128];
  size_t at = 1;
  head[0] = (uint8_t)(0x30 | qos << 1);
  at += put_length(head + at, 2 + strlen(topic) + (qos ? 2 : 0) + size);
  at += put_text(head + at, topic);
  if (qos) {
    if (++connection->lastId == 0) connection->lastId = 1;
    head[at++] = (uint8_t)(connection->lastId >> 8);
    head[at++] = (uint8_t)connection->lastId;
  }
  uint64_t now = microseconds();
  memcpy(payload, &now, sizeof now);
  connection_write(connection, head, at);
  connection_write(connection, payload, size);
  connection->sent++;
}

void send_puback(struct connection *connection, uint16_t packetId) {
  uint8_t packet[4] = {0x40, 2, (uint8_t)(packetId >> 8), (uint8_t)packetId};
  connection_write(connection, packet, sizeof packet);
}

int next_packet(const struct connection *connection, size_t *at, struct packet *packet) {
  const uint8_t *bytes = connection->in + *at;
  size_t left = connection->inUsed - *at;
  size_t length = 0, header = 1;
  for (int shift = 0;; shift += 7) {
    if (header >= left) return 0;
    uint8_t byte = bytes[header++];
    length |= (size_t)(byte & 0x7f) << shift;
    if (byte < 0x80) break;
    if (shift == 21) fail("the broker sent a remaining length of more than four bytes");
  }
  if (left < header + length) return 0;
  const uint8_t *body = bytes + header;
  *packet = (struct packet){.type = bytes[0] >> 4, .qos = bytes[0] >> 1 & 3};
  if (packet->type == 3) {
    size_t place = 2 + (size_t)(body[0] << 8 | body[1]);
    if (packet->qos) {
      packet->packetId = (uint16_t)(body[place] << 8 | body[place + 1]);
      place += 2;
    }
    packet->payload = body + place;
    packet->payloadLength = length - place;
  } else if (packet->type == 2 && (length < 2 || body[1] != 0)) {
    fail("CONNACK with return code %d", length < 2 ? -1 : body[1]);
  } else if (packet->type == 9 && (length < 3 || body[2] > 2)) {
    fail("SUBACK refuses the subscription");
  }
  *at += header + length;
  return 1;
}
