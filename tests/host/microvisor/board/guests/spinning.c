#include <string.h>

#include "cmsis_os.h"
#include "stm32u5xx_hal.h"

static uint8_t log_buffer[1024] __attribute__((aligned(512)));

static void spins(void *argument) {
  UNUSED(argument);
  const uint32_t start = HAL_GetTick();
  while (HAL_GetTick() - start < 10000) {
  }
  mvServerLog((const uint8_t *)"ten seconds", 11);
  osThreadExit();
}

static void blinks(void *argument) {
  UNUSED(argument);
  GPIO_InitTypeDef led = {.Pin = GPIO_PIN_5, .Mode = GPIO_MODE_OUTPUT_PP};
  HAL_GPIO_Init(GPIOA, &led);
  for (;;) {
    HAL_GPIO_TogglePin(GPIOA, GPIO_PIN_5);
    osDelay(100);
  }
}

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  osKernelInitialize();
  const osThreadAttr_t urgent = {.name = "blinks", .priority = osPriorityHigh};
  osThreadNew(spins, NULL, NULL);
  osThreadNew(blinks, NULL, &urgent);
  osKernelStart();
}
