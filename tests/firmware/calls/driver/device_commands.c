/* Commands for the device, its notifications, its network and its configs. */
#include <stdio.h>
#include <string.h>

#include "commands.h"

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

int device_command(void) {
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
