/* Commands for channels, and for those of type MQTT. */
#include <stdio.h>
#include <string.h>

#include "commands.h"

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

int mqtt_command(void) {
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
