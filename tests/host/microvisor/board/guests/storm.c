/* A handler that does not clear what it was entered for. */
#include "stm32u5xx_hal.h"

static TIM_HandleTypeDef timer = {.Instance = TIM3, .Init = {.Prescaler = 15999, .Period = 9}};

void TIM3_IRQHandler(void) {}

int main(void) {
  HAL_TIM_Base_Init(&timer);
  HAL_NVIC_EnableIRQ(TIM3_IRQn);
  HAL_TIM_Base_Start_IT(&timer);
  mv_host_wait(-1);
}
