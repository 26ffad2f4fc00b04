/* A sensor that publishes its readings by MQTT over mutual TLS, and takes commands. Two tasks: one measures (sensor_and_led.c), the other one
 * does the rest, one step after the other: network, configuration, connection; and again after each end. */
#include "broker_connect.h"
#include "broker_values.h"
#include "cmsis_os.h"
#include "event_queue.h"
#include "log_line.h"
#include "mqtt_session.h"
#include "one_channel.h"
#include "sensor_and_led.h"
#include "stm32u5xx_hal.h"

/* Milliseconds between attempts to connect: twice as many each time. */
#define FIRST_PAUSE 1000
#define LONGEST_PAUSE 60000
/* Milliseconds that the cloud has to answer. */
#define ANSWER_TIMEOUT 30000

static MvNetworkHandle network;
static char device_id[DEVICE_ID_SIZE];
/* Too large for the stack of a task. */
static struct BrokerValues values;

static void wait_for_network(void) {
  struct Event event;
  enum MvNetworkStatus status;
  while (mvGetNetworkStatus(network, &status) != MV_STATUS_OKAY || status != MV_NETWORKSTATUS_CONNECTED) {
    event_of(TAG_NETWORK, &event, 1000);
  }
}

/* Waits, and takes events off the queue meanwhile; nobody needs them. */
static void pause_for(uint32_t milliseconds) {
  struct Event event;
  event_of(0, &event, milliseconds);
}

static bool fetch_values(void) {
  struct Event event;
  const bool is_whole = channel_open(MV_CHANNELTYPE_CONFIGFETCH, network) && broker_values_ask(channel_handle()) &&
                        event_of(channel_tag(), &event, ANSWER_TIMEOUT) && broker_values_read(channel_handle(), &values);
  channel_close();
  return is_whole;
}

static void work(void *argument) {
  UNUSED(argument);
  for (uint32_t milliseconds = FIRST_PAUSE;;) {
    wait_for_network();
    /* Fetched each time: somebody may have corrected the values. */
    if (fetch_values() && mqtt_session(network, &values, device_id)) milliseconds = FIRST_PAUSE;
    log_line("next attempt in %lu ms", (unsigned long)milliseconds);
    pause_for(milliseconds);
    if (milliseconds < LONGEST_PAUSE) milliseconds *= 2;
  }
}

static bool request_network(void) {
  const struct MvRequestNetworkParams params = {
      .version = 1, .v1 = {.notification_handle = events_handle(), .notification_tag = TAG_NETWORK}};
  return mvRequestNetwork(&params, &network) == MV_STATUS_OKAY;
}

int main(void) {
  HAL_Init();
  log_start();
  mvGetDeviceId((uint8_t *)device_id, DEVICE_ID_SIZE);
  log_line("device %.*s", DEVICE_ID_SIZE, device_id);
  osKernelInitialize();
  /* vsnprintf alone takes some 1.5 KB of a stack. */
  const osThreadAttr_t attributes = {.name = "work", .stack_size = 8192, .priority = osPriorityNormal};
  if (events_start() && request_network() && sensor_and_led_start() && osThreadNew(work, NULL, &attributes) != NULL) {
    osKernelStart();
  }
  log_line("the application could not start");
  return 1;
}
