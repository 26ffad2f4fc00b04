// Analog inputs: a conversion is done when it is asked for.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

HAL_StatusTypeDef HAL_ADC_Init(ADC_HandleTypeDef *hadc) {
  if (hadc == NULL) return HAL_ERROR;
  if (hadc->State == HAL_ADC_STATE_RESET) HAL_ADC_MspInit(hadc);
  hadc->Instance->CFGR1 = hadc->Init.Resolution;
  hadc->ErrorCode = HAL_ADC_ERROR_NONE;
  hadc->State = HAL_ADC_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_DeInit(ADC_HandleTypeDef *hadc) {
  if (hadc == NULL) return HAL_ERROR;
  HAL_ADC_MspDeInit(hadc);
  hadc->State = HAL_ADC_STATE_RESET;
  return HAL_OK;
}

__weak void HAL_ADC_MspInit(ADC_HandleTypeDef *hadc) { UNUSED(hadc); }
__weak void HAL_ADC_MspDeInit(ADC_HandleTypeDef *hadc) { UNUSED(hadc); }
__weak void HAL_ADC_ConvCpltCallback(ADC_HandleTypeDef *hadc) { UNUSED(hadc); }
__weak void HAL_ADC_ErrorCallback(ADC_HandleTypeDef *hadc) { UNUSED(hadc); }

HAL_StatusTypeDef HAL_ADC_ConfigChannel(ADC_HandleTypeDef *hadc, const ADC_ChannelConfTypeDef *config) {
  if (config->Rank < 1 || config->Rank > MV_BOARD_ADC_RANKS) return HAL_ERROR;
  hadc->mv_board_channels[config->Rank - 1] = (uint8_t)config->Channel;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADCEx_Calibration_Start(ADC_HandleTypeDef *hadc, uint32_t mode, uint32_t single) {
  UNUSED(mode);
  UNUSED(single);
  return hadc->State == HAL_ADC_STATE_RESET ? HAL_ERROR : HAL_OK;
}

/** The converters have results of different sizes under the same numbers of resolution. */
static uint32_t adc_bits(const ADC_HandleTypeDef *hadc) {
  const uint32_t most = hadc->Instance == ADC4 ? 12u : 14u;
  const uint32_t step = (hadc->Init.Resolution >> 2) & 3u;
  return most - 2u * step;
}

/** Converts the channel of the next rank. */
static uint32_t adc_convert(ADC_HandleTypeDef *hadc) {
  const uint32_t ranks = hadc->Init.NbrOfConversion > 1 ? hadc->Init.NbrOfConversion : 1;
  const uint32_t rank = hadc->mv_board_next % ranks % MV_BOARD_ADC_RANKS;
  hadc->mv_board_next = (uint8_t)((rank + 1) % ranks);
  const uint32_t value =
      mv_board_adc_convert((uintptr_t)hadc->Instance, hadc->mv_board_channels[rank], adc_bits(hadc));
  hadc->Instance->DR = value;
  hadc->Instance->ISR |= ADC_ISR_EOC;
  return value;
}

HAL_StatusTypeDef HAL_ADC_Start(ADC_HandleTypeDef *hadc) {
  if (hadc->State == HAL_ADC_STATE_RESET) return HAL_ERROR;
  hadc->Instance->CR |= ADC_CR_ADEN;
  hadc->State = HAL_ADC_STATE_READY | HAL_ADC_STATE_REG_BUSY;
  hadc->mv_board_next = 0;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_Stop(ADC_HandleTypeDef *hadc) {
  hadc->Instance->CR &= ~ADC_CR_ADEN;
  hadc->Instance->IER &= ~ADC_IER_EOCIE;
  hadc->State = HAL_ADC_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_PollForConversion(ADC_HandleTypeDef *hadc, uint32_t timeout) {
  UNUSED(timeout);
  if ((hadc->State & HAL_ADC_STATE_REG_BUSY) == 0) return HAL_TIMEOUT;
  (void)adc_convert(hadc);
  if (hadc->mv_board_next == 0 && hadc->Init.ContinuousConvMode != ENABLE) {
    hadc->State = HAL_ADC_STATE_READY | HAL_ADC_STATE_REG_EOC;
  }
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_Start_IT(ADC_HandleTypeDef *hadc) {
  const HAL_StatusTypeDef status = HAL_ADC_Start(hadc);
  if (status != HAL_OK) return status;
  (void)adc_convert(hadc);
  hadc->Instance->IER |= ADC_IER_EOCIE;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_Stop_IT(ADC_HandleTypeDef *hadc) { return HAL_ADC_Stop(hadc); }

HAL_StatusTypeDef HAL_ADC_Start_DMA(ADC_HandleTypeDef *hadc, const uint32_t *data, uint32_t length) {
  const HAL_StatusTypeDef status = HAL_ADC_Start(hadc);
  if (status != HAL_OK) return status;
  const DMA_HandleTypeDef *const dma = hadc->DMA_Handle;
  const int is_words = dma != NULL && dma->Init.DestDataWidth == DMA_DEST_DATAWIDTH_WORD;
  for (uint32_t index = 0; index < length; index++) {
    const uint32_t value = adc_convert(hadc);
    if (is_words)
      ((uint32_t *)(uintptr_t)data)[index] = value;
    else
      ((uint16_t *)(uintptr_t)data)[index] = (uint16_t)value;
  }
  hadc->Instance->IER |= ADC_IER_EOCIE;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_Stop_DMA(ADC_HandleTypeDef *hadc) { return HAL_ADC_Stop(hadc); }

uint32_t HAL_ADC_GetValue(const ADC_HandleTypeDef *hadc) {
  hadc->Instance->ISR &= ~ADC_ISR_EOC;
  return hadc->Instance->DR;
}

void HAL_ADC_IRQHandler(ADC_HandleTypeDef *hadc) {
  if ((hadc->Instance->ISR & hadc->Instance->IER & ADC_ISR_EOC) == 0) return;
  hadc->Instance->ISR &= ~ADC_ISR_EOC;
  hadc->Instance->IER &= ~ADC_IER_EOCIE;
  hadc->State = HAL_ADC_STATE_READY | HAL_ADC_STATE_REG_EOC;
  HAL_ADC_ConvCpltCallback(hadc);
}

uint32_t HAL_ADC_GetState(const ADC_HandleTypeDef *hadc) { return hadc->State; }
uint32_t HAL_ADC_GetError(const ADC_HandleTypeDef *hadc) { return hadc->ErrorCode; }
