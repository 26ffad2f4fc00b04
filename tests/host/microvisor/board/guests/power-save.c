/* Sleeps in each mode; a button and a timer wake it. */
#include <stdio.h>
#include <string.h>

#include "stm32u5xx_hal.h"

static uint8_t log_buffer[1024] __attribute__((aligned(512)));
static TIM_HandleTypeDef timer = {.Instance = TIM3, .Init = {.Prescaler = 15999, .Period = 4999}};
static volatile unsigned presses, updates;

void EXTI13_IRQHandler(void) { HAL_GPIO_EXTI_IRQHandler(GPIO_PIN_13); }
void HAL_GPIO_EXTI_Rising_Callback(uint16_t pin) { presses += pin == GPIO_PIN_13; }
void TIM3_IRQHandler(void) { HAL_TIM_IRQHandler(&timer); }
void HAL_TIM_PeriodElapsedCallback(TIM_HandleTypeDef *htim) { updates += htim == &timer; }

static void quiet(void) {
  static volatile struct MvNotification notifications[4] __attribute__((aligned(8)));
  MvNotificationHandle centre;
  MvNetworkHandle network;
  const struct MvNotificationSetup setup = {TIM8_BRK_IRQn, (struct MvNotification *)notifications, sizeof notifications};
  mvSetupNotifications(&setup, &centre);
  const struct MvRequestNetworkParams params = {1, {centre, 7}};
  mvRequestNetwork(&params, &network);
  mvReleaseNetwork(&network);
}

static void save(enum MvPowerSavingMode mode, const char *name) {
  const enum MvStatus status = mvPowerSave(mode);
  char line[64];
  snprintf(line, sizeof line, "%s: %d, presses %u, updates %u", name, status, presses, updates);
  mvServerLog((const uint8_t *)line, (uint16_t)strlen(line));
}

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  save(MV_POWERSAVINGMODE_SLEEP, "busy");
  quiet();
  GPIO_InitTypeDef button = {.Pin = GPIO_PIN_13, .Mode = GPIO_MODE_IT_RISING};
  HAL_GPIO_Init(GPIOC, &button);
  HAL_NVIC_EnableIRQ(EXTI13_IRQn);
  HAL_TIM_Base_Init(&timer);
  HAL_NVIC_EnableIRQ(TIM3_IRQn);
  HAL_TIM_Base_Start_IT(&timer);
  save(MV_POWERSAVINGMODE_SLEEP, "sleep");
  save(MV_POWERSAVINGMODE_STOP2, "stop");
  for (;;) mv_host_wait(-1);
}
