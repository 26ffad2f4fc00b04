// Timers: the functions of the HAL set the registers as on the device; the host raises the update interrupt.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

static void base(TIM_HandleTypeDef *htim) {
  htim->Instance->ARR = htim->Init.Period;
  htim->Instance->PSC = htim->Init.Prescaler;
  htim->Instance->CR1 = (htim->Instance->CR1 & ~TIM_CR1_ARPE) | htim->Init.AutoReloadPreload;
  htim->State = HAL_TIM_STATE_READY;
}

HAL_StatusTypeDef HAL_TIM_Base_Init(TIM_HandleTypeDef *htim) {
  if (htim == NULL) return HAL_ERROR;
  if (htim->State == HAL_TIM_STATE_RESET) HAL_TIM_Base_MspInit(htim);
  base(htim);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_PWM_Init(TIM_HandleTypeDef *htim) {
  if (htim == NULL) return HAL_ERROR;
  if (htim->State == HAL_TIM_STATE_RESET) HAL_TIM_PWM_MspInit(htim);
  base(htim);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_Base_DeInit(TIM_HandleTypeDef *htim) {
  __HAL_TIM_DISABLE(htim);
  htim->State = HAL_TIM_STATE_RESET;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_PWM_DeInit(TIM_HandleTypeDef *htim) { return HAL_TIM_Base_DeInit(htim); }

__weak void HAL_TIM_Base_MspInit(TIM_HandleTypeDef *htim) { UNUSED(htim); }
__weak void HAL_TIM_PWM_MspInit(TIM_HandleTypeDef *htim) { UNUSED(htim); }
__weak void HAL_TIM_PeriodElapsedCallback(TIM_HandleTypeDef *htim) { UNUSED(htim); }

HAL_StatusTypeDef HAL_TIM_Base_Start(TIM_HandleTypeDef *htim) {
  __HAL_TIM_ENABLE(htim);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_Base_Stop(TIM_HandleTypeDef *htim) {
  __HAL_TIM_DISABLE(htim);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_Base_Start_IT(TIM_HandleTypeDef *htim) {
  __HAL_TIM_ENABLE_IT(htim, TIM_IT_UPDATE);
  return HAL_TIM_Base_Start(htim);
}

HAL_StatusTypeDef HAL_TIM_Base_Stop_IT(TIM_HandleTypeDef *htim) {
  __HAL_TIM_DISABLE_IT(htim, TIM_IT_UPDATE);
  return HAL_TIM_Base_Stop(htim);
}

HAL_StatusTypeDef HAL_TIM_PWM_ConfigChannel(TIM_HandleTypeDef *htim, const TIM_OC_InitTypeDef *config,
                                            uint32_t channel) {
  if (channel > TIM_CHANNEL_4) return HAL_ERROR;
  __HAL_TIM_SET_COMPARE(htim, channel, config->Pulse);
  volatile uint32_t *mode = channel < TIM_CHANNEL_3 ? &htim->Instance->CCMR1 : &htim->Instance->CCMR2;
  const uint32_t shift = (channel & 4u) * 2u;
  *mode = (*mode & ~(0xffu << shift)) | ((config->OCMode | config->OCFastMode | 8u) << shift);
  htim->Instance->CCER = (htim->Instance->CCER & ~(2u << channel)) | (config->OCPolarity << channel);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_PWM_Start(TIM_HandleTypeDef *htim, uint32_t channel) {
  htim->Instance->CCER |= TIM_CCER_CC1E << channel;
  return HAL_TIM_Base_Start(htim);
}

HAL_StatusTypeDef HAL_TIM_PWM_Stop(TIM_HandleTypeDef *htim, uint32_t channel) {
  htim->Instance->CCER &= ~(TIM_CCER_CC1E << channel);
  return HAL_TIM_Base_Stop(htim);
}

HAL_StatusTypeDef HAL_TIM_GenerateEvent(TIM_HandleTypeDef *htim, uint32_t source) {
  htim->Instance->EGR = source;
  if (source & TIM_EVENTSOURCE_UPDATE) htim->Instance->CNT = 0;
  return HAL_OK;
}

void HAL_TIM_IRQHandler(TIM_HandleTypeDef *htim) {
  if (!__HAL_TIM_GET_FLAG(htim, TIM_FLAG_UPDATE)) return;
  __HAL_TIM_CLEAR_IT(htim, TIM_IT_UPDATE);
  mv_board_registers_changed();
  HAL_TIM_PeriodElapsedCallback(htim);
}
