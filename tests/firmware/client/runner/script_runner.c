/*
 * A client without a broker, on this machine or the emulated one: VERSION CORE.WASM FILE. The file has commands, a line each:
 * make KEEPS MANUAL LEAST MOST; connect; poll; pass MS; server HEX; publish N QOS LENGTH; subscribe FILTER; ack ID QOS
 * REASON; auth REASON; disconnect; take N (bytes that the transport takes, -1: it fails); read N (bytes that a payload's source
 * has at a time, -1: it fails). Printed: what was sent as hex, what callbacks got, and results that are not 0.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core_memory.h"
#include "wq_client.h"

#define MESSAGES 4
#define LONGEST 2048
#define INPUT 64u
#define OUTPUT 96u

static wq_client client;
static wq_client_message messages[MESSAGES];
static uint8_t inbox[LONGEST], sent[LONGEST], payload[256];
static uint32_t inbox_from, inbox_to, sent_length, now;
static int takes = LONGEST, reads;

static int32_t give(void *user, const uint8_t *bytes, uint32_t length) {
  const uint32_t count = takes < 0 || (uint32_t)takes > length ? length : (uint32_t)takes;
  (void)user;
  if (takes < 0) return -1;
  memcpy(sent + sent_length, bytes, count);
  sent_length += count;
  return (int32_t)count;
}

static int32_t take(void *user, uint8_t *bytes, uint32_t capacity) {
  const uint32_t left = inbox_to - inbox_from, count = left < capacity ? left : capacity;
  (void)user;
  memcpy(bytes, inbox + inbox_from, count);
  inbox_from += count;
  return (int32_t)count;
}

static uint32_t tell_time(void *user) {
  (void)user;
  return now;
}

static int32_t open_line(void *user) {
  (void)user;
  inbox_from = inbox_to = 0;
  printf("open\n");
  return 0;
}

static int32_t read_payload(wq_client_message *message, uint32_t offset, uint8_t *to, uint32_t capacity) {
  const uint32_t count = (uint32_t)reads < capacity ? (uint32_t)reads : capacity;
  (void)message;
  if (reads < 0) return reads;
  memcpy(to, payload + offset, count);
  return (int32_t)count;
}

static void print_properties(void) {
  wq_client_property property;
  while (wq_client_next_property(&client, &property))
    printf(" %u=%.*s", (unsigned)property.id, (int)property.value.length, property.value.data ? (const char *)property.value.data : "");
  printf("\n");
}

static void on_connected(void *user, int session_present) {
  (void)user;
  printf("connected %d", session_present);
  print_properties();
}

static void on_message(void *user, const wq_client_delivery *message) {
  (void)user;
  printf("message %.*s %u %u-%u of %u", (int)message->topic_length, message->topic, (unsigned)message->packet_id,
         (unsigned)message->offset, (unsigned)(message->offset + message->length), (unsigned)message->total);
  print_properties();
}

static void on_published(void *user, wq_client_message *message, int32_t result, uint32_t reason_code) {
  (void)user;
  printf("published %d %d %u", (int)(message - messages), (int)result, (unsigned)reason_code);
  print_properties();
}

static void on_subscribed(void *user, uint32_t packet_id, const uint8_t *codes, uint32_t count) {
  (void)user;
  printf("subscribed %u %u %u\n", (unsigned)packet_id, (unsigned)codes[0], (unsigned)count);
}

static void on_authenticate(void *user, uint32_t reason_code) {
  (void)user;
  printf("authenticate %u", (unsigned)reason_code);
  print_properties();
}

static void on_closed(void *user, int32_t result, uint32_t reason_code) {
  (void)user;
  printf("closed %d %u", (int)result, (unsigned)reason_code);
  print_properties();
}

static void make(uint32_t version, const char *words) {
  static const wq_client_transport transport = {give, take, tell_time, open_line, NULL};
  static const wq_client_callbacks callbacks = {on_connected, on_message,      on_published, on_subscribed,
                                                NULL,         on_authenticate, on_closed};
  static const wq_client_property given[] = {{WQ_PROPERTY_AUTHENTICATION_METHOD, 0, {"m", 1}, {NULL, 0}},
                                             {WQ_PROPERTY_TOPIC_ALIAS_MAXIMUM, 2, {NULL, 0}, {NULL, 0}}};
  wq_client_options options;
  unsigned keeps = 0, manual = 0, least = 0, most = 0;
  sscanf(words, "%u %u %u %u", &keeps, &manual, &least, &most);
  now = inbox_from = inbox_to = 0;
  takes = LONGEST;
  reads = 0;
  memset(&options, 0, sizeof options);
  options.core = &core;
  options.transport = transport;
  options.callbacks = callbacks;
  options.version = version;
  options.clean_start = 1;
  options.session_expiry = keeps;
  options.session_flags = manual;
  options.reconnect_least = least;
  options.reconnect_most = most;
  options.properties.list = given + (manual < 2 ? 1 : 0);
  options.properties.count = manual < 2 ? 1 : 2;
  options.session_flags = manual & 1u;
  options.client_id = wq_client_string("c");
  options.send_capacity = options.receive_capacity = 4;
  options.alias_bytes = 32;
  options.input_size = INPUT;
  options.output_size = OUTPUT;
  printf("made %d\n", (int)wq_client_open(&client, &options));
}

static int32_t publish(const char *words) {
  int at = 0;
  unsigned qos = 0, length = 0;
  sscanf(words, "%d %u %u", &at, &qos, &length);
  memset(&messages[at], 0, sizeof messages[at]);
  messages[at].topic = wq_client_string(length == 999 ? "t/#" : "t");
  messages[at].qos = (uint8_t)qos;
  messages[at].payload = reads ? NULL : payload;
  messages[at].read = reads ? read_payload : NULL;
  messages[at].payload_length = length == 999 ? 1 : length;
  return wq_client_publish(&client, &messages[at]);
}

static void serve(const char *hex) {
  unsigned byte;
  for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) inbox[inbox_to++] = (uint8_t)byte;
}

static int32_t follow(uint32_t version, const char *command, const char *words) {
  unsigned id = 0, qos = 0, reason = 0;
  wq_client_filter filter = {{NULL, 0}, 1};
  /* The Authentication Method alone. */
  const wq_client_properties method = {client.options.properties.list, 1};
  if (strcmp(command, "make") == 0) make(version, words);
  else if (strcmp(command, "pass") == 0) now += (uint32_t)atoi(words);
  else if (strcmp(command, "server") == 0) serve(words);
  else if (strcmp(command, "take") == 0) takes = atoi(words);
  else if (strcmp(command, "read") == 0) reads = atoi(words);
  else if (strcmp(command, "connect") == 0) return wq_client_connect(&client);
  else if (strcmp(command, "publish") == 0) return publish(words);
  else if (strcmp(command, "disconnect") == 0) return wq_client_disconnect(&client, 0);
  else if (strcmp(command, "auth") == 0) return wq_client_authenticate(&client, (uint32_t)atoi(words), &method);
  else if (strcmp(command, "subscribe") == 0) {
    filter.filter = wq_client_string(words);
    return wq_client_subscribe(&client, &filter, 1, NULL);
  } else if (strcmp(command, "ack") == 0) {
    sscanf(words, "%u %u %u", &id, &qos, &reason);
    return wq_client_acknowledge(&client, id, qos, reason);
  }
  return 0;
}

/* Follows the commands of a file. Returns whether nothing was written beside the client. */
static int follow_all(uint32_t version, FILE *script) {
  char text[LONGEST];
  uint32_t i;
  fill_memory();
  for (i = 0; i < sizeof payload; i++) payload[i] = (uint8_t)i;
  while (fgets(text, sizeof text, script)) {
    char *const words = strchr(text, ' ');
    int32_t result;
    text[strcspn(text, "\n")] = 0;
    if (words) *words = 0;
    result = strcmp(text, "poll") == 0 ? 0 : follow(version, text, words ? words + 1 : "");
    if (result != 0) printf("%s: %d\n", text, (int)result);
    if (strcmp(text, "poll") != 0) continue;
    sent_length = 0;
    result = wq_client_poll(&client);
    for (i = 0; i < sent_length; i++) printf(i == 0 ? "sent %02x" : "%02x", (unsigned)sent[i]);
    printf(sent_length > 0 ? "\nwait %d\n" : "wait %d\n", (int)result);
  }
  return is_untouched_from((wq_ptr)wq_heap_base(&core) + 7u + WQ_CLIENT_MEMORY(4, 4, 32, INPUT, OUTPUT));
}

int main(int count, char **words) {
  FILE *const script = count == 4 && open_core(words[2]) ? fopen(words[3], "r") : NULL;
  if (!script) return 2;
  printf(follow_all((uint32_t)atoi(words[1]), script) ? "well\n" : "failed\n");
  fclose(script);
  wq_close(&core);
  return 0;
}
