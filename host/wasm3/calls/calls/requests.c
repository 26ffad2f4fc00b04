/* The MQTT calls that request something, but for connect: subscribe, unsubscribe, publish, acknowledge, disconnect. */
#include <stddef.h>
#include <string.h>

#include "../managed_client/managed_client.h"

#define FILTER_HEAD 2u
#define NO_LOCAL 0x04u
#define RETAIN_AS_PUBLISHED 0x08u

/* A subscribe or unsubscribe request: where its filters are, what waits for the answer, and of which type that is. */
struct question {
  enum MvMqttReadableDataType type;
  wq_calls_pending *pending;
  uint32_t correlation_id;
  uint32_t count;
  const uint8_t *entries;
  size_t entry_size;
  size_t topic_at;
};

static enum MvStatus answer(wq_calls *calls, const struct question *question, enum MvMqttRequestState state) {
  wq_calls_put_answer(calls, question->type, question->correlation_id, state, NULL, 0);
  return MV_STATUS_OKAY;
}

/* The status of a request for which sending returned `result`. */
static enum MvStatus asked(wq_calls *calls, const struct question *question, int32_t result) {
  wq_calls_pending *const pending = question->pending;
  if (result == WQ_RESULT_OUT_OF_SPACE && calls->mqtt.output_end > 0) return MV_STATUS_RATELIMITED;
  if (result < 0) return answer(calls, question, MV_MQTTREQUESTSTATE_INVALIDPARAMETERS);
  pending->correlation_id = question->correlation_id;
  pending->order = calls->mqtt.next_order++;
  pending->packet_id = (uint16_t)wq_calls_sent_id(calls);
  pending->count = (uint8_t)question->count;
  return MV_STATUS_OKAY;
}

/* Puts one entry before the others of the list of filters. Returns 0 or a result code. */
static int32_t place_filter(wq_calls *calls, wq_packet *packet, const struct MvSizedString *topic, const uint8_t *options) {
  const uint8_t length[FILTER_HEAD] = {(uint8_t)(topic->length >> 8), (uint8_t)topic->length};
  wq_ptr address;
  if (topic->length > 0xffff) return WQ_RESULT_STRING_TOO_LONG;
  if (options && !wq_calls_place(calls, options, 1)) return WQ_RESULT_OUT_OF_SPACE;
  if (!wq_calls_place(calls, topic->data, topic->length)) return WQ_RESULT_OUT_OF_SPACE;
  address = wq_calls_place(calls, length, FILTER_HEAD);
  if (!address) return WQ_RESULT_OUT_OF_SPACE;
  packet->payload = address;
  packet->payload_length += FILTER_HEAD + topic->length + (options ? 1u : 0u);
  packet->count++;
  return 0;
}

static int32_t send_subscribe(wq_calls *calls, const struct MvMqttSubscribeRequest *request) {
  wq_packet *const packet = wq_calls_new_packet(calls, WQ_PACKET_TYPE_SUBSCRIBE);
  uint32_t i;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  for (i = request->num_subscriptions; i-- > 0;) {
    const struct MvMqttSubscription *const entry = &request->subscriptions[i];
    uint8_t options;
    int32_t result;
    if (entry->desired_qos > 2 || entry->rh > 2) return WQ_RESULT_INVALID_ARGUMENT;
    options = (uint8_t)(entry->desired_qos | (entry->nl ? NO_LOCAL : 0u) | (entry->rap ? RETAIN_AS_PUBLISHED : 0u) | entry->rh << 4);
    result = place_filter(calls, packet, &entry->topic, &options);
    if (result < 0) return result;
  }
  return wq_calls_send_packet(calls);
}

static int32_t send_unsubscribe(wq_calls *calls, const struct MvMqttUnsubscribeRequest *request) {
  wq_packet *const packet = wq_calls_new_packet(calls, WQ_PACKET_TYPE_UNSUBSCRIBE);
  uint32_t i;
  if (!packet) return WQ_RESULT_NOT_OPEN;
  for (i = request->num_topics; i-- > 0;) {
    const int32_t result = place_filter(calls, packet, &request->topics[i], NULL);
    if (result < 0) return result;
  }
  return wq_calls_send_packet(calls);
}

/* One subscribe request and one unsubscribe request are served at a time. */
static int is_busy(const wq_calls *calls, const struct question *question) {
  return question->pending->count != 0 || wq_calls_inbox_untold(calls, question->type) > 0 || wq_calls_inbox_room(calls) == 0;
}

/* Checks what both requests have: the channel, the number of topics, the pointers to them. */
static enum MvStatus check(wq_calls *calls, MvChannelHandle handle, const struct question *question) {
  enum MvStatus status;
  wq_calls_channel *const channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, &status);
  uint32_t i;
  if (!channel) return status;
  if (question->count > WQ_CALLS_TOPICS) return MV_STATUS_TOOMANYELEMENTS;
  if (is_busy(calls, question)) return MV_STATUS_RATELIMITED;
  if (question->count > 0 && !wq_calls_holds(question->entries, 4)) return wq_calls_late_fault(calls, channel);
  for (i = 0; i < question->count; i++) {
    const uint8_t *const entry = question->entries + i * question->entry_size;
    const struct MvSizedString *const topic = (const void *)(entry + question->topic_at);
    if (!wq_calls_holds_string(topic->data, topic->length)) return wq_calls_late_fault(calls, channel);
  }
  return MV_STATUS_OKAY;
}

static enum MvStatus subscribe(wq_calls *calls, MvChannelHandle handle, const struct MvMqttSubscribeRequest *request) {
  struct question question = {MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE, &calls->mqtt.subscribe, 0, 0, NULL, 0, 0};
  enum MvStatus status;
  if (!wq_calls_holds(request, 4)) return MV_STATUS_PARAMETERFAULT;
  question.correlation_id = request->correlation_id;
  question.count = request->num_subscriptions;
  question.entries = (const void *)request->subscriptions;
  question.entry_size = sizeof *request->subscriptions;
  question.topic_at = offsetof(struct MvMqttSubscription, topic);
  status = check(calls, handle, &question);
  if (status != MV_STATUS_OKAY) return status;
  if (calls->mqtt.state != STATE_CONNECTED) return answer(calls, &question, MV_MQTTREQUESTSTATE_NOTCONNECTED);
  return asked(calls, &question, send_subscribe(calls, request));
}

static enum MvStatus unsubscribe(wq_calls *calls, MvChannelHandle handle, const struct MvMqttUnsubscribeRequest *request) {
  struct question question = {MV_MQTTREADABLEDATATYPE_UNSUBSCRIBERESPONSE, &calls->mqtt.unsubscribe, 0, 0, NULL, 0, 0};
  enum MvStatus status;
  if (!wq_calls_holds(request, 4)) return MV_STATUS_PARAMETERFAULT;
  question.correlation_id = request->correlation_id;
  question.count = request->num_topics;
  question.entries = (const void *)request->topics;
  question.entry_size = sizeof *request->topics;
  status = check(calls, handle, &question);
  if (status != MV_STATUS_OKAY) return status;
  if (calls->mqtt.state != STATE_CONNECTED) return answer(calls, &question, MV_MQTTREQUESTSTATE_NOTCONNECTED);
  return asked(calls, &question, send_unsubscribe(calls, request));
}

static void publish_answer(wq_calls *calls, uint32_t correlation_id, enum MvMqttRequestState state) {
  const uint8_t code = 0;
  wq_calls_put_answer(calls, MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE, correlation_id, state, &code, 1);
}

/* A message of QoS 0 is done when it is in the output. The others are stored until the broker has answered. */
static enum MvStatus publish_now(wq_calls *calls, const struct MvMqttPublishRequest *request) {
  const uint32_t flags = request->desired_qos << 1 | (request->retain != 0);
  int32_t result;
  if (request->desired_qos > 2 || !wq_calls_publish_fits(request->topic.length, request->payload.length)) {
    publish_answer(calls, request->correlation_id, MV_MQTTREQUESTSTATE_INVALIDPARAMETERS);
    return MV_STATUS_OKAY;
  }
  if (request->desired_qos > 0) {
    result = wq_calls_store_add(calls, request);
    if (result == 0) return MV_STATUS_RATELIMITED;
    if (result > 0) wq_calls_store_send(calls);
    else publish_answer(calls, request->correlation_id, MV_MQTTREQUESTSTATE_INVALIDPARAMETERS);
    return MV_STATUS_OKAY;
  }
  result = wq_calls_send_publish(
      calls, request->topic.data, request->topic.length, request->payload.data, request->payload.length, flags, 0);
  if (result == WQ_RESULT_OUT_OF_SPACE) return MV_STATUS_RATELIMITED;
  publish_answer(
      calls, request->correlation_id, result < 0 ? MV_MQTTREQUESTSTATE_INVALIDPARAMETERS : MV_MQTTREQUESTSTATE_REQUESTCOMPLETED);
  return MV_STATUS_OKAY;
}

static enum MvStatus publish(wq_calls *calls, MvChannelHandle handle, const struct MvMqttPublishRequest *request) {
  wq_calls_channel *channel;
  enum MvStatus status;
  uint32_t asked;
  if (!wq_calls_holds(request, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, &status);
  if (!channel) return status;
  asked = wq_calls_store_asked(calls) + wq_calls_inbox_untold(calls, MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE);
  if (asked >= WQ_CALLS_PUBLISHES || wq_calls_inbox_room(calls) == 0) return MV_STATUS_RATELIMITED;
  if (!wq_calls_holds_string(request->topic.data, request->topic.length) ||
      !wq_calls_holds_string(request->payload.data, request->payload.length))
    return wq_calls_late_fault(calls, channel);
  if (calls->mqtt.state == STATE_CONNECTED) return publish_now(calls, request);
  publish_answer(calls, request->correlation_id, MV_MQTTREQUESTSTATE_NOTCONNECTED);
  return MV_STATUS_OKAY;
}

/* An id without an unacknowledged message changes nothing. */
static enum MvStatus acknowledge(wq_calls *calls, MvChannelHandle handle, uint32_t correlation_id) {
  enum MvStatus status;
  uint32_t i;
  if (!wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, &status)) return status;
  for (i = 0; i < calls->mqtt.receipt_count; i++) {
    wq_calls_receipt *const receipt = &calls->mqtt.receipts[i];
    if (correlation_id == 0 || receipt->correlation_id != correlation_id) continue;
    receipt->is_acknowledged = 1;
    /* Without a connection it still counts: a message of QoS 2 may come again. */
    wq_calls_settle(calls);
    break;
  }
  return MV_STATUS_OKAY;
}

static enum MvStatus disconnect(wq_calls *calls, MvChannelHandle handle) {
  wq_calls_mqtt *const mqtt = &calls->mqtt;
  enum MvStatus status;
  if (!wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, &status)) return status;
  if (mqtt->disconnects || (mqtt->state != STATE_CONNECTED && wq_calls_inbox_room(calls) == 0)) return MV_STATUS_RATELIMITED;
  mqtt->disconnects = 1;
  if (mqtt->state == STATE_CONNECTED) {
    wq_calls_ended(calls, MV_MQTTREQUESTSTATE_REQUESTCOMPLETED, 0, 1);
    return MV_STATUS_OKAY;
  }
  if (mqtt->state == STATE_PENDING) wq_calls_connect_failed(calls, MV_MQTTREQUESTSTATE_NOTCONNECTED, 0);
  wq_calls_put_state(calls, MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE, MV_MQTTREQUESTSTATE_NOTCONNECTED, 0);
  return MV_STATUS_OKAY;
}

enum MvStatus mvMqttRequestSubscribe(MvChannelHandle handle, const struct MvMqttSubscribeRequest *request) {
  WQ_SERVE(subscribe(calls, handle, request));
}

enum MvStatus mvMqttRequestUnsubscribe(MvChannelHandle handle, const struct MvMqttUnsubscribeRequest *request) {
  WQ_SERVE(unsubscribe(calls, handle, request));
}

enum MvStatus mvMqttRequestPublish(MvChannelHandle handle, const struct MvMqttPublishRequest *request) {
  WQ_SERVE(publish(calls, handle, request));
}

enum MvStatus mvMqttAcknowledgeMessage(MvChannelHandle handle, uint32_t correlation_id) {
  WQ_SERVE(acknowledge(calls, handle, correlation_id));
}

enum MvStatus mvMqttRequestDisconnect(MvChannelHandle handle) { WQ_SERVE(disconnect(calls, handle)); }
