/*
 * Tests of the client against a broker: COMMAND PORT VERSION CORE.WASM. Prints what the client reported. A client talks to itself:
 * it subscribes to a topic and publishes to it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "line.h"

#define SEND 4u
#define RECEIVE 4u
#define INPUT 128u
#define OUTPUT 192u
/* More than input and output hold. */
#define LARGE 700u

static wq_client client;
static wq_client_options options;
static int begins_session = 1, verbose, subscribed, unsubscribed, published, failed, received, closed, asks_again;
static int32_t closed_result;
static uint32_t closed_reason, got, sum_of_got;
static char name[48], topic[64];
static uint8_t large[LARGE];
static uint32_t clients;
static const char *command;
#ifdef WQ_AOT
static const char engine[] = "wasm2c";
#else
static const char engine[] = "wasm3";
#endif
static wq_client_filter filter;

static uint32_t sum(const uint8_t *bytes, uint32_t length, uint32_t start) {
  while (length-- > 0) start = start * 31u + *bytes++;
  return start;
}

static void on_connected(void *user, int session_present) {
  (void)user;
  if (verbose) printf("connected, session %d\n", session_present);
  if (!subscribed && wq_client_subscribe(&client, &filter, 1, NULL) < 0) failed = 1;
}

static void on_subscribed(void *user, uint32_t packet_id, const uint8_t *codes, uint32_t count) {
  (void)user, (void)packet_id;
  if (verbose) printf("subscribed %u code %u\n", (unsigned)count, (unsigned)codes[0]);
  subscribed = 1;
}

static void on_unsubscribed(void *user, uint32_t packet_id, const uint8_t *codes, uint32_t count) {
  (void)user, (void)packet_id, (void)codes;
  if (verbose) printf("unsubscribed %u\n", (unsigned)count);
  unsubscribed = 1;
}

static void on_message(void *user, const wq_client_delivery *message) {
  wq_client_property property;
  (void)user;
  if (message->offset == 0) got = sum_of_got = 0;
  if (message->offset != got) failed = 1;
  got += message->length;
  sum_of_got = sum(message->payload, message->length, sum_of_got);
  if (got < message->total) return;
  received++;
  if (!verbose) return;
  printf("message %.*s %u bytes %08x qos %u", (int)message->topic_length, message->topic, (unsigned)got, (unsigned)sum_of_got,
         (unsigned)message->qos);
  while (wq_client_next_property(&client, &property))
    printf(" property %u %u %.*s=%.*s", (unsigned)property.id, (unsigned)property.number, (int)property.name.length,
           property.name.data ? (const char *)property.name.data : "", (int)property.value.length,
           property.value.data ? (const char *)property.value.data : "");
  printf("\n");
}

static void on_published(void *user, wq_client_message *message, int32_t result, uint32_t reason_code) {
  (void)user;
  if (verbose) printf("published qos %u: %d %u\n", (unsigned)message->qos, (int)result, (unsigned)reason_code);
  if (result == WQ_CLIENT_SESSION_LOST) {
    asks_again++;
    wq_client_publish(&client, message);
  } else {
    published++;
    if (result < 0) failed = 1;
  }
}

static void on_closed(void *user, int32_t result, uint32_t reason_code) {
  (void)user;
  if (verbose) printf("closed %d %u\n", (int)result, (unsigned)reason_code);
  closed++;
  closed_result = result;
  closed_reason = reason_code;
}

static void begin(int port, uint32_t version) {
  static const wq_client_callbacks callbacks = {on_connected,    on_message,      on_published, on_subscribed,
                                                on_unsubscribed, NULL, on_closed};
  line_reset(port);
  fill_memory();
  /* A session of its own for each. */
  snprintf(name, sizeof name, "%s-%s-%u-%u", engine, command, (unsigned)version, (unsigned)clients++);
  snprintf(topic, sizeof topic, "t/%s", name);
  subscribed = unsubscribed = published = failed = received = closed = asks_again = 0;
  memset(&options, 0, sizeof options);
  options.core = &core;
  options.transport = line_transport;
  options.callbacks = callbacks;
  options.version = version;
  options.client_id = wq_client_string(name);
  options.keep_alive = 60;
  options.clean_start = version == 5 && begins_session;
  options.session_expiry = 600;
  options.send_capacity = SEND;
  options.receive_capacity = RECEIVE;
  options.input_size = INPUT;
  options.output_size = OUTPUT;
  options.reconnect_least = 1000;
  options.reconnect_most = 60000;
  filter.filter = wq_client_string(topic);
  filter.options = 2;
}

static wq_ptr end_of_client(void) {
  return (wq_ptr)wq_heap_base(&core) + 7u + WQ_CLIENT_MEMORY(SEND, RECEIVE, 0, INPUT, OUTPUT);
}

/* Waits for the broker after a poll; while nothing is connected, time passes instead. Returns 0 when it did not answer. */
static int wait_after(uint32_t wait) {
  if (client.state == WQ_CLIENT_CLOSED) line.now += wait == WQ_CLIENT_IDLE ? 0 : wait;
  else if (wait > 10) return line_wait();
  return 1;
}

/* Goes on until the counts are reached. */
static int until(const int *count, int least) {
  uint32_t turns;
  for (turns = 0; turns < 100000u && !failed; turns++) {
    const uint32_t wait = (uint32_t)wq_client_poll(&client);
    if (*count >= least) return !failed;
    if (!wait_after(wait)) return 0;
  }
  return 0;
}

static int settle(void) {
  uint32_t turns;
  for (turns = 0; turns < 100000u; turns++) {
    const uint32_t wait = (uint32_t)wq_client_poll(&client);
    if (WQ_RECORD(&core, wq_session, client.context)->count == 0) return 1;
    if (!wait_after(wait)) return 0;
  }
  return 0;
}

static int32_t read_large(wq_client_message *message, uint32_t offset, uint8_t *to, uint32_t capacity) {
  const uint32_t length = capacity < 50 ? capacity : 50;
  (void)message;
  memcpy(to, large + offset, length);
  return (int32_t)length;
}

/* Connects, subscribes, publishes with each QoS and a payload larger than the buffers, unsubscribes, disconnects. */
static int exchange(int port, uint32_t version) {
  static wq_client_message messages[4], will;
  static const wq_client_property content[2] = {{WQ_PROPERTY_MESSAGE_EXPIRY_INTERVAL, 60, {NULL, 0}, {NULL, 0}},
                                                {WQ_PROPERTY_USER_PROPERTY, 0, {"v", 1}, {"n", 1}}};
  uint32_t i;
  begin(port, version);
  options.user_name = wq_client_string("user");
  options.password = wq_client_string("pass");
  will.topic = wq_client_string("will");
  will.payload = "gone";
  will.payload_length = 4;
  options.will = &will;
  verbose = 1;
  if (wq_client_open(&client, &options) < 0 || wq_client_connect(&client) < 0 || !until(&subscribed, 1)) return 0;
  memset(messages, 0, sizeof messages);
  for (i = 0; i < 4; i++) {
    messages[i].topic = wq_client_string(topic);
    messages[i].qos = (uint8_t)(i % 3);
    messages[i].payload = i < 3 ? "payload" : NULL;
    messages[i].payload_length = i < 3 ? 7 : LARGE;
    if (i < 3) messages[i].properties.list = content, messages[i].properties.count = 2;
    else messages[i].read = read_large, messages[i].qos = 2;
    if (wq_client_publish(&client, &messages[i]) < 0 || wq_client_publish(&client, &messages[i]) != WQ_CLIENT_BUSY) return 0;
    if (!until(&published, (int)i + 1) || !until(&received, (int)i + 1) || !settle()) return 0;
  }
  if (wq_client_unsubscribe(&client, &filter, 1, NULL) < 0) return 0;
  if (!until(&unsubscribed, 1)) return 0;
  wq_client_disconnect(&client, 0);
  return until(&closed, 1) && closed_result == 0 && wq_client_poll(&client) == WQ_CLIENT_IDLE && is_untouched_from(end_of_client());
}

/* One message of QoS 2 to itself over a line that may have a fault. Returns whether it arrived once, and was published once. */
static int once(int port, uint32_t version, enum fault fault, uint32_t fails_at, uint32_t length, uint32_t most, int blocks) {
  static wq_client_message message;
  begin(port, version);
  line.fault = fault;
  line.fails_at = fails_at;
  line.most = most;
  line.blocks = blocks;
  line.now = 0xfffffc00u + fails_at;
  options.seed = fails_at;
  if (wq_client_open(&client, &options) < 0) return 0;
  wq_client_connect(&client);
  if (!until(&subscribed, 1)) return 0;
  memset(&message, 0, sizeof message);
  message.topic = wq_client_string(topic);
  message.qos = 2;
  message.payload = large;
  message.payload_length = length;
  if (wq_client_publish(&client, &message) < 0 || !until(&published, 1) || !until(&received, 1) || !settle()) return 0;
  wq_client_disconnect(&client, 0);
  return until(&closed, (int)line.connections) && received == 1 && published == 1 && got == length &&
         sum_of_got == sum(large, length, 0) && asks_again == 0 && is_untouched_from(end_of_client());
}

/* Cuts the line at each byte that a sound connection has in a direction, until there is none more. */
static int cuts(int port, uint32_t version, enum fault fault, uint32_t length) {
  uint32_t at = 0;
  do
    if (!once(port, version, fault, at++, length, 0, 0)) {
      printf("cut at %u: %d of %d\n", (unsigned)at - 1, received, published);
      return 0;
    }
  while (line.connections > 1);
  printf("cut at %u bytes\n", (unsigned)at - 1);
  return 1;
}

static int faults(int port, uint32_t version) {
  static const enum fault all[] = {SENT_TOO_MUCH, RECEIVED_TOO_MUCH, SEND_NEGATIVE, RECEIVE_NEGATIVE, REFUSES_TO_OPEN};
  uint32_t i;
  verbose = 0;
  for (i = 0; i < 5; i++) printf("%d ", once(port, version, all[i], i == 4 ? 0 : 5, LARGE, 0, 0));
  printf("%d ", once(port, version, SOUND, 0, LARGE, 1, 0));
  printf("%d ", once(port, version, SOUND, 0, LARGE, 7, 1));
  begins_session = 0;
  clients = 1000;
  printf("%d\n", once(port, version, CUT_RECEIVING, 0, LARGE, 0, 0));
  return 1;
}

/* Stays connected while a clock of 32 bits wraps around. */
static int wraps(int port, uint32_t version) {
  uint32_t pings, passed = 0;
  begin(port, version);
  line.now = 0xffffffffu - 100000u;
  if (wq_client_open(&client, &options) < 0 || wq_client_connect(&client) < 0 || !until(&subscribed, 1)) return 0;
  for (pings = 0; pings < 5; pings++) {
    const wq_session *const session = WQ_RECORD(&core, wq_session, client.context);
    const int32_t wait = wq_client_poll(&client);
    if (wait <= 0 || wait > 60000) return 0;
    line.now += (uint32_t)wait;
    passed += (uint32_t)wait;
    wq_client_poll(&client);
    if (!session->pinging || client.state != WQ_CLIENT_CONNECTED) return 0;
    while (session->pinging)
      if (!line_wait() || wq_client_poll(&client) < 0) return 0;
  }
  printf("%u seconds, the clock is at %u\n", (unsigned)passed / 1000u, (unsigned)line.now);
  return 1;
}

/* A line that goes deaf, or takes nothing, is given up in time. */
static int silence(int port, uint32_t version, enum fault fault) {
  static wq_client_message message;
  begin(port, version);
  if (wq_client_open(&client, &options) < 0 || wq_client_connect(&client) < 0 || !until(&subscribed, 1)) return 0;
  line.fault = fault;
  memset(&message, 0, sizeof message);
  message.topic = wq_client_string(topic);
  if (fault == STUCK && wq_client_publish(&client, &message) < 0) return 0;
  while (!closed) line.now += (uint32_t)wq_client_poll(&client);
  printf("given up after %u ms: %d\n", (unsigned)line.now, (int)closed_result);
  return client.state == WQ_CLIENT_CLOSED;
}

int main(int count, char **words) {
  const int port = count == 5 ? atoi(words[2]) : 0;
  const uint32_t version = count == 5 ? (uint32_t)atoi(words[3]) : 0;
  uint32_t i;
  int well = 0;
  command = words[1];
  for (i = 0; i < LARGE; i++) large[i] = (uint8_t)(i * 7u);
  if (count != 5 || !open_core(words[4])) return 2;
  if (strcmp(command, "exchange") == 0) well = exchange(port, version);
  if (strcmp(command, "cuts") == 0)
    well = cuts(port, version, CUT_SENDING, 20) && cuts(port, version, CUT_RECEIVING, 20) &&
           cuts(port, version, CUT_RECEIVING, 200);
  if (strcmp(command, "faults") == 0) well = faults(port, version);
  if (strcmp(command, "wraps") == 0) well = wraps(port, version) && silence(port, version, DEAF) && silence(port, version, STUCK);
  printf(well ? "well\n" : "failed\n");
  wq_close(&core);
  return 0;
}
