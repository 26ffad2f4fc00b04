/* A connection for applications that only publish. Nothing here waits: the interrupt of a notification wakes whoever sleeps, and each step
 * asks the kernel how far it is. The example `mqtt` shows how a task of its own does this, takes commands and loses nothing. */
#include "broker_link.h"

#include <stdio.h>
#include <string.h>

#include "broker_connect.h"
#include "log_line.h"

#define RECORDS 8
#define TAG_NETWORK 1
#define TAG_CHANNEL 2
/* Milliseconds until the next attempt: twice as many each time. */
#define FIRST_PAUSE 1000
#define LONGEST_PAUSE 60000
/* Reason codes from here on are refusals. */
#define REFUSED 0x80

static enum { OFFLINE, FETCHING, CONNECTING, ONLINE } state;
static MvNetworkHandle network;
static MvChannelHandle channel;
static uint32_t pause_length = FIRST_PAUSE;
static uint32_t next_attempt;
static struct BrokerValues values;
static char device_id[DEVICE_ID_SIZE];
static char topic[sizeof "sensor/device/" + DEVICE_ID_SIZE];

static volatile struct MvNotification records[RECORDS] __attribute__((aligned(8)));
static uint32_t next_record;
static MvNotificationHandle notifications;

/* The channel has something to read, or has ended. */
static volatile bool has_news;

void TIM8_BRK_IRQHandler(void) {
  while (records[next_record].event_type != MV_EVENTTYPE_NOEVENT) {
    if (records[next_record].tag == TAG_CHANNEL) has_news = true;
    records[next_record].event_type = MV_EVENTTYPE_NOEVENT;
    next_record = (next_record + 1) % RECORDS;
  }
}

static bool open_notifications(void) {
  const struct MvNotificationSetup setup = {
      .irq = TIM8_BRK_IRQn, .buffer = (struct MvNotification *)records, .buffer_size = sizeof records};
  if (mvSetupNotifications(&setup, &notifications) != MV_STATUS_OKAY) return false;
  NVIC_ClearPendingIRQ(TIM8_BRK_IRQn);
  NVIC_EnableIRQ(TIM8_BRK_IRQn);
  return true;
}

static bool request_network(void) {
  const struct MvRequestNetworkParams params = {
      .version = 1, .v1 = {.notification_handle = notifications, .notification_tag = TAG_NETWORK}};
  return mvRequestNetwork(&params, &network) == MV_STATUS_OKAY;
}

bool broker_link_start(void) {
  mvGetDeviceId((uint8_t *)device_id, sizeof device_id);
  snprintf(topic, sizeof topic, "sensor/device/%.*s", DEVICE_ID_SIZE, device_id);
  if (open_notifications() && request_network()) return true;
  log_line("the kernel refuses notifications or the network");
  return false;
}

/* Configuration and MQTT have the channel one after the other. The kernel wants its buffers aligned to 512. */
static bool open_channel(enum MvChannelType type) {
  static uint8_t receive_buffer[8192] __attribute__((aligned(512)));
  static uint8_t send_buffer[2048] __attribute__((aligned(512)));
  const struct MvOpenChannelParams params = {.version = 1,
                                             .v1 = {.notification_handle = notifications,
                                                    .notification_tag = TAG_CHANNEL,
                                                    .network_handle = network,
                                                    .receive_buffer = receive_buffer,
                                                    .receive_buffer_len = sizeof receive_buffer,
                                                    .send_buffer = send_buffer,
                                                    .send_buffer_len = sizeof send_buffer,
                                                    .channel_type = type}};
  has_news = false;
  return mvOpenChannel(&params, &channel) == MV_STATUS_OKAY;
}

static void close_channel(void) {
  if (channel != NULL) mvCloseChannel(&channel);
  channel = NULL;
}

/* The end of a connection, or of an attempt. */
static void end(const char *why, int code) {
  log_line("%s (%d); next attempt in %lu ms", why, code, (unsigned long)pause_length);
  close_channel();
  state = OFFLINE;
  next_attempt = HAL_GetTick() + pause_length;
  if (pause_length < LONGEST_PAUSE) pause_length *= 2;
}

static void fetch(void) {
  enum MvNetworkStatus status;
  if (mvGetNetworkStatus(network, &status) != MV_STATUS_OKAY || status != MV_NETWORKSTATUS_CONNECTED) return;
  if ((int32_t)(HAL_GetTick() - next_attempt) < 0) return;
  if (!open_channel(MV_CHANNELTYPE_CONFIGFETCH) || !broker_values_ask(channel)) return end("no configuration", 0);
  state = FETCHING;
}

static void connect_with_values(void) {
  if (!has_news) return;
  if (!broker_values_read(channel, &values)) return end("no configuration", 0);
  close_channel();
  if (!open_channel(MV_CHANNELTYPE_MQTT) || !broker_connect(channel, &values, device_id)) return end("no connection", 0);
  state = CONNECTING;
}

static void on_connect_response(void) {
  struct MvMqttConnectResponse response;
  if (mvMqttReadConnectResponse(channel, &response) != MV_STATUS_OKAY) return end("no answer can be read", 0);
  if (response.request_state != MV_MQTTREQUESTSTATE_REQUESTCOMPLETED)
    return end("the broker cannot be reached, or TLS failed: MvMqttRequestState", response.request_state);
  if (response.reason_code != 0) return end("the broker refuses us: reason code", (int)response.reason_code);
  log_line("connected");
  state = ONLINE;
  pause_length = FIRST_PAUSE;
}

static void on_publish_response(void) {
  struct MvMqttPublishResponse response;
  if (mvMqttReadPublishResponse(channel, &response) != MV_STATUS_OKAY) return end("no answer can be read", 0);
  if (response.request_state != MV_MQTTREQUESTSTATE_REQUESTCOMPLETED || response.reason_code >= REFUSED)
    log_line("a message was not published: reason code %d", (int)response.reason_code);
}

static void on_disconnect_response(void) {
  struct MvMqttDisconnectResponse response = {0};
  mvMqttReadDisconnectResponse(channel, &response);
  end("disconnected", (int)response.disconnect_code);
}

static void read_all(void) {
  while (state != OFFLINE) {
    enum MvMqttReadableDataType type;
    const enum MvStatus status = mvMqttGetNextReadableDataType(channel, &type);
    if (status != MV_STATUS_OKAY) return end("the channel is closed: status", status);
    switch (type) {
      case MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE: on_connect_response(); break;
      case MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE: on_publish_response(); break;
      case MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE: on_disconnect_response(); break;
      default: return; /* nothing more */
    }
  }
}

void broker_link_step(void) {
  if (state == OFFLINE) fetch();
  else if (state == FETCHING) connect_with_values();
  else read_all();
}

bool broker_link_publish(const char *text) {
  static uint32_t correlation;
  if (state != ONLINE) return false;
  const struct MvMqttPublishRequest request = {.correlation_id = ++correlation,
                                               .topic = {(const uint8_t *)topic, strlen(topic)},
                                               .payload = {(const uint8_t *)text, strlen(text)},
                                               .desired_qos = 1};
  return mvMqttRequestPublish(channel, &request) == MV_STATUS_OKAY;
}
