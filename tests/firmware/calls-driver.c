/*
 * An application that makes the calls which a script names, and prints what they give. Its counterpart over the emulated
 * kernel is calls-script.ts.
 *
 *   calls-driver MODULE SCRIPT [PORT]
 *
 * Without a port the broker's bytes are in the script, and time is too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls-board.h"

#define RECORDS 16u
#define LINEAR 24576u
#define TAG 0x51u

static wq_core core;
static wq_calls calls;
static uint64_t linear_memory[LINEAR / 8];
static uint8_t module[1 << 15];
static uint32_t module_size;
static uint64_t time_now = 1000000000;
#ifdef CALLS_SOCKET
static int is_real;
#endif
static struct MvNotification records[RECORDS];
static uint32_t news_read, interrupts;
static MvNotificationHandle notifications;
static MvNetworkHandle network;
static MvChannelHandle channel;
static MvChannelHandle other;
static int null_pointers, null_nested;
static char *words[32];
static int word_count;
static char large[1 << 13];

static uint64_t microseconds(void *user) {
  (void)user;
#ifdef CALLS_SOCKET
  if (is_real) return socket_clock();
#endif
  return time_now;
}

static void pend(void *user, uint32_t irq) {
  (void)user;
  interrupts += irq == 51;
}

static int locks;
static uint32_t session_expiry;

static void lock(void *user) {
  (void)user;
  if (locks++ != 0) printf("locked twice\n");
}

static void unlock(void *user) {
  (void)user;
  if (--locks != 0) printf("not locked\n");
}

static void print_line(void *user, const uint8_t *line, uint32_t length) {
  (void)user;
  printf("line %.*s\n", (int)length, (const char *)line);
}

/* Key "k<n>" has n bytes; "broken" fails; others are not there. */
static int32_t config(
    void *user, enum MvConfigKeyFetchScope scope, enum MvConfigKeyFetchStore store, const char *key, uint32_t length,
    uint8_t *value, uint32_t capacity) {
  uint32_t size = 0, i;
  (void)user, (void)scope, (void)store;
  if (length == 6 && memcmp(key, "broken", 6) == 0) return WQ_CALLS_CONFIG_FAILED;
  if (key[0] != 'k') return WQ_CALLS_CONFIG_NOT_FOUND;
  for (i = 1; i < length; i++) size = size * 10u + (uint32_t)(key[i] - '0');
  if (size <= capacity) memset(value, 'v', size);
  return (int32_t)size;
}

static uint8_t *buffer(uint32_t which) {
  static uint8_t area[9 * 8192 + 512];
  uint8_t *const start = area + (512u - (uintptr_t)area % 512u);
  return start + which * 8192u;
}

static const char *word(int index) { return index < word_count ? words[index] : ""; }
static uint32_t number(int index) { return (uint32_t)strtoul(word(index), NULL, 10); }
static int is(const char *name) { return strcmp(words[0], name) == 0; }
static const void *outer(const void *pointer) { return null_pointers ? NULL : pointer; }
static void *out(void *pointer) { return null_pointers ? NULL : pointer; }
static void *nested(void *pointer) { return null_nested ? NULL : pointer; }
static void say(enum MvStatus status) { printf("%s %d", words[0], (int)status); }

/* "-" is no text, "*<n>" is n times x. */
static struct MvSizedString text(int index) {
  struct MvSizedString string;
  string.data = (const uint8_t *)word(index);
  string.length = (uint32_t)strlen(word(index));
  if (strcmp(word(index), "-") == 0) string.length = 0;
  if (word(index)[0] != '*') return string;
  string.length = (uint32_t)strtoul(word(index) + 1, NULL, 10);
  memset(large, 'x', string.length);
  string.data = (const uint8_t *)large;
  return string;
}

static void print_news(void) {
  for (; news_read < interrupts; news_read++) {
    const struct MvNotification *const record = &records[news_read % RECORDS];
    printf(" %d:%u", (int)record->event_type, (unsigned)record->tag);
  }
}

static void do_poll(void) { wq_calls_poll(&calls); }

static void do_setup(void) {
  struct MvNotificationSetup setup;
  setup.irq = number(1);
  setup.buffer = records;
  setup.buffer_size = number(2) * 16u;
  say(mvSetupNotifications(outer(&setup), out(&notifications)));
}

static void do_network(void) {
  struct MvRequestNetworkParams params;
  params.version = number(1);
  params.v1.notification_handle = notifications;
  params.v1.notification_tag = TAG;
  say(mvRequestNetwork(outer(&params), out(&network)));
}

static void do_open(void) {
  struct MvOpenChannelParams params;
  const int is_other = word_count > 4;
  memset(&params, 0, sizeof params);
  params.version = 1;
  params.v1.notification_handle = notifications;
  params.v1.notification_tag = TAG;
  params.v1.network_handle = network;
  params.v1.receive_buffer = buffer(is_other ? 2 : 0) + (strcmp(word(4), "odd") == 0);
  params.v1.receive_buffer_len = number(2);
  params.v1.send_buffer = buffer(is_other ? 3 : 1);
  params.v1.send_buffer_len = number(3);
  params.v1.channel_type = (enum MvChannelType)number(1);
  if (null_nested) params.v1.endpoint.length = 4;
  say(mvOpenChannel(outer(&params), out(is_other ? &other : &channel)));
}

static void do_connect(void) {
  struct MvMqttConnectRequest request;
  struct MvMqttWill will;
  memset(&request, 0, sizeof request);
  request.protocol_version = number(1) == 5 ? MV_MQTTPROTOCOLVERSION_V5 : MV_MQTTPROTOCOLVERSION_V3_1_1;
  request.clean_start = (uint8_t)number(2);
  request.keepalive = number(3);
  request.clientid = text(4);
  request.host.data = nested("broker.test");
  request.host.length = 11;
  request.port = 8883;
  if (word_count > 6) {
    request.authentication.method = MV_MQTTAUTHENTICATIONMETHOD_USERNAMEPASSWORD;
    request.authentication.username_password.username = text(5);
    request.authentication.username_password.password = text(6);
  }
  if (word_count > 7) {
    will.topic = text(7);
    will.payload = text(8);
    will.qos = 1;
    will.retain = 0;
    request.will = &will;
  }
  say(mvMqttRequestConnect(channel, outer(&request)));
}

static void do_subscribe(void) {
  struct MvMqttSubscription list[16];
  struct MvMqttSubscribeRequest request;
  memset(list, 0, sizeof list);
  request.correlation_id = number(1);
  request.num_subscriptions = 0;
  for (; (int)request.num_subscriptions + 3 < word_count; request.num_subscriptions++) {
    list[request.num_subscriptions].topic = text(3 + (int)request.num_subscriptions);
    list[request.num_subscriptions].desired_qos = number(2);
  }
  request.subscriptions = nested(list);
  say(mvMqttRequestSubscribe(channel, outer(&request)));
}

static void do_unsubscribe(void) {
  struct MvSizedString list[16];
  struct MvMqttUnsubscribeRequest request;
  request.correlation_id = number(1);
  request.num_topics = 0;
  for (; (int)request.num_topics + 2 < word_count; request.num_topics++)
    list[request.num_topics] = text(2 + (int)request.num_topics);
  request.topics = nested(list);
  say(mvMqttRequestUnsubscribe(channel, outer(&request)));
}

static void do_publish(void) {
  struct MvMqttPublishRequest request;
  request.correlation_id = number(1);
  request.desired_qos = number(2);
  request.retain = number(3);
  request.topic = text(4);
  request.payload = text(5);
  if (null_nested) request.payload.data = NULL;
  say(mvMqttRequestPublish(channel, outer(&request)));
}

static void read_two_words(void) {
  struct MvMqttConnectResponse connected = {MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0};
  struct MvMqttDisconnectResponse ended = {MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0};
  struct MvMqttPublishResponse published = {MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0, 0};
  enum MvStatus status;
  if (is("read-connect")) {
    say(status = mvMqttReadConnectResponse(channel, out(&connected)));
    if (status == MV_STATUS_OKAY) printf(" %d %u", (int)connected.request_state, (unsigned)connected.reason_code);
  } else if (is("read-disconnect")) {
    say(status = mvMqttReadDisconnectResponse(channel, out(&ended)));
    if (status == MV_STATUS_OKAY) printf(" %d %u", (int)ended.request_state, (unsigned)ended.disconnect_code);
  } else {
    say(status = mvMqttReadPublishResponse(channel, out(&published)));
    if (status == MV_STATUS_OKAY)
      printf(" %d %u %u", (int)published.request_state, (unsigned)published.correlation_id, (unsigned)published.reason_code);
  }
}

static void read_codes(void) {
  enum MvMqttRequestState state;
  uint32_t id, codes[8], length, i;
  struct MvMqttSubscribeResponse subscribed;
  struct MvMqttUnsubscribeResponse unsubscribed;
  enum MvStatus status;
  subscribed.request_state = unsubscribed.request_state = nested(&state);
  subscribed.correlation_id = unsubscribed.correlation_id = &id;
  subscribed.reason_codes = unsubscribed.reason_codes = codes;
  subscribed.reason_codes_size = unsubscribed.reason_codes_size = number(1);
  subscribed.reason_codes_len = unsubscribed.reason_codes_len = &length;
  status = is("read-subscribe") ? mvMqttReadSubscribeResponse(channel, outer(&subscribed))
                                : mvMqttReadUnsubscribeResponse(channel, outer(&unsubscribed));
  say(status);
  if (status != MV_STATUS_OKAY) return;
  printf(" %d %u", (int)state, (unsigned)id);
  for (i = 0; i < length; i++) printf(" %u", (unsigned)codes[i]);
}

static void read_message(void) {
  static uint8_t topic[1024], payload[8192];
  uint32_t id, qos, topic_length, payload_length, i, sum = 0;
  uint8_t retain;
  struct MvMqttMessage message;
  enum MvStatus status;
  message.correlation_id = nested(&id);
  message.topic.data = topic;
  message.topic.size = number(1);
  message.topic.length = &topic_length;
  message.payload.data = payload;
  message.payload.size = number(2);
  message.payload.length = &payload_length;
  message.qos = &qos;
  message.retain = &retain;
  say(status = mvMqttReceiveMessage(channel, outer(&message)));
  if (status != MV_STATUS_OKAY) return;
  for (i = 0; i < payload_length; i++) sum = sum * 31u + payload[i];
  printf(" %u %.*s %u %u %u %u", (unsigned)id, (int)topic_length, (const char *)topic, (unsigned)payload_length, (unsigned)sum,
         (unsigned)qos, (unsigned)retain);
}

static void read_lost(void) {
  static uint8_t topic[1024];
  enum MvMqttLostMessageReason reason;
  uint32_t topic_length, length;
  struct MvMqttLostMessageInfo lost;
  enum MvStatus status;
  lost.reason = nested(&reason);
  lost.topic.data = topic;
  lost.topic.size = number(1);
  lost.topic.length = &topic_length;
  lost.message_len = &length;
  say(status = mvMqttReceiveLostMessageInfo(channel, outer(&lost)));
  if (status == MV_STATUS_OKAY) printf(" %d %.*s %u", (int)reason, (int)topic_length, (const char *)topic, (unsigned)length);
}

static void do_config(void) {
  struct MvConfigKeyToFetch keys[40];
  struct MvConfigKeyFetchParams params;
  memset(keys, 0, sizeof keys);
  params.num_items = 0;
  for (; (int)params.num_items + 3 < word_count; params.num_items++) {
    keys[params.num_items].scope = (enum MvConfigKeyFetchScope)number(1);
    keys[params.num_items].store = (enum MvConfigKeyFetchStore)number(2);
    keys[params.num_items].key = text(3 + (int)params.num_items);
  }
  params.keys_to_fetch = nested(keys);
  say(mvSendConfigFetchRequest(channel, outer(&params)));
}

static void do_response(void) {
  struct MvConfigResponseData data;
  enum MvStatus status;
  say(status = mvReadConfigFetchResponseData(channel, out(&data)));
  if (status == MV_STATUS_OKAY) printf(" %d %u", (int)data.result, (unsigned)data.num_items);
}

static void do_item(void) {
  static uint8_t value[8192];
  enum MvConfigKeyFetchResult result;
  uint32_t length;
  struct MvConfigResponseReadItemParams params;
  enum MvStatus status;
  params.item_index = number(1);
  params.result = nested(&result);
  params.buf.data = value;
  params.buf.size = number(2);
  params.buf.length = &length;
  say(status = mvReadConfigResponseItem(channel, outer(&params)));
  if (status == MV_STATUS_OKAY) printf(" %d %u", (int)result, (unsigned)length);
}

static void do_device(void) {
  uint8_t id[35] = {0};
  say(mvGetDeviceId(out(id), number(1)));
  printf(" %s", (const char *)id);
}

/* A call that writes one word. */
static void do_word(void) {
  uint32_t value = 0, count = 0;
  enum MvStatus status = MV_STATUS_OKAY;
  if (is("status")) {
    enum MvNetworkStatus now = MV_NETWORKSTATUS_DELIBERATELYOFFLINE;
    status = mvGetNetworkStatus(network, out(&now));
    value = (uint32_t)now;
  } else if (is("reasons")) {
    enum MvNetworkReason reasons = MV_NETWORKREASON_NOTCONNECTING;
    status = mvGetNetworkReasons(out(&reasons), &count);
    value = (uint32_t)reasons * 100u + count;
  } else if (is("reason")) {
    enum MvClosureReason reason = MV_CLOSUREREASON_NONE;
    status = mvGetChannelClosureReason(channel, out(&reason));
    value = (uint32_t)reason;
  } else {
    enum MvMqttReadableDataType type = MV_MQTTREADABLEDATATYPE_NONE;
    status = mvMqttGetNextReadableDataType(channel, out(&type));
    value = (uint32_t)type;
  }
  say(status);
  if (status == MV_STATUS_OKAY) printf(" %u", (unsigned)value);
}

static void do_microseconds(void) {
  uint64_t time = 0;
  const enum MvStatus status = mvGetMicroseconds(out(&time));
  say(status);
  if (status == MV_STATUS_OKAY) printf(" %lu", (unsigned long)time);
}

static void do_wall(void) {
  uint64_t time = 0;
  say(mvGetWallTime(out(&time)));
}

static void from_broker(void) {
  const char *digits = word(1);
  for (; digits[0] && digits[1]; digits += 2) {
    const char pair[3] = {digits[0], digits[1], 0};
    to_device[to_device_count++] = (uint8_t)strtoul(pair, NULL, 16);
  }
  do_poll();
  do_poll();
}

static void print_sent(void) {
  uint32_t i;
  printf("sent ");
  for (i = 0; i < from_device_count; i++) printf("%02x", from_device[i]);
  from_device_count = 0;
}

static void use_handle(void) {
  if (strcmp(word(1), "zero") == 0) channel = 0;
  if (strcmp(word(1), "notification") == 0) channel = notifications;
  if (strcmp(word(1), "other") == 0) channel = other;
}

#ifdef CALLS_SOCKET
/* Until so many notifications came, or five seconds are over. */
static void wait_for_news(void) {
  const uint64_t end = microseconds(NULL) + 5000000u;
  uint32_t left = 0;
  while (interrupts < news_read + number(1) && microseconds(NULL) < end) {
    socket_wait(left < 20 ? left : 20);
    left = wq_calls_poll(&calls);
  }
  printf("wait");
  print_news();
}
#endif

static void time_passes(void) {
  time_now += (uint64_t)number(1) * 1000u;
  do_poll();
}

static void fail_transport(void) {
  transport_failure = -(int32_t)number(1);
  do_poll();
}

static int open_device(const char *port, uint32_t memory, const char *device_id);

#define DEVICE_ID "UV0123456789abcdef0123456789abcdef"

/* A new device, of which nothing was asked yet. */
static void restart(void) {
  wq_calls_close(&calls);
  wq_close(&core);
  time_now = 1000000000;
  news_read = interrupts = 0;
  notifications = network = channel = other = 0;
  null_pointers = null_nested = 0;
  from_device_count = to_device_count = 0;
  transport_failure = 0;
  transport_piece = 1 << 16;
  open_device(NULL, LINEAR, DEVICE_ID);
}

/* A new device that asks an MQTT 5 broker to keep its session for so long. */
static void expiry(void) {
  session_expiry = number(1);
  restart();
}

/* The same with a core of so much memory, or another device id: says what open gave. */
static void reopen(void) {
  wq_calls_close(&calls);
  wq_close(&core);
  open_device(NULL, number(1), word_count > 2 ? word(2) : DEVICE_ID);
}

static int device_command(void) {
  if (is("setup")) do_setup();
  else if (is("unset")) say(mvCloseNotifications(out(&notifications)));
  else if (is("trigger")) say(mvTempTriggerNotification(notifications, (enum MvEventType)number(1), number(2)));
  else if (is("network")) do_network();
  else if (is("release")) say(mvReleaseNetwork(out(&network)));
  else if (is("status") || is("reasons") || is("reason") || is("next")) do_word();
  else if (is("device")) do_device();
  else if (is("microseconds")) do_microseconds();
  else if (is("wall")) do_wall();
  else if (is("logging")) say(mvServerLoggingInit(buffer(8) + number(2), number(1)));
  else if (is("log")) say(mvServerLog(null_pointers ? NULL : text(1).data, (uint16_t)text(1).length));
  else if (is("config")) do_config();
  else if (is("response")) do_response();
  else if (is("item")) do_item();
  else return 0;
  return 1;
}

static int mqtt_command(void) {
  if (is("open")) do_open();
  else if (is("close")) say(mvCloseChannel(out(&channel)));
  else if (is("connect")) do_connect();
  else if (is("subscribe")) do_subscribe();
  else if (is("unsubscribe")) do_unsubscribe();
  else if (is("publish")) do_publish();
  else if (is("disconnect")) say(mvMqttRequestDisconnect(channel));
  else if (is("ack")) say(mvMqttAcknowledgeMessage(channel, number(1)));
  else if (is("read-subscribe") || is("read-unsubscribe")) read_codes();
  else if (is("read-message")) read_message();
  else if (is("read-lost")) read_lost();
  else if (is("read-connect") || is("read-disconnect") || is("read-publish")) read_two_words();
  else return 0;
  return 1;
}

/* What is no call. */
static int board_command(void) {
  if (is("poll")) do_poll();
  else if (is("time")) time_passes();
  else if (is("link")) wq_calls_link(&calls, number(1) != 0), do_poll();
  else if (is("broker")) from_broker();
  else if (is("fail")) fail_transport();
  else if (is("restart")) session_expiry = 0, restart();
  else if (is("expiry")) expiry();
  else if (is("reopen")) reopen();
  else if (is("break")) wq_close(&core);
  else if (is("piece")) transport_piece = number(1);
  else if (is("handle")) use_handle();
  else if (is("pointers")) null_pointers = strcmp(word(1), "null") == 0, null_nested = strcmp(word(1), "nested") == 0;
  else return 0;
  return 1;
}

static void run(char *line) {
  char *part = strtok(line, " \n");
  for (word_count = 0; part; part = strtok(NULL, " \n"))
    if (word_count < 32) words[word_count++] = part;
  if (word_count == 0 || board_command()) return;
  if (is("news")) {
    printf("news");
    print_news();
  } else if (is("sent")) {
    print_sent();
#ifdef CALLS_SOCKET
  } else if (is("wait")) {
    wait_for_news();
#endif
  } else if (!device_command() && !mqtt_command()) {
    printf("unknown command %s", words[0]);
  }
  printf("\n");
  fflush(stdout);
}

static int open_device(const char *port, uint32_t memory, const char *device_id) {
  wq_options core_options;
  wq_calls_options options;
  int32_t result;
  memset(&core_options, 0, sizeof core_options);
  core_options.module = module;
  core_options.module_size = module_size;
  core_options.stack_size = WQ_STACK_MOST;
  core_options.parts = WQ_PART_MQTT | WQ_PART_SESSION;
  core_options.memory = (uint8_t *)linear_memory;
  core_options.memory_size = memory;
  memset(linear_memory, 0, sizeof linear_memory);
  result = wq_open(&core, &core_options);
  memset(&options, 0, sizeof options);
  options.core = &core;
  options.device_id = device_id;
  options.config = config;
  options.microseconds = microseconds;
  options.pend = pend;
  options.log = print_line;
  options.lock = lock;
  options.unlock = unlock;
  options.session_expiry = session_expiry;
  hand_transport(&options);
#ifdef CALLS_SOCKET
  if (port) is_real = socket_transport(&options, port);
#else
  (void)port;
#endif
  if (!result) result = wq_calls_open(&calls, &options);
  if (result) printf("open gave %ld\n", (long)result);
  return result != 0;
}

static int read_module(const char *file) {
  FILE *const from = fopen(file, "rb");
  if (!from) return 1;
  module_size = (uint32_t)fread(module, 1, sizeof module, from);
  fclose(from);
  return 0;
}

int main(int count, char **arguments) {
  static char line[1 << 14];
  FILE *script;
  if (count < 3 || read_module(arguments[1]) || open_device(count > 3 ? arguments[3] : NULL, LINEAR, DEVICE_ID)) return 1;
  script = strcmp(arguments[2], "-") == 0 ? stdin : fopen(arguments[2], "r");
  if (!script) return 1;
  while (fgets(line, sizeof line, script)) run(line);
  wq_calls_close(&calls);
  wq_close(&core);
  return 0;
}
