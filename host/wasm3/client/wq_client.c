/* A client from its making to its end: what it is made of, how it connects, and what one poll does. */
#include "wq_client.h"

#include "client_parts.h"

#define DEFAULT_TIMEOUT 30000u
#define LEAST_AREA 64u
/* Milliseconds after which a transport that took nothing is tried again. */
#define RETRY 10
#define LARGEST_WAIT 0x40000000u

static int is_within(uint32_t value, uint32_t least, uint32_t most) { return value >= least && value <= most; }

static int is_valid(const wq_client_options *options) {
  const wq_client_transport *const transport = &options->transport;
  const wq_client_message *const will = options->will;
  return options->core && transport->send && transport->receive && transport->now && is_within(options->version, 4, 5) &&
         options->keep_alive <= 0xffffu && is_within(options->send_capacity, 1, 0xffff) &&
         is_within(options->receive_capacity, 1, 0xffff) && options->alias_bytes <= WQ_CLIENT_LARGEST_BODY &&
         is_within(options->input_size, LEAST_AREA, WQ_CLIENT_LARGEST_BODY) &&
         is_within(options->output_size, LEAST_AREA, WQ_CLIENT_LARGEST_BODY) && options->response_timeout <= 0x7fffffffu &&
         (options->reconnect_least == 0 || is_within(options->reconnect_most, options->reconnect_least, LARGEST_WAIT)) &&
         (!will || (will->qos <= 2 && (will->payload_length == 0 || will->payload)));
}

/* Takes the next bytes of linear memory. */
static wq_ptr take(wq_ptr *end, uint32_t length) {
  const wq_ptr at = *end;
  *end = (at + length + 7u) & ~7u;
  return at;
}

int32_t wq_client_open(wq_client *client, const wq_client_options *options) {
  const int32_t base = options->core ? wq_heap_base(options->core) : WQ_RESULT_INVALID_ARGUMENT;
  wq_ptr end;
  if (base < 0) return base;
  if (!is_valid(options) || options->memory % 8u != 0) return WQ_RESULT_INVALID_ARGUMENT;
  memset(client, 0, sizeof *client);
  client->options = *options;
  if (options->response_timeout == 0) client->options.response_timeout = DEFAULT_TIMEOUT;
  client->random = options->seed ? options->seed : 1u;
  client->context_size = WQ_SESSION_CONTEXT_HEADER + options->alias_bytes +
                         (options->send_capacity + options->receive_capacity) * WQ_SESSION_CONTEXT_ENTRY;
  end = options->memory ? options->memory : ((wq_ptr)base + 7u) & ~7u;
  client->context = take(&end, client->context_size);
  client->trial = take(&end, client->context_size);
  client->packet = take(&end, (uint32_t)sizeof(wq_packet));
  client->request = take(&end, (uint32_t)sizeof(wq_packet));
  client->item = take(&end, (uint32_t)sizeof(wq_property));
  client->answers = take(&end, WQ_CLIENT_ANSWERS);
  client->input = take(&end, options->input_size);
  client->output = take(&end, options->output_size);
  /* In 3.1.1 nothing keeps a client from the session that it forgot, as after a restart. */
  if (options->version == 4) client->options.session_flags |= WQ_SESSION_FLAG_ADOPT_SESSION;
  if (client->context < (wq_ptr)base) return WQ_RESULT_INVALID_ARGUMENT;
  if (!wq_client_memory(client, client->context, end - client->context)) return WQ_RESULT_LINEAR_MEMORY;
  return wq_session_init(
      options->core, client->context, client->context_size, options->send_capacity, options->receive_capacity,
      client->options.session_flags, client->options.response_timeout);
}

static int32_t connect(wq_client *client) {
  const wq_client_options *const options = &client->options;
  /* Clean Session of 3.1.1 is how long the session lives, so it is the same on each connection (3.1.2.4). */
  const int clean_start = client->starts_clean || (options->version == 4 && options->clean_start);
  int32_t result;
  client->reconnects = 0;
  client->is_leaving = 0;
  client->state = WQ_CLIENT_CONNECTING;
  result = options->transport.open ? options->transport.open(options->user) : 0;
  result = result < 0 ? WQ_CLIENT_OPEN_FAILED : wq_client_send_connect(client, clean_start);
  if (result < 0) wq_client_lose(client, result, 0);
  return result < 0 ? result : 0;
}

/* Reports the end of the connection, behind everything else, so that the callback may connect again. */
static void tell_end(wq_client *client) {
  if (!client->has_ended) return;
  client->has_ended = 0;
  client->is_polling = 1;
  if (client->options.callbacks.on_closed)
    client->options.callbacks.on_closed(client->options.user, client->end_result, client->end_reason);
  client->is_polling = 0;
}

int32_t wq_client_connect(wq_client *client) {
  int32_t result;
  if (client->state != WQ_CLIENT_CLOSED || client->has_ended) return WQ_RESULT_SESSION_STATE;
  client->failures = 0;
  if (client->options.clean_start) client->starts_clean = 1;
  result = connect(client);
  if (!client->is_polling) tell_end(client);
  return result;
}

int32_t wq_client_disconnect(wq_client *client, uint32_t reason_code) {
  client->reconnects = 0;
  if (client->state == WQ_CLIENT_CLOSED) return 0;
  client->is_leaving = 1;
  client->leave_reason = (uint8_t)reason_code;
  return 0;
}

/* Sends DISCONNECT when everything before it has gone, and closes when that has gone too. */
static void leave(wq_client *client) {
  wq_packet *packet;
  if (!client->is_leaving || client->state == WQ_CLIENT_CLOSED) return;
  if (client->state == WQ_CLIENT_CONNECTING) wq_client_lose(client, 0, 0);
  if (client->current || client->output_end > 0 || client->answers_used > 0) return;
  if (client->state == WQ_CLIENT_CLOSING) wq_client_lose(client, 0, 0);
  if (client->state == WQ_CLIENT_CLOSED) return;
  packet = wq_client_request(client, WQ_PACKET_TYPE_DISCONNECT);
  if (packet && client->options.version == 5) packet->reason_code = client->leave_reason;
  client->state = WQ_CLIENT_CLOSING;
  if (wq_client_send(client) < 0) wq_client_lose(client, 0, 0);
}

/* PINGREQ, and what has to be sent again after a reconnect. Returns whether it may go on at once. */
static int do_what_is_due(wq_client *client) {
  const wq_session *const session = wq_client_session(client);
  const wq_client_options *const options = &client->options;
  uint32_t turns = 0;
  while (session && client->state != WQ_CLIENT_CLOSED && turns++ < WQ_CLIENT_TURNS) {
    const uint32_t now = wq_client_now(client);
    int32_t written;
    /* While a payload is being sent, nothing but the answer to an earlier packet is due. */
    if (client->current &&
        (session->waiting + session->pinging == 0 || wq_session_deadline(options->core, client->context, now) != 0))
      return 0;
    if (WQ_CLIENT_ANSWERS - client->answers_used < WQ_CLIENT_ANSWER) return 0;
    written = wq_session_poll(
        options->core, client->context, now, client->answers + client->answers_used, WQ_CLIENT_ANSWER);
    if (written < 0) {
      wq_client_lose(client, written, 0);
      return 0;
    }
    client->answers_used += (uint32_t)written;
    if (written > 0) continue;
    if (session->event != WQ_SESSION_EVENT_RESEND || client->current || client->is_leaving ||
        !wq_client_resend(client, session->packet_id))
      return 0;
  }
  return turns > WQ_CLIENT_TURNS;
}

static void flush(wq_client *client) {
  const int32_t result = client->state == WQ_CLIENT_CLOSED ? 0 : wq_client_flush(client);
  if (result < 0) wq_client_lose(client, client->state == WQ_CLIENT_CLOSING ? 0 : result, 0);
}

/* Sends as much as the transport takes. Returns whether it may take more at once. */
static int send_all(wq_client *client) {
  uint32_t turns = 0;
  flush(client);
  while (client->current && client->output_end < client->options.output_size && turns++ < WQ_CLIENT_TURNS) {
    if (!wq_client_pump(client)) return 0;
    flush(client);
  }
  return turns > WQ_CLIENT_TURNS;
}

static int32_t time_left(wq_client *client) {
  const wq_session *const session = wq_client_session(client);
  const uint32_t now = wq_client_now(client);
  int32_t wait = WQ_CLIENT_IDLE;
  if (client->has_ended) return 0;
  if (client->state == WQ_CLIENT_CLOSED) {
    if (!client->reconnects) return WQ_CLIENT_IDLE;
    wait = (int32_t)(client->reconnect_at - now);
    return wait > 0 ? wait : 0;
  }
  if (session && (!client->current || session->waiting + session->pinging > 0))
    wait = wq_session_deadline(client->options.core, client->context, now);
  if ((client->output_end > 0 || client->answers_used > 0 || client->current || client->is_leaving) && wait > RETRY) wait = RETRY;
  return wait > 0 ? wait : 0;
}

/* Whether it is time to connect again. */
static int is_due(wq_client *client) {
  return client->state == WQ_CLIENT_CLOSED && client->reconnects && !client->has_ended &&
         (int32_t)(wq_client_now(client) - client->reconnect_at) >= 0;
}

int32_t wq_client_poll(wq_client *client) {
  int goes_on = 0;
  if (client->is_polling) return WQ_CLIENT_BUSY;
  client->is_polling = 1;
  if (is_due(client)) connect(client);
  goes_on |= send_all(client);
  if (client->state == WQ_CLIENT_CONNECTING || client->state == WQ_CLIENT_CONNECTED) {
    goes_on |= wq_client_receive(client);
    goes_on |= do_what_is_due(client);
    goes_on |= wq_client_send_queued(client);
    goes_on |= send_all(client);
  }
  leave(client);
  flush(client);
  leave(client);
  client->is_polling = 0;
  tell_end(client);
  return goes_on && client->state != WQ_CLIENT_CLOSED ? 0 : time_left(client);
}
