/* mvRequestNetwork, mvReleaseNetwork, mvGetNetworkStatus, mvGetNetworkReasons. The network is connected while its link is up. */
#include "kernel.h"

static uint32_t count(const wq_calls *calls) {
  uint32_t found = 0, i;
  for (i = 0; i < WQ_CALLS_NETWORKS; i++) found += calls->networks[i].handle != 0;
  return found;
}

/* Moves all requests of one status to another. */
static void change(wq_calls *calls, enum MvNetworkStatus from, enum MvNetworkStatus to) {
  uint32_t i;
  for (i = 0; i < WQ_CALLS_NETWORKS; i++) {
    wq_calls_network *const network = &calls->networks[i];
    if (!network->handle || network->status != from) continue;
    network->status = to;
    wq_calls_notify(calls, network->notification, MV_EVENTTYPE_NETWORKSTATUSCHANGED, network->tag);
  }
}

void wq_calls_network_poll(wq_calls *calls) {
  if (calls->link_is_up) change(calls, MV_NETWORKSTATUS_CONNECTING, MV_NETWORKSTATUS_CONNECTED);
}

void wq_calls_link(wq_calls *calls, int is_up) {
  wq_calls_lock(calls);
  wq_calls_turn(calls);
  if (calls->link_is_up && !is_up) {
    change(calls, MV_NETWORKSTATUS_CONNECTED, MV_NETWORKSTATUS_CONNECTING);
    wq_calls_close_channels(calls, 0);
  }
  calls->link_is_up = is_up != 0;
  wq_calls_unlock(calls);
}

static enum MvStatus request(wq_calls *calls, const struct MvRequestNetworkParams *params, MvNetworkHandle *out) {
  uint32_t i;
  if (!wq_calls_holds(params, 4) || !wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  if (params->version != 1) return MV_STATUS_UNSUPPORTEDSTRUCTUREVERSION;
  /* 0 asks for no notifications. The call has no status of its own for a bad handle or for too many requests. */
  if (params->v1.notification_handle && !wq_calls_notification_of(calls, params->v1.notification_handle))
    return MV_STATUS_PARAMETERFAULT;
  for (i = 0; i < WQ_CALLS_NETWORKS && calls->networks[i].handle; i++) continue;
  if (i == WQ_CALLS_NETWORKS) return MV_STATUS_PARAMETERFAULT;
  calls->networks[i].handle = *out = wq_calls_new_handle(calls);
  calls->networks[i].notification = params->v1.notification_handle;
  calls->networks[i].tag = params->v1.notification_tag;
  calls->networks[i].status = MV_NETWORKSTATUS_CONNECTING;
  calls->network_was_requested = 1;
  return MV_STATUS_OKAY;
}

static enum MvStatus release(wq_calls *calls, MvNetworkHandle *handle) {
  wq_calls_network *network;
  if (!wq_calls_holds(handle, 4)) return MV_STATUS_PARAMETERFAULT;
  network = wq_calls_network_of(calls, *handle);
  if (!network) return MV_STATUS_INVALIDHANDLE;
  network->handle = *handle = 0;
  if (count(calls) == 0) wq_calls_close_channels(calls, 1);
  return MV_STATUS_OKAY;
}

static enum MvStatus get_status(wq_calls *calls, MvNetworkHandle handle, enum MvNetworkStatus *out) {
  const wq_calls_network *network;
  if (!wq_calls_holds(out, 4)) return MV_STATUS_PARAMETERFAULT;
  network = wq_calls_network_of(calls, handle);
  if (!network) return MV_STATUS_INVALIDHANDLE;
  *out = network->status;
  return MV_STATUS_OKAY;
}

static enum MvStatus get_reasons(wq_calls *calls, enum MvNetworkReason *reasons, uint32_t *requests) {
  if (!wq_calls_holds(reasons, 4) || !wq_calls_holds(requests, 4)) return MV_STATUS_PARAMETERFAULT;
  *requests = count(calls);
  if (*requests) *reasons = MV_NETWORKREASON_USINGNETWORK;
  else *reasons = calls->network_was_requested ? MV_NETWORKREASON_NOTCONNECTING : MV_NETWORKREASON_NEVERUSEDNETWORKAPI;
  return MV_STATUS_OKAY;
}

enum MvStatus mvRequestNetwork(const struct MvRequestNetworkParams *params, MvNetworkHandle *handle) {
  WQ_SERVE(request(calls, params, handle));
}

enum MvStatus mvReleaseNetwork(MvNetworkHandle *handle) { WQ_SERVE(release(calls, handle)); }

enum MvStatus mvGetNetworkStatus(MvNetworkHandle handle, enum MvNetworkStatus *network_status) {
  WQ_SERVE(get_status(calls, handle, network_status));
}

enum MvStatus mvGetNetworkReasons(enum MvNetworkReason *reasons, uint32_t *request_ref_count) {
  WQ_SERVE(get_reasons(calls, reasons, request_ref_count));
}
