#include <stdio.h>
#include <string.h>

#include "cmsis_os.h"
#include "stm32u5xx_hal.h"

static uint8_t log_buffer[1024] __attribute__((aligned(512)));
static volatile struct MvNotification notifications[4] __attribute__((aligned(8)));
static osMessageQueueId_t queue;

static void say(const char *format, int first, int second) {
  char line[64];
  snprintf(line, sizeof line, format, first, second);
  mvServerLog((const uint8_t *)line, (uint16_t)strlen(line));
}

void TIM8_BRK_IRQHandler(void) {
  const uint32_t type = notifications[0].event_type;
  say("handler: put %d", osMessageQueuePut(queue, &type, 0, 0), 0);
  say("handler: wait refused %d", osMessageQueuePut(queue, &type, 0, 10), 0);
}

static void waits(void *argument) {
  UNUSED(argument);
  for (;;) {
    uint32_t type;
    osMessageQueueGet(queue, &type, NULL, osWaitForever);
    say("task: network %d, in interrupt %d", (int)type, xPortIsInsideInterrupt());
  }
}

static void asks(void *argument) {
  UNUSED(argument);
  MvNotificationHandle handle;
  MvNetworkHandle network;
  const struct MvNotificationSetup setup = {TIM8_BRK_IRQn, (struct MvNotification *)notifications, sizeof notifications};
  mvSetupNotifications(&setup, &handle);
  NVIC_EnableIRQ(TIM8_BRK_IRQn);
  const struct MvRequestNetworkParams params = {1, {handle, 7}};
  mvRequestNetwork(&params, &network);
  for (;;) osDelay(1000);
}

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  osKernelInitialize();
  queue = osMessageQueueNew(16, sizeof(uint32_t), NULL);
  const osThreadAttr_t urgent = {.name = "waits", .priority = osPriorityHigh};
  osThreadNew(waits, NULL, &urgent);
  osThreadNew(asks, NULL, NULL);
  osKernelStart();
}
