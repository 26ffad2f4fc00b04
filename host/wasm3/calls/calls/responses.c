/* The MQTT calls that read: the type of the next item, the five responses, messages and lost messages. */
#include <string.h>

#include "../managed_client/managed_client.h"

/*
 * Returns the first unread item of a type, and sets the channel. Without one it returns NULL with the status of the call: the
 * SDK documents none for asking for an item that is not there, so that is PARAMETERFAULT.
 */
static wq_calls_item *find(
    wq_calls *calls, MvChannelHandle handle, const void *out, enum MvMqttReadableDataType type, wq_calls_channel **channel,
    enum MvStatus *status) {
  wq_calls_item *item;
  *status = MV_STATUS_PARAMETERFAULT;
  if (!wq_calls_holds(out, 4)) return NULL;
  *channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, status);
  if (!*channel) return NULL;
  item = wq_calls_inbox_peek(calls, type);
  *status = item ? MV_STATUS_OKAY : MV_STATUS_PARAMETERFAULT;
  return item;
}

static enum MvStatus next_type(wq_calls *calls, MvChannelHandle handle, enum MvMqttReadableDataType *out) {
  const wq_calls_item *item;
  enum MvStatus status;
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  if (!wq_calls_use(calls, handle, MV_CHANNELTYPE_MQTT, &status)) return status;
  item = wq_calls_inbox_peek(calls, MV_MQTTREADABLEDATATYPE_NONE);
  *out = item ? (enum MvMqttReadableDataType)item->type : MV_MQTTREADABLEDATATYPE_NONE;
  return MV_STATUS_OKAY;
}

/* A response with a state and one code, and with an id unless `correlation_id` is NULL. */
static enum MvStatus read_code(
    wq_calls *calls, MvChannelHandle handle, enum MvMqttReadableDataType type, enum MvMqttRequestState *state,
    uint32_t *correlation_id, uint32_t *code) {
  wq_calls_channel *channel;
  enum MvStatus status;
  wq_calls_item *const item = find(calls, handle, state, type, &channel, &status);
  if (!item) return status;
  *state = (enum MvMqttRequestState)item->state;
  if (correlation_id) *correlation_id = item->correlation_id;
  *code = item->of.codes[0];
  wq_calls_inbox_consume(calls, item);
  return MV_STATUS_OKAY;
}

static enum MvStatus connect_response(wq_calls *calls, MvChannelHandle handle, struct MvMqttConnectResponse *out) {
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  return read_code(
      calls, handle, MV_MQTTREADABLEDATATYPE_CONNECTRESPONSE, &out->request_state, NULL, &out->reason_code);
}

static enum MvStatus disconnect_response(wq_calls *calls, MvChannelHandle handle, struct MvMqttDisconnectResponse *out) {
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  return read_code(
      calls, handle, MV_MQTTREADABLEDATATYPE_DISCONNECTRESPONSE, &out->request_state, NULL, &out->disconnect_code);
}

static enum MvStatus publish_response(wq_calls *calls, MvChannelHandle handle, struct MvMqttPublishResponse *out) {
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  return read_code(
      calls, handle, MV_MQTTREADABLEDATATYPE_PUBLISHRESPONSE, &out->request_state, &out->correlation_id, &out->reason_code);
}

/* Where the application wants the response to subscribe or unsubscribe. */
struct codes_out {
  enum MvMqttRequestState *state;
  uint32_t *correlation_id;
  uint32_t *codes;
  uint32_t size;
  uint32_t *length;
};

/* The structures of both responses have these members. */
#define CODES_OF(out) \
  {(out)->request_state, (out)->correlation_id, (out)->reason_codes, (out)->reason_codes_size, (out)->reason_codes_len}

static enum MvStatus read_codes(
    wq_calls *calls, MvChannelHandle handle, enum MvMqttReadableDataType type, const struct codes_out *out) {
  wq_calls_channel *channel;
  enum MvStatus status;
  wq_calls_item *const item = find(calls, handle, out, type, &channel, &status);
  uint32_t i;
  if (!item) return status;
  if (!wq_calls_holds(out->state, 4) || !wq_calls_holds(out->correlation_id, 4) || !wq_calls_holds(out->length, 4))
    return wq_calls_late_fault(calls, channel);
  /* The SDK says that the size is in bytes, but applications pass the number of codes. Both are accepted. */
  if (item->count > out->size) return MV_STATUS_INVALIDBUFFERSIZE;
  if (item->count > 0 && !wq_calls_holds(out->codes, 4)) return wq_calls_late_fault(calls, channel);
  *out->state = (enum MvMqttRequestState)item->state;
  *out->correlation_id = item->correlation_id;
  *out->length = item->count;
  for (i = 0; i < item->count; i++) out->codes[i] = item->of.codes[i];
  wq_calls_inbox_consume(calls, item);
  return MV_STATUS_OKAY;
}

static enum MvStatus subscribe_response(wq_calls *calls, MvChannelHandle handle, const struct MvMqttSubscribeResponse *out) {
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  {
    const struct codes_out to = CODES_OF(out);
    return read_codes(calls, handle, MV_MQTTREADABLEDATATYPE_SUBSCRIBERESPONSE, &to);
  }
}

static enum MvStatus unsubscribe_response(
    wq_calls *calls, MvChannelHandle handle, const struct MvMqttUnsubscribeResponse *out) {
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  {
    const struct codes_out to = CODES_OF(out);
    return read_codes(calls, handle, MV_MQTTREADABLEDATATYPE_UNSUBSCRIBERESPONSE, &to);
  }
}

/* LATEFAULT for unusable pointers, INVALIDBUFFERSIZE when the value does not fit. */
static enum MvStatus check_buffer(const struct MvSizedStringBuffer *out, uint32_t length) {
  if (!wq_calls_holds(out->length, 4) || !wq_calls_holds_string(out->data, out->size)) return MV_STATUS_LATEFAULT;
  return length > out->size ? MV_STATUS_INVALIDBUFFERSIZE : MV_STATUS_OKAY;
}

static void write_buffer(const wq_calls *calls, const struct MvSizedStringBuffer *out, uint32_t at, uint32_t length) {
  *out->length = length;
  wq_calls_ring_read(calls, at, out->data, length);
}

static enum MvStatus check_message(const struct MvMqttMessage *out, const wq_calls_item *item) {
  enum MvStatus status;
  if (!wq_calls_holds(out->correlation_id, 4) || !wq_calls_holds(out->qos, 4) || !wq_calls_holds(out->retain, 1))
    return MV_STATUS_LATEFAULT;
  status = check_buffer(&out->topic, item->topic);
  return status == MV_STATUS_OKAY ? check_buffer(&out->payload, item->of.message.payload) : status;
}

static enum MvStatus receive_message(wq_calls *calls, MvChannelHandle handle, const struct MvMqttMessage *out) {
  wq_calls_channel *channel;
  enum MvStatus status;
  wq_calls_item *const item = find(calls, handle, out, MV_MQTTREADABLEDATATYPE_MESSAGERECEIVED, &channel, &status);
  if (!item) return status;
  status = check_message(out, item);
  if (status == MV_STATUS_LATEFAULT) return wq_calls_late_fault(calls, channel);
  if (status != MV_STATUS_OKAY) return status;
  *out->correlation_id = item->correlation_id;
  *out->qos = item->qos;
  *out->retain = item->retain;
  write_buffer(calls, &out->topic, item->of.message.at, item->topic);
  write_buffer(calls, &out->payload, item->of.message.at + item->topic, item->of.message.payload);
  wq_calls_inbox_consume(calls, item);
  return MV_STATUS_OKAY;
}

static enum MvStatus receive_lost(wq_calls *calls, MvChannelHandle handle, const struct MvMqttLostMessageInfo *out) {
  wq_calls_channel *channel;
  enum MvStatus status;
  wq_calls_item *const item = find(calls, handle, out, MV_MQTTREADABLEDATATYPE_MESSAGELOST, &channel, &status);
  if (!item) return status;
  status = wq_calls_holds(out->reason, 4) && wq_calls_holds(out->message_len, 4) ? check_buffer(&out->topic, item->topic)
                                                                                 : MV_STATUS_LATEFAULT;
  if (status == MV_STATUS_LATEFAULT) return wq_calls_late_fault(calls, channel);
  if (status != MV_STATUS_OKAY) return status;
  *out->reason = MV_MQTTLOSTMESSAGEREASON_DEVICERECEIVEBUFFERTOOSMALL;
  *out->message_len = item->of.message.payload;
  write_buffer(calls, &out->topic, item->of.message.at, item->topic);
  wq_calls_inbox_consume(calls, item);
  return MV_STATUS_OKAY;
}

enum MvStatus mvMqttGetNextReadableDataType(MvChannelHandle handle, enum MvMqttReadableDataType *data_type) {
  WQ_SERVE(next_type(calls, handle, data_type));
}

enum MvStatus mvMqttReadConnectResponse(MvChannelHandle handle, struct MvMqttConnectResponse *response_data) {
  WQ_SERVE(connect_response(calls, handle, response_data));
}

enum MvStatus mvMqttReadDisconnectResponse(MvChannelHandle handle, struct MvMqttDisconnectResponse *response_data) {
  WQ_SERVE(disconnect_response(calls, handle, response_data));
}

enum MvStatus mvMqttReadPublishResponse(MvChannelHandle handle, struct MvMqttPublishResponse *response_data) {
  WQ_SERVE(publish_response(calls, handle, response_data));
}

enum MvStatus mvMqttReadSubscribeResponse(MvChannelHandle handle, const struct MvMqttSubscribeResponse *response_data) {
  WQ_SERVE(subscribe_response(calls, handle, response_data));
}

enum MvStatus mvMqttReadUnsubscribeResponse(
    MvChannelHandle handle, const struct MvMqttUnsubscribeResponse *response_data) {
  WQ_SERVE(unsubscribe_response(calls, handle, response_data));
}

enum MvStatus mvMqttReceiveMessage(MvChannelHandle handle, const struct MvMqttMessage *message_data) {
  WQ_SERVE(receive_message(calls, handle, message_data));
}

enum MvStatus mvMqttReceiveLostMessageInfo(MvChannelHandle handle, const struct MvMqttLostMessageInfo *lost_message_info) {
  WQ_SERVE(receive_lost(calls, handle, lost_message_info));
}
