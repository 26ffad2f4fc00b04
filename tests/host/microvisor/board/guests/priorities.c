/* Handlers of three priorities, pended by the application. */
#include <stdio.h>
#include <string.h>

#include "stm32u5xx_hal.h"

static uint8_t log_buffer[1024] __attribute__((aligned(512)));

static void say(const char *text) { mvServerLog((const uint8_t *)text, (uint16_t)strlen(text)); }

void TIM3_IRQHandler(void) {
  say("low begins");
  NVIC_SetPendingIRQ(TIM5_IRQn);
  NVIC_SetPendingIRQ(TIM4_IRQn);
  HAL_Delay(2);
  say("low ends");
}
void TIM4_IRQHandler(void) { say(NVIC_GetActive(TIM3_IRQn) ? "urgent within low" : "urgent alone"); }
void TIM5_IRQHandler(void) { say(NVIC_GetActive(TIM3_IRQn) ? "equal within low" : "equal after low"); }

int main(void) {
  HAL_Init();
  mvServerLoggingInit(log_buffer, sizeof log_buffer);
  HAL_NVIC_SetPriority(TIM3_IRQn, 7, 0);
  HAL_NVIC_SetPriority(TIM4_IRQn, 2, 0);
  HAL_NVIC_SetPriority(TIM5_IRQn, 7, 0);
  for (IRQn_Type irq = TIM3_IRQn; irq <= TIM5_IRQn; irq++) HAL_NVIC_EnableIRQ(irq);
  /* The most urgent first, whatever the order. */
  NVIC_SetPendingIRQ(TIM3_IRQn);
  NVIC_SetPendingIRQ(TIM4_IRQn);
  __WFI();
  mv_host_wait(20);
  /* WFI wakes while interrupts are masked; the handler runs when they no longer are. */
  __disable_irq();
  NVIC_SetPendingIRQ(TIM4_IRQn);
  __WFI();
  say("awake");
  __enable_irq();
  mv_host_wait(1);
  return 0;
}
