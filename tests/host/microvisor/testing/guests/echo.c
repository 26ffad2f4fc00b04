/* Publishes to "up" what comes to "down", and connects again a second after the connection was lost. */
#include <string.h>

#include "stm32u5xx_hal.h"

#define TEXT(literal) {.data = (const uint8_t *)(literal), .length = sizeof(literal) - 1}

static volatile struct MvNotification notifications[16] __attribute__((aligned(8)));
static uint8_t receive_buffer[1024] __attribute__((aligned(512)));
static uint8_t send_buffer[1024] __attribute__((aligned(512)));
static MvNotificationHandle listener;
static MvNetworkHandle network;

void TIM8_BRK_IRQHandler(void) {}

static void set_up(void) {
  const struct MvNotificationSetup setup = {
      .irq = TIM8_BRK_IRQn, .buffer = (struct MvNotification *)notifications, .buffer_size = sizeof notifications};
  mvSetupNotifications(&setup, &listener);
  NVIC_EnableIRQ(TIM8_BRK_IRQn);
  const struct MvRequestNetworkParams params = {.version = 1, .v1 = {.notification_handle = listener}};
  mvRequestNetwork(&params, &network);
  enum MvNetworkStatus status = MV_NETWORKSTATUS_CONNECTING;
  while (status != MV_NETWORKSTATUS_CONNECTED) mvGetNetworkStatus(network, &status);
}

static MvChannelHandle connect(void) {
  MvChannelHandle channel = NULL;
  const struct MvOpenChannelParams params = {
      .version = 1,
      .v1 = {.notification_handle = listener,
             .network_handle = network,
             .receive_buffer = receive_buffer,
             .receive_buffer_len = sizeof receive_buffer,
             .send_buffer = send_buffer,
             .send_buffer_len = sizeof send_buffer,
             .channel_type = MV_CHANNELTYPE_MQTT}};
  mvOpenChannel(&params, &channel);
  const struct MvMqttConnectRequest request = {.protocol_version = MV_MQTTPROTOCOLVERSION_V5,
                                               .host = TEXT("broker"),
                                               .port = 8883,
                                               .clientid = TEXT("echo"),
                                               .keepalive = 60,
                                               .clean_start = 1};
  mvMqttRequestConnect(channel, &request);
  return channel;
}

static int connected(MvChannelHandle channel) {
  struct MvMqttConnectResponse response;
  mvMqttReadConnectResponse(channel, &response);
  if (response.request_state != MV_MQTTREQUESTSTATE_REQUESTCOMPLETED || response.reason_code != 0) return 0;
  const struct MvMqttSubscription subscription = {.topic = TEXT("down"), .desired_qos = 1};
  const struct MvMqttSubscribeRequest request = {
      .correlation_id = 1, .subscriptions = &subscription, .num_subscriptions = 1};
  return mvMqttRequestSubscribe(channel, &request) == MV_STATUS_OKAY;
}

static void subscribed(MvChannelHandle channel) {
  enum MvMqttRequestState state;
  uint32_t correlation, code, count;
  const struct MvMqttSubscribeResponse response = {.request_state = &state,
                                                   .correlation_id = &correlation,
                                                   .reason_codes = &code,
                                                   .reason_codes_size = sizeof code,
                                                   .reason_codes_len = &count};
  mvMqttReadSubscribeResponse(channel, &response);
}

static void echo(MvChannelHandle channel) {
  uint8_t topic[32], payload[128], retain;
  uint32_t correlation, topic_length, payload_length, qos;
  const struct MvMqttMessage message = {.correlation_id = &correlation,
                                        .topic = {topic, sizeof topic, &topic_length},
                                        .payload = {payload, sizeof payload, &payload_length},
                                        .qos = &qos,
                                        .retain = &retain};
  mvMqttReceiveMessage(channel, &message);
  mvMqttAcknowledgeMessage(channel, correlation);
  const struct MvMqttPublishRequest request = {
      .correlation_id = 2, .topic = TEXT("up"), .payload = {payload, payload_length}, .desired_qos = 1};
  mvMqttRequestPublish(channel, &request);
}

/* Returns 0 when the connection is over. */
static int serve(MvChannelHandle channel) {
  enum MvMqttReadableDataType type;
  mvMqttGetNextReadableDataType(channel, &type);
  switch (type) {
    case MV_MQTTREADABLEDATATYPE_NONE:
      mv_host_wait(-1);
      return 1;
    case MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE:
      return connected(channel);
    case MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE:
      subscribed(channel);
      return 1;
    case MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED:
      echo(channel);
      return 1;
    case MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE: {
      struct MvMqttPublishResponse response;
      mvMqttReadPublishResponse(channel, &response);
      return 1;
    }
    default:
      return 0;
  }
}

int main(void) {
  HAL_Init();
  set_up();
  for (;;) {
    MvChannelHandle channel = connect();
    while (serve(channel)) {
    }
    mvCloseChannel(&channel);
    HAL_Delay(1000);
  }
}
