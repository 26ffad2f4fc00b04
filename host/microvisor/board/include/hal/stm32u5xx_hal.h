/*
 * The HAL of the board: what applications of Microvisor use of ST's HAL for the STM32U5, by its names. Our own text; the functions are
 * in host/microvisor/board/source.
 */
#ifndef STM32U5XX_HAL_H
#define STM32U5XX_HAL_H

/* Some applications rely on this one. */
#include "mv_syscalls.h"
#include "stm32u5xx_hal_adc.h"
#include "stm32u5xx_hal_def.h"
#include "stm32u5xx_hal_dma.h"
#include "stm32u5xx_hal_gpio.h"
#include "stm32u5xx_hal_i2c.h"
#include "stm32u5xx_hal_rcc.h"
#include "stm32u5xx_hal_spi.h"
#include "stm32u5xx_hal_tim.h"
#include "stm32u5xx_hal_uart.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  HAL_TICK_FREQ_10HZ = 100U,
  HAL_TICK_FREQ_100HZ = 10U,
  HAL_TICK_FREQ_1KHZ = 1U,
  HAL_TICK_FREQ_DEFAULT = HAL_TICK_FREQ_1KHZ
} HAL_TickFreqTypeDef;

extern uint32_t uwTickPrio;
extern HAL_TickFreqTypeDef uwTickFreq;

HAL_StatusTypeDef HAL_Init(void);
HAL_StatusTypeDef HAL_DeInit(void);
/** Milliseconds since the start, from the clock of the host; nothing has to be counted. */
uint32_t HAL_GetTick(void);
/** Does nothing: see HAL_GetTick. */
void HAL_IncTick(void);
uint32_t HAL_GetTickPrio(void);
HAL_TickFreqTypeDef HAL_GetTickFreq(void);
/** Lets `Delay` milliseconds pass. Tasks of lower priority do not run meanwhile, as on the device, where it spins. */
void HAL_Delay(uint32_t Delay);
uint32_t HAL_GetHalVersion(void);
uint32_t HAL_GetREVID(void);
uint32_t HAL_GetDEVID(void);

/* An application may define these. */
void HAL_MspInit(void);
void HAL_MspDeInit(void);
HAL_StatusTypeDef HAL_InitTick(uint32_t TickPriority);
void HAL_SuspendTick(void);
void HAL_ResumeTick(void);
void Error_Handler(void);

void HAL_NVIC_SetPriorityGrouping(uint32_t PriorityGroup);
void HAL_NVIC_SetPriority(IRQn_Type IRQn, uint32_t PreemptPriority, uint32_t SubPriority);
void HAL_NVIC_EnableIRQ(IRQn_Type IRQn);
void HAL_NVIC_DisableIRQ(IRQn_Type IRQn);
void HAL_NVIC_SetPendingIRQ(IRQn_Type IRQn);
void HAL_NVIC_GetPriority(IRQn_Type IRQn, uint32_t PriorityGroup, uint32_t *PreemptPriority, uint32_t *SubPriority);
uint32_t HAL_NVIC_GetPriorityGrouping(void);
uint32_t HAL_NVIC_GetActive(IRQn_Type IRQn);
uint32_t HAL_NVIC_GetPendingIRQ(IRQn_Type IRQn);
void HAL_NVIC_ClearPendingIRQ(IRQn_Type IRQn);
void HAL_NVIC_SystemReset(void) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_H */
