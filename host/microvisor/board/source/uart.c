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
__weak void HAL_UART_RxCpltCallback(UART_HandleTypeDef *huart) { UNUSED(huart); }
__weak void HAL_UART_ErrorCallback(UART_HandleTypeDef *huart) { UNUSED(huart); }
__weak void HAL_UARTEx_RxEventCallback(UART_HandleTypeDef *huart, uint16_t size) {
  UNUSED(huart);
  UNUSED(size);
}

HAL_StatusTypeDef HAL_UART_Transmit(UART_HandleTypeDef *huart, const uint8_t *data, uint16_t size, uint32_t timeout) {
  UNUSED(timeout);
  if (huart->gState != HAL_UART_STATE_READY) return HAL_BUSY;
  if (data == NULL || size == 0) return HAL_ERROR;
  mv_board_uart_transmit((uintptr_t)huart->Instance, data, size);
  return HAL_OK;
}

/** The bytes are gone when it returns; that they are is reported by the interrupt. */
HAL_StatusTypeDef HAL_UART_Transmit_IT(UART_HandleTypeDef *huart, const uint8_t *data, uint16_t size) {
  const HAL_StatusTypeDef status = HAL_UART_Transmit(huart, data, size, HAL_MAX_DELAY);
  if (status != HAL_OK) return status;
  huart->gState = HAL_UART_STATE_BUSY_TX;
  huart->Instance->CR1 |= USART_CR1_TCIE;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_Transmit_DMA(UART_HandleTypeDef *huart, const uint8_t *data, uint16_t size) {
  return HAL_UART_Transmit_IT(huart, data, size);
}

HAL_StatusTypeDef HAL_UART_Receive(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size, uint32_t timeout) {
  if (huart->RxState != HAL_UART_STATE_READY) return HAL_BUSY;
  if (data == NULL || size == 0) return HAL_ERROR;
  return mv_board_uart_receive((uintptr_t)huart->Instance, data, size, timeout) == size ? HAL_OK : HAL_TIMEOUT;
}

static HAL_StatusTypeDef uart_begin_receive(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size, uint32_t type) {
  if (huart->RxState != HAL_UART_STATE_READY) return HAL_BUSY;
  if (data == NULL || size == 0) return HAL_ERROR;
  huart->pRxBuffPtr = data;
  huart->RxXferSize = size;
  huart->RxXferCount = size;
  huart->ReceptionType = type;
  huart->RxState = HAL_UART_STATE_BUSY_RX;
  huart->Instance->CR1 |= USART_CR1_RXNEIE;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_Receive_IT(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size) {
  return uart_begin_receive(huart, data, size, HAL_UART_RECEPTION_STANDARD);
}

HAL_StatusTypeDef HAL_UART_Receive_DMA(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size) {
  return uart_begin_receive(huart, data, size, HAL_UART_RECEPTION_STANDARD);
}

HAL_StatusTypeDef HAL_UARTEx_ReceiveToIdle_IT(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size) {
  return uart_begin_receive(huart, data, size, HAL_UART_RECEPTION_TOIDLE);
}

HAL_StatusTypeDef HAL_UARTEx_ReceiveToIdle_DMA(UART_HandleTypeDef *huart, uint8_t *data, uint16_t size) {
  return uart_begin_receive(huart, data, size, HAL_UART_RECEPTION_TOIDLE);
}

HAL_StatusTypeDef HAL_UART_AbortTransmit(UART_HandleTypeDef *huart) {
  huart->Instance->CR1 &= ~USART_CR1_TCIE;
  huart->gState = HAL_UART_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_AbortReceive(UART_HandleTypeDef *huart) {
  huart->Instance->CR1 &= ~USART_CR1_RXNEIE;
  huart->RxState = HAL_UART_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_UART_Abort(UART_HandleTypeDef *huart) {
  (void)HAL_UART_AbortTransmit(huart);
  return HAL_UART_AbortReceive(huart);
}

HAL_StatusTypeDef HAL_UART_DMAStop(UART_HandleTypeDef *huart) { return HAL_UART_Abort(huart); }

/** Takes what has come in. What came in together is followed by a pause: the line is idle. */
static void uart_take(UART_HandleTypeDef *huart) {
  const uint16_t taken =
      (uint16_t)mv_board_uart_receive((uintptr_t)huart->Instance, huart->pRxBuffPtr, huart->RxXferCount, 0);
  huart->pRxBuffPtr += taken;
  huart->RxXferCount = (uint16_t)(huart->RxXferCount - taken);
  const int is_to_idle = huart->ReceptionType == HAL_UART_RECEPTION_TOIDLE;
  if (huart->RxXferCount > 0 && !(is_to_idle && taken > 0)) return;
  (void)HAL_UART_AbortReceive(huart);
  if (is_to_idle)
    HAL_UARTEx_RxEventCallback(huart, (uint16_t)(huart->RxXferSize - huart->RxXferCount));
  else
    HAL_UART_RxCpltCallback(huart);
}

void HAL_UART_IRQHandler(UART_HandleTypeDef *huart) {
  if (huart->RxState == HAL_UART_STATE_BUSY_RX && (huart->Instance->ISR & USART_ISR_RXNE) != 0) uart_take(huart);
  if (huart->gState != HAL_UART_STATE_BUSY_TX || (huart->Instance->CR1 & USART_CR1_TCIE) == 0) return;
  (void)HAL_UART_AbortTransmit(huart);
  HAL_UART_TxCpltCallback(huart);
}

HAL_UART_StateTypeDef HAL_UART_GetState(const UART_HandleTypeDef *huart) {
  return huart->gState | huart->RxState;
}
uint32_t HAL_UART_GetError(const UART_HandleTypeDef *huart) { return huart->ErrorCode; }
