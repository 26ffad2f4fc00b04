/* No RTOS: asks for the network, sleeps until there is an interrupt, and says what has happened. */
#include <stdio.h>
#include <string.h>

#include "stm32u5xx_hal.h"

#define RECORDS 8
#define NETWORK_TAG 1

static volatile struct MvNotification notifications[RECORDS] __attribute__((aligned(8)));
static uint8_t log_buffer[1024] __attribute__((aligned(512)));
static volatile uint32_t interrupts;

/* The kernel of Microvisor pends this one for each notification. */
void TIM8_BRK_IRQHandler(void) { interrupts++; }

static void say(const char *text) { mvServerLog((const uint8_t *)text, (uint16_t)strlen(text)); }

static MvNotificationHandle listen(void) {
  MvNotificationHandle handle = NULL;
  const struct MvNotificationSetup setup = {
      .irq = TIM8_BRK_IRQn, .buffer = (struct MvNotification *)notifications, .buffer_size = sizeof notifications};
  if (mvSetupNotifications(&setup, &handle) != MV_STATUS_OKAY) say("no notifications");
  NVIC_ClearPendingIRQ(TIM8_BRK_IRQn);
  NVIC_EnableIRQ(TIM8_BRK_IRQn);
  return handle;
}

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  MvNetworkHandle network = NULL;
  const struct MvRequestNetworkParams params = {
      .version = 1, .v1 = {.notification_handle = listen(), .notification_tag = NETWORK_TAG}};
  if (mvRequestNetwork(&params, &network) != MV_STATUS_OKAY) return 1;
  for (uint32_t seconds = 0; seconds < 3; seconds++) {
    const int32_t woken = mv_host_wait(1000);
    enum MvNetworkStatus status;
    mvGetNetworkStatus(network, &status);
    char line[64];
    snprintf(line, sizeof line, "%s, %s, %lu interrupts", woken ? "woken" : "a second has passed",
             status == MV_NETWORKSTATUS_CONNECTED ? "connected" : "not connected", (unsigned long)interrupts);
    say(line);
  }
  return 0;
}
