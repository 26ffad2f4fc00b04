/*
 * mvSendConfigFetchRequest, mvReadConfigFetchResponseData, mvReadConfigResponseItem. The keys are in the send buffer of the
 * channel, each behind four bytes: one with its length, one with scope and store and later with the result, two with the
 * length of the value. The values are in the receive buffer, one after the other.
 */
#include <string.h>

#include "config_fetch.h"

#define HEAD 4u
#define KEY_MOST 100u

static enum MvStatus check_key(const struct MvConfigKeyToFetch *item) {
  uint32_t i;
  if (!wq_calls_holds_string(item->key.data, item->key.length)) return MV_STATUS_LATEFAULT;
  if ((uint32_t)item->scope > MV_CONFIGKEYFETCHSCOPE_DEVICE) return MV_STATUS_UNKNOWNCONFIGSCOPE;
  if ((uint32_t)item->store > MV_CONFIGKEYFETCHSTORE_CONFIG) return MV_STATUS_UNKNOWNCONFIGSTORE;
  if (item->key.length == 0 || item->key.length > KEY_MOST) return MV_STATUS_INVALIDCONFIGKEY;
  for (i = 0; i < item->key.length; i++)
    if (item->key.data[i] < 0x20 || item->key.data[i] > 0x7e) return MV_STATUS_INVALIDCONFIGKEY;
  return MV_STATUS_OKAY;
}

static enum MvStatus check_request(wq_calls *calls, wq_calls_channel *channel, const struct MvConfigKeyFetchParams *request) {
  uint32_t size = 0, i;
  if (channel->sent) return MV_STATUS_REQUESTALREADYSENT;
  if (request->num_items > WQ_CALLS_CONFIG_KEYS) return MV_STATUS_TOOMANYCONFIGKEYS;
  if (request->num_items > 0 && !wq_calls_holds(request->keys_to_fetch, 4)) return wq_calls_late_fault(calls, channel);
  for (i = 0; i < request->num_items; i++) {
    const enum MvStatus status = check_key(&request->keys_to_fetch[i]);
    if (status == MV_STATUS_LATEFAULT) return wq_calls_late_fault(calls, channel);
    if (status != MV_STATUS_OKAY) return status;
    size += HEAD + request->keys_to_fetch[i].key.length;
  }
  return size > channel->send.size ? MV_STATUS_INVALIDBUFFERSIZE : MV_STATUS_OKAY;
}

static enum MvStatus send(wq_calls *calls, MvChannelHandle handle, const struct MvConfigKeyFetchParams *request) {
  wq_calls_channel *channel;
  enum MvStatus status;
  uint8_t *to;
  uint32_t i;
  if (!wq_calls_holds(request, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_CONFIGFETCH, &status);
  if (!channel) return status;
  status = check_request(calls, channel, request);
  if (status != MV_STATUS_OKAY) return status;
  to = channel->send.data;
  for (i = 0; i < request->num_items; i++) {
    const struct MvConfigKeyToFetch *const item = &request->keys_to_fetch[i];
    to[0] = (uint8_t)item->key.length;
    to[1] = (uint8_t)((uint32_t)item->scope | (uint32_t)item->store << 1);
    memcpy(to + HEAD, item->key.data, item->key.length);
    to += HEAD + item->key.length;
  }
  channel->keys = request->num_items;
  channel->sent = 1;
  return MV_STATUS_OKAY;
}

static uint32_t value_length(const uint8_t *item) { return item[2] | (uint32_t)item[3] << 8; }

/* Returns the item of an index; sets `at` to where its value begins. */
static uint8_t *find(const wq_calls_channel *channel, uint32_t index, uint32_t *at) {
  uint8_t *item = channel->send.data;
  *at = 0;
  for (; index > 0; index--) {
    *at += value_length(item);
    item += HEAD + item[0];
  }
  return item;
}

/* Asks for the value of the next key. Returns 0 when the callback wants to be asked again later. */
static int answer(wq_calls *calls, wq_calls_channel *channel) {
  uint32_t at;
  uint8_t *const item = find(channel, channel->answered, &at);
  const uint32_t room = channel->receive.size - at;
  const int32_t length = calls->options.config(
      calls->options.user, (enum MvConfigKeyFetchScope)(item[1] & 1), (enum MvConfigKeyFetchStore)(item[1] >> 1),
      (const char *)item + HEAD, item[0], channel->receive.data + at, room);
  if (length == WQ_CALLS_CONFIG_LATER) return 0;
  item[2] = item[3] = 0;
  item[1] = MV_CONFIGKEYFETCHRESULT_OK;
  if (length == WQ_CALLS_CONFIG_NOT_FOUND) item[1] = MV_CONFIGKEYFETCHRESULT_KEYNOTFOUND;
  else if (length < 0 || length > 0xffff) item[1] = MV_CONFIGKEYFETCHRESULT_SERVERERROR;
  else if ((uint32_t)length > room) channel->too_large = 1;
  else item[2] = (uint8_t)length, item[3] = (uint8_t)(length >> 8);
  channel->answered++;
  return 1;
}

int wq_calls_config_poll(wq_calls *calls, wq_calls_channel *channel) {
  if (!channel->handle || channel->closure != MV_CLOSUREREASON_NONE || !channel->sent || channel->done) return 0;
  while (channel->answered < channel->keys && !channel->too_large)
    if (!answer(calls, channel)) return 1;
  channel->done = 1;
  if (channel->too_large) channel->keys = 0;
  wq_calls_readable(calls, channel);
  return 0;
}

static enum MvStatus response_data(wq_calls *calls, MvChannelHandle handle, struct MvConfigResponseData *out) {
  const wq_calls_channel *channel;
  enum MvStatus status;
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_CONFIGFETCH, &status);
  /* The list of this call has neither INVALIDHANDLE nor RESPONSENOTPRESENT. */
  if (!channel) return status == MV_STATUS_INVALIDHANDLE ? MV_STATUS_PARAMETERFAULT : status;
  if (!channel->done) return MV_STATUS_PARAMETERFAULT;
  out->result = channel->too_large ? MV_CONFIGFETCHRESULT_RESPONSETOOLARGE : MV_CONFIGFETCHRESULT_OK;
  out->num_items = channel->keys;
  return MV_STATUS_OKAY;
}

static enum MvStatus read_item(wq_calls *calls, MvChannelHandle handle, const struct MvConfigResponseReadItemParams *params) {
  const wq_calls_channel *channel;
  const uint8_t *item;
  enum MvStatus status;
  uint32_t at, length;
  if (!wq_calls_holds(params, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_use(calls, handle, MV_CHANNELTYPE_CONFIGFETCH, &status);
  if (!channel) return status;
  if (!channel->done) return MV_STATUS_RESPONSENOTPRESENT;
  if (params->item_index >= channel->keys) return MV_STATUS_INDEXINVALID;
  item = find(channel, params->item_index, &at);
  length = value_length(item);
  if (!wq_calls_holds(params->result, 4) || !wq_calls_holds(params->buf.length, 4)) return MV_STATUS_PARAMETERFAULT;
  /* The list of this call has no status for a value that does not fit. */
  if (length > params->buf.size || !wq_calls_holds_string(params->buf.data, length)) return MV_STATUS_PARAMETERFAULT;
  *params->result = (enum MvConfigKeyFetchResult)item[1];
  *params->buf.length = length;
  if (length > 0) memcpy(params->buf.data, channel->receive.data + at, length);
  return MV_STATUS_OKAY;
}

enum MvStatus mvSendConfigFetchRequest(MvChannelHandle handle, const struct MvConfigKeyFetchParams *request) {
  WQ_SERVE(send(calls, handle, request));
}

enum MvStatus mvReadConfigFetchResponseData(MvChannelHandle handle, struct MvConfigResponseData *data) {
  WQ_SERVE(response_data(calls, handle, data));
}

enum MvStatus mvReadConfigResponseItem(MvChannelHandle handle, const struct MvConfigResponseReadItemParams *params) {
  WQ_SERVE(read_item(calls, handle, params));
}
