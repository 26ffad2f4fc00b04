// DMA: its transfers are made by the peripherals themselves, see stm32u5xx_hal_dma.h.
#include "stm32u5xx_hal.h"

HAL_StatusTypeDef HAL_DMA_Init(DMA_HandleTypeDef *hdma) {
  if (hdma == NULL) return HAL_ERROR;
  hdma->ErrorCode = HAL_DMA_ERROR_NONE;
  hdma->State = HAL_DMA_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_DMA_DeInit(DMA_HandleTypeDef *hdma) {
  if (hdma == NULL) return HAL_ERROR;
  hdma->State = HAL_DMA_STATE_RESET;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_DMA_ConfigChannelAttributes(DMA_HandleTypeDef *hdma, uint32_t attributes) {
  UNUSED(attributes);
  return hdma == NULL ? HAL_ERROR : HAL_OK;
}

HAL_StatusTypeDef HAL_DMA_Abort(DMA_HandleTypeDef *hdma) { return hdma == NULL ? HAL_ERROR : HAL_OK; }
HAL_DMA_StateTypeDef HAL_DMA_GetState(const DMA_HandleTypeDef *hdma) { return hdma->State; }
void HAL_DMA_IRQHandler(DMA_HandleTypeDef *hdma) { UNUSED(hdma); }
