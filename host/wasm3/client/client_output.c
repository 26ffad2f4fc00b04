/* Bytes to the server: packets lie in the output in linear memory; answers of the session beside it while a payload is sent. */
#include "client_parts.h"

uint8_t *wq_client_memory(wq_client *client, wq_ptr address, uint32_t length) {
  return wq_bytes(client->options.core, address, length);
}

wq_session *wq_client_session(wq_client *client) {
  return (wq_session *)(void *)wq_client_memory(client, client->context, (uint32_t)sizeof(wq_session));
}

uint32_t wq_client_now(const wq_client *client) { return client->options.transport.now(client->options.user); }

/* Half of the time is random (xorshift), so that devices that lost the same server do not come back in step. */
static uint32_t back_off(wq_client *client) {
  const wq_client_options *const options = &client->options;
  uint32_t wait = options->reconnect_least, i;
  for (i = 0; i < client->failures && wait < options->reconnect_most; i++) wait *= 2u;
  if (wait > options->reconnect_most) wait = options->reconnect_most;
  if (client->failures < 31u) client->failures++;
  client->random ^= client->random << 13;
  client->random ^= client->random >> 17;
  client->random ^= client->random << 5;
  return wait / 2u + client->random % (wait / 2u + 1u);
}

void wq_client_lose(wq_client *client, int32_t result, uint32_t reason_code) {
  const wq_client_options *const options = &client->options;
  if (client->state == WQ_CLIENT_CLOSED) return;
  client->state = WQ_CLIENT_CLOSED;
  wq_session_close(options->core, client->context);
  if (options->transport.close) options->transport.close(options->user);
  client->answers_used = client->input_start = client->input_end = client->output_start = client->output_end = 0;
  client->current = NULL;
  client->left = 0;
  client->reconnects = !client->is_leaving && options->reconnect_least > 0 && options->transport.open != NULL;
  client->is_leaving = 0;
  if (client->reconnects) client->reconnect_at = wq_client_now(client) + back_off(client);
  /* Those of a CONNACK or DISCONNECT say more: a Reason String, a Server Reference. */
  if (result != WQ_CLIENT_REFUSED && result != WQ_CLIENT_DISCONNECTED) client->properties_left = 0;
  client->has_ended = 1;
  client->end_result = result;
  client->end_reason = reason_code;
}

void wq_client_make_room(wq_client *client) {
  uint8_t *const output = wq_client_memory(client, client->output, client->options.output_size);
  if (!output || client->output_start == 0) return;
  memmove(output, output + client->output_start, client->output_end - client->output_start);
  client->output_end -= client->output_start;
  client->output_start = 0;
}

void wq_client_wrote(wq_client *client, uint32_t length) {
  if (client->output_start == client->output_end) client->progress_at = wq_client_now(client);
  client->output_end += length;
}

/* The answers go behind the output, unless that ends within a payload. */
static void take_answers(wq_client *client) {
  const uint32_t length = client->answers_used;
  const uint8_t *from;
  uint8_t *to;
  if (length == 0 || client->current) return;
  wq_client_make_room(client);
  if (client->options.output_size - client->output_end < length) return;
  from = wq_client_memory(client, client->answers, length);
  to = wq_client_memory(client, client->output + client->output_end, length);
  if (!from || !to) return;
  memcpy(to, from, length);
  client->answers_used = 0;
  wq_client_wrote(client, length);
}

int32_t wq_client_flush(wq_client *client) {
  const wq_client_options *const options = &client->options;
  take_answers(client);
  while (client->output_start < client->output_end) {
    const uint32_t left = client->output_end - client->output_start;
    const uint8_t *const from = wq_client_memory(client, client->output + client->output_start, left);
    const int32_t sent = from ? options->transport.send(options->user, from, left) : 0;
    if (!from) return WQ_RESULT_NOT_OPEN;
    if (sent < 0) return WQ_CLIENT_SEND_FAILED;
    if ((uint32_t)sent > left) return WQ_CLIENT_TRANSPORT_LENGTH;
    if (sent == 0) return wq_client_now(client) - client->progress_at < options->response_timeout ? 0 : WQ_CLIENT_SEND_TIMEOUT;
    client->output_start += (uint32_t)sent;
    client->progress_at = wq_client_now(client);
    if (client->output_start == client->output_end) {
      client->output_start = client->output_end = 0;
      take_answers(client);
    }
  }
  return 0;
}
