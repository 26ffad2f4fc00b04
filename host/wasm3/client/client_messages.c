/*
 * The queue of messages. Those in flight are at its front, in the order in which they were sent; the others have packet id 0. A
 * payload goes through the output in pieces, so that no message needs to fit into it.
 */
#include "client_parts.h"

#define QOS(message) ((uint32_t)(message)->qos)
#define DUP 8u

int32_t wq_client_publish(wq_client *client, wq_client_message *message) {
  if (message->qos > 2 || message->retain > 1) return WQ_RESULT_INVALID_ARGUMENT;
  if (message->payload_length > 0 && !message->payload && !message->read) return WQ_RESULT_INVALID_ARGUMENT;
  if (message->is_queued) return WQ_CLIENT_BUSY;
  message->is_queued = 1;
  message->packet_id = 0;
  message->next = NULL;
  if (client->last) client->last->next = message;
  else client->first = message;
  client->last = message;
  return 0;
}

void wq_client_finish(wq_client *client, wq_client_message *message, int32_t result, uint32_t reason_code) {
  wq_client_message *before = NULL, *at = client->first;
  while (at && at != message) {
    before = at;
    at = at->next;
  }
  if (!at) return;
  if (before) before->next = message->next;
  else client->first = message->next;
  if (client->last == message) client->last = before;
  message->next = NULL;
  message->is_queued = 0;
  if (client->options.callbacks.on_published)
    client->options.callbacks.on_published(client->options.user, message, result, reason_code);
}

static wq_client_message *find(const wq_client *client, uint32_t packet_id) {
  wq_client_message *message = client->first;
  while (message && message->packet_id != packet_id) message = message->next;
  return message;
}

void wq_client_finish_id(wq_client *client, uint32_t packet_id, uint32_t reason_code) {
  wq_client_message *const message = packet_id ? find(client, packet_id) : NULL;
  if (message) wq_client_finish(client, message, 0, reason_code);
}

void wq_client_session_lost(wq_client *client) {
  /* Those that on_published queues again go behind the others, with packet id 0. */
  while (client->first && client->first->packet_id != 0) wq_client_finish(client, client->first, WQ_CLIENT_SESSION_LOST, 0);
}

static uint32_t varint_size(uint32_t value) { return value < 0x80u ? 1u : value < 0x4000u ? 2u : value < 0x200000u ? 3u : 4u; }

/* Bytes of the packet, 0 when no packet can be so long. */
static uint32_t packet_size(const wq_client *client, const wq_client_message *message, uint32_t properties_length) {
  uint32_t body = 2u + message->topic.length + (message->qos > 0 ? 2u : 0u);
  if (client->options.version == 5) body += varint_size(properties_length) + properties_length;
  if (body > WQ_CLIENT_LARGEST_BODY || message->payload_length > WQ_CLIENT_LARGEST_BODY - body) return 0;
  body += message->payload_length;
  return 1u + varint_size(body) + body;
}

/* The packet that was encoded without its payload gets the Remaining Length of the whole. */
static int32_t lengthen(wq_client *client, wq_ptr at, uint32_t written, uint32_t payload_length) {
  uint8_t *const bytes = wq_client_memory(client, at, written + WQ_CLIENT_FIXED_HEADER);
  uint32_t start = 1, header, body, rest, i;
  if (!bytes) return WQ_RESULT_NOT_OPEN;
  while (bytes[start++] > 0x7f) continue;
  body = written - start;
  rest = body + payload_length;
  header = 1u + varint_size(rest);
  memmove(bytes + header, bytes + start, body);
  for (i = 1; i < header; i++, rest >>= 7) bytes[i] = (uint8_t)((rest & 0x7fu) | (i < header - 1u ? 0x80u : 0u));
  return (int32_t)(header + body);
}

static uint32_t server_maximum(wq_client *client) {
  const wq_ptr at = client->context + (wq_ptr)(sizeof(wq_session) + sizeof(wq_session_limits));
  const wq_session_limits *const server = WQ_RECORD(client->options.core, wq_session_limits, at);
  return server ? server->maximum_packet_size : 0;
}

/* Sends all but the payload. Returns bytes written, or a result below zero. */
static int32_t send_head(wq_client *client, wq_client_message *message, uint32_t dup) {
  wq_packet *const packet = wq_client_request(client, WQ_PACKET_TYPE_PUBLISH);
  uint32_t size;
  int32_t result;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  packet->flags = dup | QOS(message) << 1 | message->retain;
  packet->packet_id = message->packet_id;
  if (message->topic.length > 0xffffu) return WQ_RESULT_STRING_TOO_LONG;
  if (!wq_client_place(client, &message->topic, &packet->topic, &packet->topic_length)) return wq_client_no_room(client);
  result = wq_client_place_properties(client, &message->properties, &packet->properties, &packet->properties_length);
  if (result < 0) return result;
  size = packet_size(client, message, packet->properties_length);
  if (size == 0 || size > server_maximum(client)) return WQ_RESULT_PACKET_TOO_LARGE;
  if (client->output_top - client->output_end < WQ_CLIENT_FIXED_HEADER) return wq_client_no_room(client);
  client->output_top -= WQ_CLIENT_FIXED_HEADER;
  result = wq_session_send(
      client->options.core, client->context, client->request, wq_client_now(client), client->output + client->output_end,
      client->output_top - client->output_end);
  if (result == WQ_RESULT_OUT_OF_SPACE) return wq_client_no_room(client);
  if (result < 0) return result;
  result = lengthen(client, client->output + client->output_end, (uint32_t)result, message->payload_length);
  if (result < 0) return result;
  wq_client_wrote(client, (uint32_t)result);
  if (message->qos > 0) message->packet_id = packet->packet_id;
  client->current = message;
  client->current_offset = 0;
  return result;
}

/* Copies or reads up to `room` bytes of the payload. */
static int32_t read_piece(wq_client *client, uint8_t *to, uint32_t room) {
  wq_client_message *const message = client->current;
  const uint32_t left = message->payload_length - client->current_offset, length = left < room ? left : room;
  if (message->read) {
    const int32_t count = message->read(message, client->current_offset, to, length);
    return count < 0 || (uint32_t)count > length ? WQ_CLIENT_PAYLOAD_FAILED : count;
  }
  memcpy(to, (const uint8_t *)message->payload + client->current_offset, length);
  return (int32_t)length;
}

int wq_client_pump(wq_client *client) {
  wq_client_message *const message = client->current;
  wq_session *const session = wq_client_session(client);
  if (!message || !session) return 0;
  if (client->current_offset < message->payload_length) {
    uint32_t room;
    uint8_t *to;
    int32_t count;
    wq_client_make_room(client);
    room = client->options.output_size - client->output_end;
    to = wq_client_memory(client, client->output + client->output_end, room);
    if (room == 0 || !to) return 0;
    count = read_piece(client, to, room);
    if (count < 0) {
      wq_client_lose(client, count, 0);
      if (message->qos == 0) wq_client_finish(client, message, count, 0);
      return 0;
    }
    if (count == 0) return 0;
    wq_client_wrote(client, (uint32_t)count);
    client->current_offset += (uint32_t)count;
    /* Nothing is due as long as the client sends. */
    session->last_sent = wq_client_now(client);
  }
  if (client->current_offset == message->payload_length) {
    client->current = NULL;
    if (message->qos == 0) wq_client_finish(client, message, 0, 0);
  }
  return 1;
}

int wq_client_send_queued(wq_client *client) {
  uint32_t turns = 0;
  while (client->state == WQ_CLIENT_CONNECTED && !client->is_leaving && !client->current && turns++ < WQ_CLIENT_TURNS) {
    wq_client_message *const message = find(client, 0);
    const int32_t result = message ? send_head(client, message, 0) : 0;
    if (!message || result == WQ_CLIENT_WAIT || result == WQ_RESULT_NO_MEMORY || result == WQ_RESULT_RECEIVE_MAXIMUM_REACHED ||
        result == WQ_RESULT_RESEND_PENDING)
      return 0;
    if (result < 0) wq_client_finish(client, message, result, 0);
    else wq_client_pump(client);
  }
  return turns > WQ_CLIENT_TURNS;
}

int wq_client_resend(wq_client *client, uint32_t packet_id) {
  wq_client_message *const message = find(client, packet_id);
  const int32_t result = message ? send_head(client, message, DUP) : WQ_RESULT_PACKET_ID_UNKNOWN;
  if (result == WQ_CLIENT_WAIT) return 0;
  if (result >= 0) return wq_client_pump(client);
  /* The server takes less than on the connection before, so this session cannot go on: the next connection begins another. */
  client->starts_clean = 1;
  wq_client_fail(client, result, 0);
  if (message) wq_client_finish(client, message, result, 0);
  return 0;
}
