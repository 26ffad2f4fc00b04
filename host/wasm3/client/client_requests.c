/* Packets of the client: their texts are copied to the end of the output area, and the packet is encoded behind the output. */
#include "client_parts.h"

#define CLEAN_START 0x02u
#define WILL 0x04u
#define WILL_RETAIN 0x20u
#define PASSWORD 0x40u
#define USER_NAME 0x80u
/* Bytes of a property besides its texts: id, four bytes or two lengths. */
#define PROPERTY_SIZE 5u

wq_packet *wq_client_request(wq_client *client, uint32_t type) {
  wq_packet *const packet = WQ_RECORD(client->options.core, wq_packet, client->request);
  if (!packet) return NULL;
  memset(packet, 0, sizeof *packet);
  packet->type = type;
  wq_client_make_room(client);
  client->output_top = client->options.output_size;
  return packet;
}

/* Room at the end of what is free. Returns 0 when there is none. */
static wq_ptr reserve(wq_client *client, uint32_t length) {
  if (client->output_top - client->output_end < length) return 0;
  client->output_top -= length;
  return client->output + client->output_top;
}

int wq_client_place(wq_client *client, const wq_client_bytes *bytes, wq_ptr *address, uint32_t *length) {
  uint8_t *to;
  *address = reserve(client, bytes->length);
  *length = bytes->length;
  to = *address ? wq_client_memory(client, *address, bytes->length) : NULL;
  if (to && bytes->length > 0) memcpy(to, bytes->data, bytes->length);
  return to != NULL;
}

int32_t wq_client_no_room(const wq_client *client) {
  return client->output_start < client->output_end ? WQ_CLIENT_WAIT : WQ_RESULT_OUT_OF_SPACE;
}

static int32_t write_property(wq_client *client, const wq_client_property *property, wq_ptr to, uint32_t capacity) {
  const uint32_t top = client->output_top;
  wq_property *const item = WQ_RECORD(client->options.core, wq_property, client->item);
  wq_ptr value;
  int32_t written;
  if (!item) return WQ_RESULT_NOT_OPEN;
  memset(item, 0, sizeof *item);
  item->id = property->id;
  if (!wq_client_place(client, &property->value, &value, &item->value_length)) return wq_client_no_room(client);
  if (!wq_client_place(client, &property->name, &item->name, &item->name_length)) return wq_client_no_room(client);
  item->value = property->value.data ? value : property->number;
  written = wq_mqtt_property_write(client->options.core, client->item, to, capacity);
  client->output_top = top;
  return written;
}

/* Bytes of a list at most; more than the output when it cannot fit, or a text is too long for MQTT. */
static uint32_t size_of(const wq_client *client, const wq_client_properties *properties) {
  const uint32_t beyond = client->options.output_size + 1u;
  uint32_t size = 0, i;
  for (i = 0; i < properties->count && size < beyond; i++) {
    const wq_client_property *const property = &properties->list[i];
    if (property->value.length > beyond || property->name.length > beyond) return beyond;
    size += PROPERTY_SIZE + property->value.length + property->name.length;
  }
  return size < beyond ? size : beyond;
}

/* Writes a list behind the `length` bytes that are at this place. Returns 0 or a result below zero. */
static int32_t append(wq_client *client, const wq_client_properties *properties, wq_ptr at, uint32_t *length, uint32_t size) {
  uint32_t i;
  for (i = 0; i < properties->count; i++) {
    const int32_t written = write_property(client, &properties->list[i], at + *length, size - *length);
    if (written < 0) return written;
    *length += (uint32_t)written;
  }
  return 0;
}

int32_t wq_client_place_properties(wq_client *client, const wq_client_properties *properties, wq_ptr *at, uint32_t *length) {
  uint32_t size;
  if (client->options.version < 5 || !properties || properties->count == 0) return 0;
  size = size_of(client, properties);
  *at = reserve(client, size);
  return *at ? append(client, properties, *at, length, size) : wq_client_no_room(client);
}

int32_t wq_client_send(wq_client *client) {
  const int32_t written = wq_session_send(
      client->options.core, client->context, client->request, wq_client_now(client), client->output + client->output_end,
      client->output_top - client->output_end);
  if (written == WQ_RESULT_OUT_OF_SPACE) return wq_client_no_room(client);
  if (written > 0) wq_client_wrote(client, (uint32_t)written);
  return written;
}

static int32_t place_will(wq_client *client, wq_packet *packet, const wq_client_message *will) {
  wq_client_bytes payload;
  payload.data = will->payload;
  payload.length = will->payload_length;
  packet->connect_flags |= WILL | (uint32_t)will->qos << 3 | (will->retain ? WILL_RETAIN : 0u);
  if (!wq_client_place(client, &will->topic, &packet->topic, &packet->topic_length) ||
      !wq_client_place(client, &payload, &packet->payload, &packet->payload_length))
    return wq_client_no_room(client);
  return wq_client_place_properties(client, &will->properties, &packet->will_properties, &packet->will_properties_length);
}

/* The properties of the options, and behind them those that the client adds. */
static int32_t place_connect_properties(wq_client *client, wq_packet *packet) {
  const wq_client_options *const options = &client->options;
  wq_client_property own[2];
  wq_client_properties list;
  uint32_t size;
  int32_t result;
  memset(own, 0, sizeof own);
  own[0].id = WQ_PROPERTY_RECEIVE_MAXIMUM;
  own[0].number = options->receive_capacity;
  own[1].id = WQ_PROPERTY_SESSION_EXPIRY_INTERVAL;
  own[1].number = options->session_expiry;
  list.list = own;
  list.count = options->session_expiry > 0 ? 2u : 1u;
  size = size_of(client, &options->properties) + size_of(client, &list);
  packet->properties = reserve(client, size);
  if (!packet->properties) return wq_client_no_room(client);
  result = append(client, &options->properties, packet->properties, &packet->properties_length, size);
  return result < 0 ? result : append(client, &list, packet->properties, &packet->properties_length, size);
}

int32_t wq_client_send_connect(wq_client *client, int clean_start) {
  const wq_client_options *const options = &client->options;
  wq_packet *const packet = wq_client_request(client, WQ_PACKET_TYPE_CONNECT);
  int32_t result = 0;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  packet->protocol_version = options->version;
  packet->keep_alive = options->keep_alive;
  packet->connect_flags = (clean_start ? CLEAN_START : 0u) | (options->user_name.data ? USER_NAME : 0u) |
                          (options->password.data ? PASSWORD : 0u);
  if (!wq_client_place(client, &options->client_id, &packet->client_id, &packet->client_id_length) ||
      !wq_client_place(client, &options->user_name, &packet->user_name, &packet->user_name_length) ||
      !wq_client_place(client, &options->password, &packet->password, &packet->password_length))
    return wq_client_no_room(client);
  if (options->will) result = place_will(client, packet, options->will);
  if (result == 0 && options->version == 5) result = place_connect_properties(client, packet);
  return result < 0 ? result : wq_client_send(client);
}

static int32_t send_list(
    wq_client *client, uint32_t type, const wq_client_filter *filters, uint32_t count, const wq_client_properties *properties) {
  wq_packet *const packet = wq_client_request(client, type);
  uint32_t size = 0, i;
  int32_t result;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  if (client->state != WQ_CLIENT_CONNECTED || client->is_leaving) return WQ_RESULT_SESSION_STATE;
  if (client->current) return WQ_CLIENT_WAIT;
  if (count > client->options.output_size) return WQ_RESULT_OUT_OF_SPACE;
  for (i = 0; i < count; i++) {
    if (filters[i].filter.length > 0xffffu) return WQ_RESULT_STRING_TOO_LONG;
    if (size > client->options.output_size) return WQ_RESULT_OUT_OF_SPACE;
    size += filters[i].filter.length + 3u;
  }
  packet->count = count;
  packet->payload = reserve(client, size);
  if (!packet->payload) return wq_client_no_room(client);
  for (i = 0; i < count; i++) {
    const uint32_t top = client->output_top;
    wq_filter *const item = WQ_RECORD(client->options.core, wq_filter, client->item);
    if (!item) return WQ_RESULT_NOT_OPEN;
    if (!wq_client_place(client, &filters[i].filter, &item->filter, &item->filter_length)) return wq_client_no_room(client);
    item->options = filters[i].options;
    result = wq_mqtt_filter_write(
        client->options.core, client->item, type, packet->payload + packet->payload_length, size - packet->payload_length);
    if (result < 0) return result;
    packet->payload_length += (uint32_t)result;
    client->output_top = top;
  }
  result = wq_client_place_properties(client, properties, &packet->properties, &packet->properties_length);
  if (result == 0) result = wq_client_send(client);
  return result < 0 ? result : (int32_t)packet->packet_id;
}

int32_t wq_client_subscribe(
    wq_client *client, const wq_client_filter *filters, uint32_t count, const wq_client_properties *properties) {
  return send_list(client, WQ_PACKET_TYPE_SUBSCRIBE, filters, count, properties);
}

int32_t wq_client_unsubscribe(
    wq_client *client, const wq_client_filter *filters, uint32_t count, const wq_client_properties *properties) {
  return send_list(client, WQ_PACKET_TYPE_UNSUBSCRIBE, filters, count, properties);
}

int32_t wq_client_acknowledge(wq_client *client, uint32_t packet_id, uint32_t qos, uint32_t reason_code) {
  wq_packet *packet;
  int32_t result;
  if (qos < 1 || qos > 2) return WQ_RESULT_INVALID_ARGUMENT;
  if (client->current) return WQ_CLIENT_WAIT;
  packet = wq_client_request(client, qos == 1 ? WQ_PACKET_TYPE_PUBACK : WQ_PACKET_TYPE_PUBREC);
  if (!packet) return WQ_RESULT_NOT_OPEN;
  packet->packet_id = packet_id;
  packet->reason_code = reason_code;
  result = wq_client_send(client);
  return result < 0 ? result : 0;
}

int32_t wq_client_authenticate(wq_client *client, uint32_t reason_code, const wq_client_properties *properties) {
  wq_packet *const packet = wq_client_request(client, WQ_PACKET_TYPE_AUTH);
  int32_t result;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  if (client->current) return WQ_CLIENT_WAIT;
  packet->reason_code = reason_code;
  result = wq_client_place_properties(client, properties, &packet->properties, &packet->properties_length);
  if (result == 0) result = wq_client_send(client);
  return result < 0 ? result : 0;
}

void wq_client_fail(wq_client *client, int32_t result, uint32_t type) {
  /* A client of 3.1.1 cannot tell the server why it goes. Nothing may follow DISCONNECT (3.14.4). */
  const int tells = client->state == WQ_CLIENT_CONNECTED && client->options.version == 5 && wq_client_flush(client) == 0 &&
                    !client->current;
  wq_packet *const packet = tells ? wq_client_request(client, WQ_PACKET_TYPE_DISCONNECT) : NULL;
  if (packet) {
    client->answers_used = 0;
    packet->reason_code = wq_result_reason_code(result, type);
    if (packet->reason_code == 0) packet->reason_code = WQ_REASON_UNSPECIFIED_ERROR;
    if (wq_client_send(client) > 0) wq_client_flush(client);
  }
  wq_client_lose(client, result, 0);
}
