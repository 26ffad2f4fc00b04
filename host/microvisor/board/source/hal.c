// The HAL apart from its peripherals: start, time, interrupts, clocks.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

uint8_t mv_board_window[MV_BOARD_WINDOW] __attribute__((aligned(1024)));
uint32_t SystemCoreClock = 160000000;
uint32_t uwTickPrio = 1UL << __NVIC_PRIO_BITS;
HAL_TickFreqTypeDef uwTickFreq = HAL_TICK_FREQ_DEFAULT;

HAL_StatusTypeDef HAL_Init(void) {
  HAL_NVIC_SetPriorityGrouping(NVIC_PRIORITYGROUP_4);
  if (HAL_InitTick(TICK_INT_PRIORITY) != HAL_OK) return HAL_ERROR;
  HAL_MspInit();
  return HAL_OK;
}

HAL_StatusTypeDef HAL_DeInit(void) {
  HAL_MspDeInit();
  return HAL_OK;
}

__weak void HAL_MspInit(void) {}
__weak void HAL_MspDeInit(void) {}
__weak void HAL_IncTick(void) {}
__weak void HAL_SuspendTick(void) {}
__weak void HAL_ResumeTick(void) {}

__weak HAL_StatusTypeDef HAL_InitTick(uint32_t priority) {
  uwTickPrio = priority;
  return HAL_OK;
}

void HAL_Delay(uint32_t delay) {
  if (__get_IPSR() == 0) {
    mv_board_delay(delay);
    return;
  }
  for (const uint32_t start = HAL_GetTick(); HAL_GetTick() - start < delay;) {
  }
}

uint32_t HAL_GetTickPrio(void) { return uwTickPrio; }
HAL_TickFreqTypeDef HAL_GetTickFreq(void) { return uwTickFreq; }
uint32_t HAL_GetHalVersion(void) { return 0x01000000; }
uint32_t HAL_GetREVID(void) { return 0x1000; }
uint32_t HAL_GetDEVID(void) { return 0x482; }

void HAL_NVIC_SetPriorityGrouping(uint32_t group) { NVIC_SetPriorityGrouping(group); }
void HAL_NVIC_SetPriority(IRQn_Type irqn, uint32_t priority, uint32_t sub_priority) {
  NVIC_SetPriority(irqn, NVIC_EncodePriority(NVIC_GetPriorityGrouping(), priority, sub_priority));
}
void HAL_NVIC_GetPriority(IRQn_Type irqn, uint32_t group, uint32_t *priority, uint32_t *sub_priority) {
  NVIC_DecodePriority(NVIC_GetPriority(irqn), group, priority, sub_priority);
}
void HAL_NVIC_EnableIRQ(IRQn_Type irqn) { NVIC_EnableIRQ(irqn); }
void HAL_NVIC_DisableIRQ(IRQn_Type irqn) { NVIC_DisableIRQ(irqn); }
void HAL_NVIC_SetPendingIRQ(IRQn_Type irqn) { NVIC_SetPendingIRQ(irqn); }
uint32_t HAL_NVIC_GetPendingIRQ(IRQn_Type irqn) { return NVIC_GetPendingIRQ(irqn); }
void HAL_NVIC_ClearPendingIRQ(IRQn_Type irqn) { NVIC_ClearPendingIRQ(irqn); }
uint32_t HAL_NVIC_GetActive(IRQn_Type irqn) { return NVIC_GetActive(irqn); }
uint32_t HAL_NVIC_GetPriorityGrouping(void) { return NVIC_GetPriorityGrouping(); }
void HAL_NVIC_SystemReset(void) { NVIC_SystemReset(); }

void SystemInit(void) {}
void SystemCoreClockUpdate(void) { SystemCoreClock = SECURE_SystemCoreClockUpdate(); }

__weak uint32_t SECURE_SystemCoreClockUpdate(void) { return HAL_RCC_GetHCLKFreq(); }

static uint32_t hertz_of(enum MvStatus (*ask)(uint32_t *)) {
  uint32_t hertz = 0;
  (void)ask(&hertz);
  return hertz;
}

uint32_t HAL_RCC_GetSysClockFreq(void) { return hertz_of(mvGetSysClk); }
uint32_t HAL_RCC_GetHCLKFreq(void) { return hertz_of(mvGetHClk); }
uint32_t HAL_RCC_GetPCLK1Freq(void) { return hertz_of(mvGetPClk1); }
uint32_t HAL_RCC_GetPCLK2Freq(void) { return hertz_of(mvGetPClk2); }

void HAL_RCC_GetClockConfig(RCC_ClkInitTypeDef *config, uint32_t *latency) {
  *config = (RCC_ClkInitTypeDef){.ClockType = 0x1f, .SYSCLKSource = 3};
  *latency = 4;
}

HAL_StatusTypeDef HAL_RCCEx_PeriphCLKConfig(RCC_PeriphCLKInitTypeDef *config) { return config ? HAL_OK : HAL_ERROR; }

__weak void Error_Handler(void) { mv_board_assert("Error_Handler was not called", "hal.c", 0, "Error_Handler"); }
