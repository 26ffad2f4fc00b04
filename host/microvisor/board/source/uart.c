// UART: what is transmitted goes to the host, which makes lines of it.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

HAL_StatusTypeDef HAL_UART_Init(UART_HandleTypeDef *huart) {
  if (huart == NULL) return HAL_ERROR;
  if (huart->gState == HAL_UART_STATE_RESET) HAL_UART_MspInit(huart);
  huart->Instance->CR1 |= 1u | huart->Init.Mode;
  huart->ErrorCode = HAL_UART_ERROR_NONE;
  huart->gState = HAL_UART_STATE_READY;
  huart->RxState = HAL_UART_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_DeInit(UART_HandleTypeDef *huart) {
  if (huart == NULL) return HAL_ERROR;
  huart->Instance->CR1 = 0;
  HAL_UART_MspDeInit(huart);
  huart->gState = HAL_UART_STATE_RESET;
  huart->RxState = HAL_UART_STATE_RESET;
  return HAL_OK;
}

__weak void HAL_UART_MspInit(UART_HandleTypeDef *huart) { UNUSED(huart); }
__weak void HAL_UART_MspDeInit(UART_HandleTypeDef *huart) { UNUSED(huart); }
__weak void HAL_UART_TxCpltCallback(UART_HandleTypeDef *huart) { UNUSED(huart); }

HAL_StatusTypeDef HAL_UART_Transmit(UART_HandleTypeDef *huart, const uint8_t *data, uint16_t size, uint32_t timeout) {
  UNUSED(timeout);
  if (huart->gState != HAL_UART_STATE_READY) return HAL_BUSY;
  if (data == NULL || size == 0) return HAL_ERROR;
  mv_board_uart_transmit((uintptr_t)huart->Instance, data, size);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_Transmit_IT(UART_HandleTypeDef *huart, const uint8_t *data, uint16_t size) {
  const HAL_StatusTypeDef status = HAL_UART_Transmit(huart, data, size, HAL_MAX_DELAY);
  if (status == HAL_OK) HAL_UART_TxCpltCallback(huart);
  return status;
}

HAL_StatusTypeDef HAL_UART_Transmit_DMA(UART_HandleTypeDef *huart, const uint8_t *data, uint16_t size) {
  return HAL_UART_Transmit_IT(huart, data, size);
}

HAL_StatusTypeDef HAL_UART_Receive(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size, uint32_t timeout) {
  if (huart->RxState != HAL_UART_STATE_READY) return HAL_BUSY;
  if (data == NULL || size == 0) return HAL_ERROR;
  return mv_board_uart_receive((uintptr_t)huart->Instance, data, size, timeout) == size ? HAL_OK : HAL_TIMEOUT;
}

HAL_UART_StateTypeDef HAL_UART_GetState(const UART_HandleTypeDef *huart) { return huart->gState; }
uint32_t HAL_UART_GetError(const UART_HandleTypeDef *huart) { return huart->ErrorCode; }
