/* Bytes of the server. A packet is decoded when all of it is in the input; the payload of a PUBLISH that is larger comes in pieces. */
#include "client_parts.h"

#define QOS(packet) (((packet)->flags >> 1) & 3u)
#define RETAIN 1u
#define DUP 8u

static wq_packet *packet_of(wq_client *client) { return WQ_RECORD(client->options.core, wq_packet, client->packet); }

/* Room for an answer of the session. Returns its address, 0 when there is none. */
static wq_ptr answer_room(const wq_client *client) {
  return WQ_CLIENT_ANSWERS - client->answers_used < WQ_CLIENT_ANSWER ? 0 : client->answers + client->answers_used;
}

/* Makes room for an answer, if the transport takes those before it. */
static int has_answer_room(wq_client *client) {
  const int32_t result = answer_room(client) ? 0 : wq_client_flush(client);
  if (result < 0) wq_client_lose(client, result, 0);
  return result == 0 && answer_room(client) != 0;
}

/* Hands the packet in the record to the session in this context. Returns its event, or a result below zero. */
static int32_t hand_over(wq_client *client, wq_ptr context) {
  const int32_t written = wq_session_receive(
      client->options.core, context, client->packet, wq_client_now(client), answer_room(client), WQ_CLIENT_ANSWER);
  const wq_session *const session = WQ_RECORD(client->options.core, wq_session, context);
  if (written < 0) return written;
  if (!session) return WQ_RESULT_NOT_OPEN;
  if (context == client->context) client->answers_used += (uint32_t)written;
  return (int32_t)session->event;
}

static void deliver(wq_client *client, const uint8_t *payload, uint32_t offset, uint32_t length, uint32_t total) {
  const wq_packet *const packet = packet_of(client);
  const uint8_t *const topic = packet ? wq_client_memory(client, packet->topic, packet->topic_length) : NULL;
  wq_client_delivery delivery;
  if (!topic || !payload || !client->options.callbacks.on_message) return;
  delivery.topic = (const char *)topic;
  delivery.topic_length = packet->topic_length;
  delivery.payload = payload;
  delivery.offset = offset;
  delivery.length = length;
  delivery.total = total;
  delivery.packet_id = packet->packet_id;
  delivery.qos = (uint8_t)QOS(packet);
  delivery.retain = (packet->flags & RETAIN) != 0;
  delivery.dup = (packet->flags & DUP) != 0;
  client->properties = packet->properties;
  client->properties_left = packet->properties_length;
  client->options.callbacks.on_message(client->options.user, &delivery);
}

static void connected(wq_client *client, int session_present) {
  client->state = WQ_CLIENT_CONNECTED;
  client->failures = 0;
  client->starts_clean = 0;
  /* MQTT-3.2.2-5 */
  if (!session_present) wq_client_session_lost(client);
  if (client->options.callbacks.on_connected) client->options.callbacks.on_connected(client->options.user, session_present);
}

/* Any packet: what it meant for the session is reported. */
static void report(wq_client *client, const wq_packet *packet, int32_t event) {
  const wq_client_callbacks *const callbacks = &client->options.callbacks;
  void *const user = client->options.user;
  const uint8_t *const bytes = wq_client_memory(client, packet->payload, packet->payload_length);
  client->properties = packet->properties;
  client->properties_left = packet->properties_length;
  switch (event) {
    case WQ_SESSION_EVENT_CONNECTED:
      connected(client, packet->connect_flags != 0);
      break;
    case WQ_SESSION_EVENT_REFUSED:
      wq_client_lose(client, WQ_CLIENT_REFUSED, packet->reason_code);
      break;
    case WQ_SESSION_EVENT_MESSAGE:
      deliver(client, bytes, 0, packet->payload_length, packet->payload_length);
      break;
    case WQ_SESSION_EVENT_PUBLISHED:
      wq_client_finish_id(client, packet->packet_id, packet->reason_code);
      break;
    case WQ_SESSION_EVENT_SUBSCRIBED:
      if (callbacks->on_subscribed) callbacks->on_subscribed(user, packet->packet_id, bytes, packet->count);
      break;
    case WQ_SESSION_EVENT_UNSUBSCRIBED:
      if (callbacks->on_unsubscribed) callbacks->on_unsubscribed(user, packet->packet_id, bytes, packet->count);
      break;
    case WQ_SESSION_EVENT_AUTHENTICATE:
    case WQ_SESSION_EVENT_AUTHENTICATED:
      if (callbacks->on_authenticate) callbacks->on_authenticate(user, packet->reason_code);
      break;
    case WQ_SESSION_EVENT_DISCONNECTED:
      wq_client_lose(client, WQ_CLIENT_DISCONNECTED, packet->reason_code);
      break;
    default:
      break;
  }
}

/* The decoder or the session refused the packet. One that ends the connection still says why the server wants that. */
static void refuse(wq_client *client, int32_t result) {
  const wq_packet *const packet = packet_of(client);
  const uint32_t type = packet ? packet->type : 0, code = packet ? packet->reason_code : 0;
  /* The client forgot this session, or never learnt of it: the next connection begins another (MQTT-3.2.2-4). */
  if (result == WQ_RESULT_SESSION_PRESENT_UNEXPECTED) client->starts_clean = 1;
  if (code > 0 && type == WQ_PACKET_TYPE_CONNACK && client->state == WQ_CLIENT_CONNECTING)
    wq_client_lose(client, WQ_CLIENT_REFUSED, code);
  else if (code > 0 && type == WQ_PACKET_TYPE_DISCONNECT && client->options.version == 5)
    wq_client_lose(client, WQ_CLIENT_DISCONNECTED, code);
  else wq_client_fail(client, result, type);
}

static uint32_t largest_packet(wq_client *client) {
  const wq_ptr at = client->context + (wq_ptr)sizeof(wq_session);
  const wq_session_limits *const own = WQ_RECORD(client->options.core, wq_session_limits, at);
  return own && own->maximum_packet_size > 0 ? own->maximum_packet_size : 0xffffffffu;
}

static int32_t decode(wq_client *client, uint32_t length, uint32_t option) {
  return wq_mqtt_decode(
      client->options.core, client->input + client->input_start, length, client->options.version | option,
      largest_packet(client), client->packet);
}

/* Moves the input to the front of its area. */
static void compact(wq_client *client) {
  uint8_t *const input = wq_client_memory(client, client->input, client->options.input_size);
  if (!input || client->input_start == 0) return;
  memmove(input, input + client->input_start, client->input_end - client->input_start);
  client->input_end -= client->input_start;
  client->input_start = 0;
}

/*
 * The header of a PUBLISH that is larger than the input is there, at the front. What the message means is asked of a copy of the
 * context: the session takes it when it is complete.
 */
static void begin_pieces(wq_client *client) {
  const wq_packet *const packet = packet_of(client);
  const uint8_t *const from = wq_client_memory(client, client->context, client->context_size);
  uint8_t *const to = wq_client_memory(client, client->trial, client->context_size);
  int32_t event;
  if (!packet || !from || !to) return;
  memcpy(to, from, client->context_size);
  event = hand_over(client, client->trial);
  if (event < 0) {
    refuse(client, event);
    return;
  }
  client->header = packet->payload - client->input;
  client->total = packet->payload_length + packet->needed;
  client->left = client->total;
  client->is_new = event == WQ_SESSION_EVENT_MESSAGE;
  if (client->header >= client->options.input_size) wq_client_fail(client, WQ_RESULT_PACKET_TOO_LARGE, packet->type);
}

/* Takes what has arrived of the payload behind its header. */
static void take_piece(wq_client *client) {
  const uint32_t length = client->input_end - client->header, offset = client->total - client->left;
  const uint8_t *const piece = wq_client_memory(client, client->input + client->header, length);
  client->input_end = client->header;
  client->left -= length;
  if (client->left == 0) {
    int32_t event = decode(client, client->header, WQ_DECODE_OPTION_HEADER);
    client->input_end = 0;
    if (event > 0) event = hand_over(client, client->context);
    if (event < 0) {
      refuse(client, event);
      return;
    }
  }
  if (client->is_new && client->state == WQ_CLIENT_CONNECTED) deliver(client, piece, offset, length, client->total);
}

/* Decodes the input and takes a packet, or the header of a large one. Returns whether there was one. */
static int take_packet(wq_client *client) {
  const uint32_t length = client->input_end - client->input_start, size = client->options.input_size;
  const wq_packet *const packet = packet_of(client);
  int32_t used = length > 0 ? decode(client, length, 0) : 0, event;
  if (length == 0 || !packet) return 0;
  if (used == 0 && (packet->needed > size || length + packet->needed > size)) {
    compact(client);
    used = decode(client, length, WQ_DECODE_OPTION_HEADER);
    if (used > 0) {
      begin_pieces(client);
      return 1;
    }
    if (used == 0 && length == size) used = WQ_RESULT_PACKET_TOO_LARGE;
  }
  if (used < 0) refuse(client, used);
  if (used <= 0) return 0;
  event = hand_over(client, client->context);
  client->input_start += (uint32_t)used;
  if (event < 0) refuse(client, event);
  else report(client, packet, event);
  return 1;
}

/* Takes bytes from the transport. Returns whether there were any. */
static int take_bytes(wq_client *client) {
  const wq_client_options *const options = &client->options;
  uint32_t room;
  uint8_t *to;
  int32_t count;
  if (client->left == 0) compact(client);
  room = options->input_size - client->input_end;
  if (client->left > 0 && room > client->left) room = client->left;
  to = wq_client_memory(client, client->input + client->input_end, room);
  if (room == 0 || !to) return 0;
  count = options->transport.receive(options->user, to, room);
  if (count < 0) wq_client_lose(client, WQ_CLIENT_RECEIVE_FAILED, 0);
  else if ((uint32_t)count > room) wq_client_lose(client, WQ_CLIENT_TRANSPORT_LENGTH, 0);
  if (client->state == WQ_CLIENT_CLOSED || count == 0) return 0;
  client->input_end += (uint32_t)count;
  return 1;
}

/* Takes all that is in the input. */
static void take_input(wq_client *client) {
  while (client->state != WQ_CLIENT_CLOSED && has_answer_room(client)) {
    if (client->left > 0 && client->input_end > client->header) take_piece(client);
    else if (client->left > 0 || !take_packet(client)) break;
  }
  /* The server is alive: its packet has begun. */
  if (client->has_news && client->state != WQ_CLIENT_CLOSED && (client->left > 0 || client->input_end > client->input_start))
    wq_session_arrived(client->options.core, client->context, wq_client_now(client));
  client->has_news = 0;
}

int wq_client_receive(wq_client *client) {
  uint32_t turns;
  for (turns = 0; turns < WQ_CLIENT_TURNS; turns++) {
    take_input(client);
    if (client->state == WQ_CLIENT_CLOSED || !answer_room(client)) return 0;
    client->has_news = (uint8_t)take_bytes(client);
    if (!client->has_news) return 0;
  }
  return 1;
}

int32_t wq_client_next_property(wq_client *client, wq_client_property *property) {
  const wq_property *const item = WQ_RECORD(client->options.core, wq_property, client->item);
  const int32_t used =
      wq_mqtt_property_read(client->options.core, client->properties, client->properties_left, client->item);
  memset(property, 0, sizeof *property);
  if (!item || used <= 0) return 0;
  client->properties += (wq_ptr)used;
  client->properties_left -= (uint32_t)used;
  property->id = item->id;
  if (item->type < WQ_PROPERTY_TYPE_BINARY) {
    property->number = item->value;
    return 1;
  }
  property->value.data = wq_client_memory(client, item->value, item->value_length);
  property->value.length = item->value_length;
  property->name.data = item->type == WQ_PROPERTY_TYPE_PAIR ? wq_client_memory(client, item->name, item->name_length) : NULL;
  property->name.length = item->type == WQ_PROPERTY_TYPE_PAIR ? item->name_length : 0;
  return 1;
}
