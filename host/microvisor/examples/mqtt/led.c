#include "led.h"

#include "stm32u5xx_hal.h"

#define LED_PIN GPIO_PIN_5

void led_start(void) {
  __HAL_RCC_GPIOA_CLK_ENABLE();
  GPIO_InitTypeDef init = {.Pin = LED_PIN, .Mode = GPIO_MODE_OUTPUT_PP, .Pull = GPIO_NOPULL, .Speed = GPIO_SPEED_FREQ_LOW};
  HAL_GPIO_Init(GPIOA, &init);
}

void led_set(bool is_on) { HAL_GPIO_WritePin(GPIOA, LED_PIN, is_on ? GPIO_PIN_SET : GPIO_PIN_RESET); }
