/* Timers, by the names of ST's HAL. */
#ifndef STM32U5XX_HAL_TIM_H
#define STM32U5XX_HAL_TIM_H

#include "stm32u5xx_hal_def.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t Prescaler;
  uint32_t CounterMode;
  uint32_t Period;
  uint32_t ClockDivision;
  uint32_t RepetitionCounter;
  uint32_t AutoReloadPreload;
} TIM_Base_InitTypeDef;

typedef struct {
  uint32_t OCMode;
  uint32_t Pulse;
  uint32_t OCPolarity;
  uint32_t OCNPolarity;
  uint32_t OCFastMode;
  uint32_t OCIdleState;
  uint32_t OCNIdleState;
} TIM_OC_InitTypeDef;

typedef enum { HAL_TIM_STATE_RESET = 0x00U, HAL_TIM_STATE_READY = 0x01U, HAL_TIM_STATE_BUSY = 0x02U } HAL_TIM_StateTypeDef;

typedef struct __TIM_HandleTypeDef {
  TIM_TypeDef *Instance;
  TIM_Base_InitTypeDef Init;
  uint32_t Channel;
  HAL_LockTypeDef Lock;
  HAL_TIM_StateTypeDef State;
} TIM_HandleTypeDef;

#define TIM_COUNTERMODE_UP 0x00000000u
#define TIM_COUNTERMODE_DOWN 0x00000010u
#define TIM_CLOCKDIVISION_DIV1 0x00000000u
#define TIM_CLOCKDIVISION_DIV2 0x00000100u
#define TIM_CLOCKDIVISION_DIV4 0x00000200u
#define TIM_AUTORELOAD_PRELOAD_DISABLE 0x00000000u
#define TIM_AUTORELOAD_PRELOAD_ENABLE TIM_CR1_ARPE
#define TIM_CHANNEL_1 0x00000000u
#define TIM_CHANNEL_2 0x00000004u
#define TIM_CHANNEL_3 0x00000008u
#define TIM_CHANNEL_4 0x0000000Cu
#define TIM_CHANNEL_ALL 0x0000003Cu
#define TIM_OCMODE_TIMING 0x00000000u
#define TIM_OCMODE_PWM1 0x00000060u
#define TIM_OCMODE_PWM2 0x00000070u
#define TIM_OCPOLARITY_HIGH 0x00000000u
#define TIM_OCPOLARITY_LOW 0x00000002u
#define TIM_OCNPOLARITY_HIGH 0x00000000u
#define TIM_OCNPOLARITY_LOW 0x00000008u
#define TIM_OCFAST_DISABLE 0x00000000u
#define TIM_OCFAST_ENABLE 0x00000004u
#define TIM_OCIDLESTATE_SET 0x00000100u
#define TIM_OCIDLESTATE_RESET 0x00000000u
#define TIM_OCNIDLESTATE_SET 0x00000200u
#define TIM_OCNIDLESTATE_RESET 0x00000000u
#define TIM_IT_UPDATE TIM_DIER_UIE
#define TIM_FLAG_UPDATE TIM_SR_UIF
#define TIM_EVENTSOURCE_UPDATE TIM_EGR_UG

#define __HAL_TIM_ENABLE(handle) ((handle)->Instance->CR1 |= TIM_CR1_CEN)
#define __HAL_TIM_DISABLE(handle) ((handle)->Instance->CR1 &= ~TIM_CR1_CEN)
#define __HAL_TIM_ENABLE_IT(handle, interrupt) ((handle)->Instance->DIER |= (interrupt))
#define __HAL_TIM_DISABLE_IT(handle, interrupt) ((handle)->Instance->DIER &= ~(interrupt))
#define __HAL_TIM_GET_FLAG(handle, flag) (((handle)->Instance->SR & (flag)) == (flag))
#define __HAL_TIM_CLEAR_FLAG(handle, flag) ((handle)->Instance->SR = ~(uint32_t)(flag))
#define __HAL_TIM_CLEAR_IT(handle, interrupt) ((handle)->Instance->SR = ~(uint32_t)(interrupt))
#define __HAL_TIM_GET_COUNTER(handle) ((handle)->Instance->CNT)
#define __HAL_TIM_SET_COUNTER(handle, counter) ((handle)->Instance->CNT = (counter))
#define __HAL_TIM_SET_AUTORELOAD(handle, period) ((handle)->Instance->ARR = (period), (handle)->Init.Period = (period))
#define __HAL_TIM_GET_AUTORELOAD(handle) ((handle)->Instance->ARR)
#define __HAL_TIM_SET_PRESCALER(handle, prescaler) ((handle)->Instance->PSC = (prescaler))
#define __HAL_TIM_SET_COMPARE(handle, channel, compare) ((&(handle)->Instance->CCR1)[(channel) / 4u] = (compare))
#define __HAL_TIM_GET_COMPARE(handle, channel) ((&(handle)->Instance->CCR1)[(channel) / 4u])

HAL_StatusTypeDef HAL_TIM_Base_Init(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_Base_DeInit(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_Base_Start(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_Base_Stop(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_Base_Start_IT(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_Base_Stop_IT(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_PWM_Init(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_PWM_DeInit(TIM_HandleTypeDef *htim);
HAL_StatusTypeDef HAL_TIM_PWM_ConfigChannel(TIM_HandleTypeDef *htim, const TIM_OC_InitTypeDef *sConfig, uint32_t Channel);
HAL_StatusTypeDef HAL_TIM_PWM_Start(TIM_HandleTypeDef *htim, uint32_t Channel);
HAL_StatusTypeDef HAL_TIM_PWM_Stop(TIM_HandleTypeDef *htim, uint32_t Channel);
HAL_StatusTypeDef HAL_TIM_GenerateEvent(TIM_HandleTypeDef *htim, uint32_t EventSource);
void HAL_TIM_IRQHandler(TIM_HandleTypeDef *htim);
/* An application may define these. */
void HAL_TIM_Base_MspInit(TIM_HandleTypeDef *htim);
void HAL_TIM_PWM_MspInit(TIM_HandleTypeDef *htim);
void HAL_TIM_PeriodElapsedCallback(TIM_HandleTypeDef *htim);

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_TIM_H */
