/* mvOpenChannel, mvCloseChannel, mvGetChannelClosureReason, and what channels of all types share. */
#include <string.h>

#include "kernel.h"

#define OPENS 8u
#define OPENS_WINDOW 1000u

wq_calls_channel *wq_calls_use(wq_calls *calls, uint32_t handle, enum MvChannelType type, enum MvStatus *status) {
  wq_calls_channel *const channel = wq_calls_channel_of(calls, handle);
  *status = MV_STATUS_INVALIDHANDLE;
  if (!channel || channel->type != type) return NULL;
  *status = MV_STATUS_CHANNELCLOSED;
  return channel->closure == MV_CLOSUREREASON_NONE ? channel : NULL;
}

static void close_driver(wq_calls *calls, wq_calls_channel *channel, enum MvClosureReason reason, int orderly) {
  channel->closure = reason;
  if (channel->type == MV_CHANNELTYPE_MQTT) calls->mqtt_driver->close(calls, orderly);
}

enum MvStatus wq_calls_late_fault(wq_calls *calls, wq_calls_channel *channel) {
  close_driver(calls, channel, MV_CLOSUREREASON_UNEXPECTEDLYTERMINATED, 0);
  return MV_STATUS_LATEFAULT;
}

void wq_calls_readable(wq_calls *calls, const wq_calls_channel *channel) {
  wq_calls_notify(calls, channel->notification, MV_EVENTTYPE_CHANNELDATAREADABLE, channel->tag);
}

void wq_calls_close_channels(wq_calls *calls, int orderly) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_CHANNELS; i++) {
    wq_calls_channel *const channel = &calls->channels[i];
    if (!channel->handle || channel->closure != MV_CLOSUREREASON_NONE) continue;
    close_driver(calls, channel, MV_CLOSUREREASON_NETWORKDISCONNECTED, orderly);
    wq_calls_notify(calls, channel->notification, MV_EVENTTYPE_CHANNELNOTCONNECTED, channel->tag);
  }
}

/* Whether OPENS channels were opened within the last second. */
static int is_too_often(wq_calls *calls) {
  const uint32_t now = wq_calls_now(calls);
  uint32_t *const oldest = &calls->opens[calls->open_count % OPENS];
  if (calls->open_count >= OPENS && now - *oldest < OPENS_WINDOW) return 1;
  *oldest = now;
  calls->open_count++;
  /* Goes on from 8 to 15 and back to 8, and so never says again that few were opened. */
  if (calls->open_count == 2u * OPENS) calls->open_count = OPENS;
  return 0;
}

/* The two callbacks of the transport carry one connection. */
static int has_mqtt(const wq_calls *calls) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_CHANNELS; i++) {
    const wq_calls_channel *const channel = &calls->channels[i];
    if (channel->handle && channel->type == MV_CHANNELTYPE_MQTT && channel->closure == MV_CLOSUREREASON_NONE) return 1;
  }
  return 0;
}

static enum MvStatus check_open(wq_calls *calls, const struct MvOpenChannelParams *params) {
  const wq_calls_network *network;
  enum MvStatus status;
  /* The call has no status of its own for an unknown structure version. */
  if (params->version != 1) return MV_STATUS_PARAMETERFAULT;
  if (!wq_calls_notification_of(calls, params->v1.notification_handle)) return MV_STATUS_INVALIDHANDLE;
  network = wq_calls_network_of(calls, params->v1.network_handle);
  if (!network) return MV_STATUS_INVALIDHANDLE;
  if (!wq_calls_holds_string(params->v1.endpoint.data, params->v1.endpoint.length)) return MV_STATUS_PARAMETERFAULT;
  status = wq_calls_check_buffer(params->v1.receive_buffer, params->v1.receive_buffer_len);
  if (status == MV_STATUS_OKAY) status = wq_calls_check_buffer(params->v1.send_buffer, params->v1.send_buffer_len);
  if (status != MV_STATUS_OKAY) return status;
  if ((uint32_t)params->v1.channel_type > MV_CHANNELTYPE_CONFIGFETCH) return MV_STATUS_UNKNOWNCHANNELTYPE;
  if (params->v1.endpoint.length > 0) return MV_STATUS_UNKNOWNCHANNELENDPOINT;
  if (params->v1.channel_type != MV_CHANNELTYPE_MQTT && params->v1.channel_type != MV_CHANNELTYPE_CONFIGFETCH)
    return MV_STATUS_UNAVAILABLE;
  return network->status == MV_NETWORKSTATUS_CONNECTED ? MV_STATUS_OKAY : MV_STATUS_NETWORKNOTCONNECTED;
}

static enum MvStatus open(wq_calls *calls, const struct MvOpenChannelParams *params, MvChannelHandle *out) {
  wq_calls_channel *channel;
  enum MvStatus status;
  uint32_t i;
  if (!wq_calls_holds(params, 4) || !wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  status = check_open(calls, params);
  if (status != MV_STATUS_OKAY) return status;
  for (i = 0; i < WQ_CALLS_CHANNELS && calls->channels[i].handle; i++) continue;
  if (i == WQ_CALLS_CHANNELS) return MV_STATUS_TOOMANYCHANNELS;
  if (params->v1.channel_type == MV_CHANNELTYPE_MQTT && has_mqtt(calls)) return MV_STATUS_TOOMANYCHANNELS;
  if (is_too_often(calls)) return MV_STATUS_RATELIMITED;
  channel = &calls->channels[i];
  memset(channel, 0, sizeof *channel);
  channel->handle = *out = wq_calls_new_handle(calls);
  channel->notification = params->v1.notification_handle;
  channel->tag = params->v1.notification_tag;
  channel->type = params->v1.channel_type;
  channel->receive.data = params->v1.receive_buffer;
  channel->receive.size = params->v1.receive_buffer_len;
  channel->send.data = params->v1.send_buffer;
  channel->send.size = params->v1.send_buffer_len;
  if (channel->type == MV_CHANNELTYPE_MQTT) calls->mqtt_driver->begin(calls, channel);
  return MV_STATUS_OKAY;
}

static enum MvStatus close(wq_calls *calls, MvChannelHandle *handle) {
  wq_calls_channel *channel;
  if (!wq_calls_holds(handle, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_channel_of(calls, *handle);
  if (!channel) return MV_STATUS_INVALIDHANDLE;
  if (channel->closure == MV_CLOSUREREASON_NONE) close_driver(calls, channel, MV_CLOSUREREASON_CLOSEDBYAPPLICATION, 1);
  channel->handle = *handle = 0;
  return MV_STATUS_OKAY;
}

static enum MvStatus closure_reason(wq_calls *calls, MvChannelHandle handle, enum MvClosureReason *out) {
  const wq_calls_channel *channel;
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  channel = wq_calls_channel_of(calls, handle);
  if (!channel) return MV_STATUS_INVALIDHANDLE;
  *out = channel->closure;
  return MV_STATUS_OKAY;
}

enum MvStatus mvOpenChannel(const struct MvOpenChannelParams *params, MvChannelHandle *handle) {
  WQ_SERVE(open(calls, params, handle));
}

enum MvStatus mvCloseChannel(MvChannelHandle *handle) { WQ_SERVE(close(calls, handle)); }

enum MvStatus mvGetChannelClosureReason(MvChannelHandle handle, enum MvClosureReason *reason_out) {
  WQ_SERVE(closure_reason(calls, handle, reason_out));
}
