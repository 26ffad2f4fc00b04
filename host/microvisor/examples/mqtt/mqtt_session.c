/* One connection to the broker, from its channel to its end. MQTT and TLS are the kernel's work: the application asks, waits for an
 * event, and reads what there is. */
#include "mqtt_session.h"

#include <stdio.h>
#include <string.h>

#include "broker_connect.h"
#include "event_queue.h"
#include "log_line.h"
#include "one_channel.h"
#include "sensor_and_led.h"

#define CONNECT_TIMEOUT 60000
#define SUBSCRIPTION 1
#define TOPIC_SIZE 128
#define READING_SIZE 128
/* Reason codes from here on are refusals. */
#define REFUSED 0x80

static bool is_connected;
static bool is_online;
static char command_topic[TOPIC_SIZE];
static char reading_topic[TOPIC_SIZE];
static uint32_t commands;

/* The reading that is published: it is kept until the broker has it, beyond the end of a connection too, so that none is lost. The
 * broker may get one twice. */
static struct Reading reading;
static bool has_reading;
static bool is_sent;

static struct MvSizedString sized(const char *text) { return (struct MvSizedString){(const uint8_t *)text, strlen(text)}; }

static bool failed(const char *what, int code) {
  log_line("%s (%d)", what, code);
  return false;
}

/* The functions from here on return false when the connection is of no more use. */

static bool on_connect_response(void) {
  struct MvMqttConnectResponse response;
  const enum MvStatus status = mvMqttReadConnectResponse(channel_handle(), &response);
  if (status != MV_STATUS_OKAY) return failed("no answer can be read", status);
  if (response.request_state != MV_MQTTREQUESTSTATE_REQUESTCOMPLETED)
    return failed("the broker cannot be reached, or TLS failed: MvMqttRequestState", response.request_state);
  if (response.reason_code != 0)
    return failed("the broker refuses us: reason code", (int)response.reason_code);
  log_line("connected");
  is_connected = true;
  const struct MvMqttSubscription subscription = {.topic = sized(command_topic), .desired_qos = 1};
  const struct MvMqttSubscribeRequest request = {SUBSCRIPTION, &subscription, 1};
  const enum MvStatus asked = mvMqttRequestSubscribe(channel_handle(), &request);
  return asked == MV_STATUS_OKAY || failed("the kernel refuses to subscribe", asked);
}

static bool on_subscribe_response(void) {
  enum MvMqttRequestState state;
  uint32_t correlation, code = REFUSED, count;
  const struct MvMqttSubscribeResponse response = {&state, &correlation, &code, sizeof code, &count};
  const enum MvStatus status = mvMqttReadSubscribeResponse(channel_handle(), &response);
  if (status != MV_STATUS_OKAY || state != MV_MQTTREQUESTSTATE_REQUESTCOMPLETED || code >= REFUSED)
    return failed("no subscription", (int)code);
  log_line("subscribed to %s", command_topic);
  is_online = true;
  return true;
}

static bool on_publish_response(void) {
  struct MvMqttPublishResponse response;
  const enum MvStatus status = mvMqttReadPublishResponse(channel_handle(), &response);
  if (status != MV_STATUS_OKAY) return failed("no answer can be read", status);
  if (response.request_state != MV_MQTTREQUESTSTATE_REQUESTCOMPLETED)
    return failed("a reading was not published: MvMqttRequestState", response.request_state);
  /* One that the broker refuses would be refused again: it goes the same way. */
  if (response.reason_code >= REFUSED) failed("the broker refuses a reading: reason code", (int)response.reason_code);
  has_reading = false;
  return true;
}

static bool on_message(void) {
  /* Takes whatever the channel has taken; what is longer comes as a lost message. */
  static char payload[RECEIVE_SIZE];
  char topic[TOPIC_SIZE];
  uint32_t correlation, topic_length, payload_length, qos;
  uint8_t retain;
  const struct MvMqttMessage message = {&correlation,
                                        {(uint8_t *)topic, sizeof topic, &topic_length},
                                        {(uint8_t *)payload, sizeof payload, &payload_length},
                                        &qos,
                                        &retain};
  const enum MvStatus status = mvMqttReceiveMessage(channel_handle(), &message);
  if (status != MV_STATUS_OKAY) return failed("a message cannot be read", status);
  commands++;
  log_line("command: %.*s", (int)payload_length, payload);
  led_set(payload_length == 2 && memcmp(payload, "on", 2) == 0);
  /* Only now: a device that stops before it has done what it was told gets the command again. */
  return qos == 0 || mvMqttAcknowledgeMessage(channel_handle(), correlation) == MV_STATUS_OKAY;
}

static bool on_lost_message(void) {
  char topic[TOPIC_SIZE];
  enum MvMqttLostMessageReason reason;
  uint32_t topic_length, length = 0;
  const struct MvMqttLostMessageInfo info = {&reason, {(uint8_t *)topic, sizeof topic, &topic_length}, &length};
  if (mvMqttReceiveLostMessageInfo(channel_handle(), &info) != MV_STATUS_OKAY) return false;
  log_line("a command of %lu bytes is too long, and lost", (unsigned long)length);
  return true;
}

static bool on_disconnect_response(void) {
  struct MvMqttDisconnectResponse response = {0};
  mvMqttReadDisconnectResponse(channel_handle(), &response);
  return failed("disconnected: code", (int)response.disconnect_code);
}

/* Reads all that there is: then no harm is done if an event is lost. */
static bool read_all(void) {
  for (;;) {
    enum MvMqttReadableDataType type;
    const enum MvStatus status = mvMqttGetNextReadableDataType(channel_handle(), &type);
    if (status != MV_STATUS_OKAY) return failed("the channel is closed: status", status);
    bool goes_on = true;
    switch (type) {
      case MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE: goes_on = on_connect_response(); break;
      case MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE: goes_on = on_subscribe_response(); break;
      case MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE: goes_on = on_publish_response(); break;
      case MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED: goes_on = on_message(); break;
      case MV_MQTTREADABLEDATATYPE_MESSAGELOST: goes_on = on_lost_message(); break;
      case MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE: goes_on = on_disconnect_response(); break;
      default: return true;
    }
    if (!goes_on) return false;
  }
}

/* Publishes the next reading, unless one is on its way. */
static bool publish(void) {
  if (!is_online || (has_reading && is_sent)) return true;
  if (!has_reading && !sensor_take(&reading)) return true;
  has_reading = true;
  char payload[READING_SIZE];
  snprintf(payload, sizeof payload, "{\"reading\":%lu,\"temperature_celsius\":%ld.%ld,\"commands\":%lu}",
           (unsigned long)reading.number, (long)reading.temperature / 10, (long)reading.temperature % 10,
           (unsigned long)commands);
  const struct MvMqttPublishRequest request = {
      .correlation_id = reading.number, .topic = sized(reading_topic), .payload = sized(payload), .desired_qos = 1};
  const enum MvStatus status = mvMqttRequestPublish(channel_handle(), &request);
  is_sent = status == MV_STATUS_OKAY;
  /* Too much at once is no fault: the next event tries again. */
  return is_sent || status == MV_STATUS_RATELIMITED || failed("the kernel refuses a reading", status);
}

static void serve(void) {
  do {
    struct Event event;
    if (!event_next(&event, CONNECT_TIMEOUT) && !is_online) {
      log_line("no answer from the broker");
      return;
    }
  } while (read_all() && publish());
}

bool mqtt_session(MvNetworkHandle network, const struct BrokerValues *values, const char *device_id) {
  is_connected = false;
  is_online = false;
  is_sent = false;
  snprintf(command_topic, sizeof command_topic, "command/device/%.*s", DEVICE_ID_SIZE, device_id);
  snprintf(reading_topic, sizeof reading_topic, "sensor/device/%.*s", DEVICE_ID_SIZE, device_id);
  if (channel_open(MV_CHANNELTYPE_MQTT, network) && broker_connect(channel_handle(), values, device_id)) serve();
  channel_close();
  return is_connected;
}
