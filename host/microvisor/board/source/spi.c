// SPI as master: each function of the HAL is one transfer of the host.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

HAL_StatusTypeDef HAL_SPI_Init(SPI_HandleTypeDef *hspi) {
  if (hspi == NULL) return HAL_ERROR;
  if (hspi->State == HAL_SPI_STATE_RESET) HAL_SPI_MspInit(hspi);
  hspi->Instance->CFG1 = hspi->Init.DataSize | hspi->Init.BaudRatePrescaler;
  hspi->ErrorCode = HAL_SPI_ERROR_NONE;
  hspi->State = HAL_SPI_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_SPI_DeInit(SPI_HandleTypeDef *hspi) {
  if (hspi == NULL) return HAL_ERROR;
  __HAL_SPI_DISABLE(hspi);
  HAL_SPI_MspDeInit(hspi);
  hspi->State = HAL_SPI_STATE_RESET;
  return HAL_OK;
}

__weak void HAL_SPI_MspInit(SPI_HandleTypeDef *hspi) { UNUSED(hspi); }
__weak void HAL_SPI_MspDeInit(SPI_HandleTypeDef *hspi) { UNUSED(hspi); }
__weak void HAL_SPI_TxCpltCallback(SPI_HandleTypeDef *hspi) { UNUSED(hspi); }
__weak void HAL_SPI_RxCpltCallback(SPI_HandleTypeDef *hspi) { UNUSED(hspi); }
__weak void HAL_SPI_TxRxCpltCallback(SPI_HandleTypeDef *hspi) { UNUSED(hspi); }
__weak void HAL_SPI_ErrorCallback(SPI_HandleTypeDef *hspi) { UNUSED(hspi); }

static HAL_StatusTypeDef spi_transfer(SPI_HandleTypeDef *hspi, const uint8_t *data, uint8_t *into, uint16_t size) {
  if (hspi->State != HAL_SPI_STATE_READY) return HAL_BUSY;
  if ((data == NULL && into == NULL) || size == 0) return HAL_ERROR;
  mv_board_spi_transfer((uintptr_t)hspi->Instance, data, into, size);
  return HAL_OK;
}

HAL_StatusTypeDef HAL_SPI_Transmit(SPI_HandleTypeDef *hspi, const uint8_t *data, uint16_t size, uint32_t timeout) {
  UNUSED(timeout);
  return spi_transfer(hspi, data, NULL, size);
}

HAL_StatusTypeDef HAL_SPI_Receive(SPI_HandleTypeDef *hspi, uint8_t *data, uint16_t size, uint32_t timeout) {
  UNUSED(timeout);
  return spi_transfer(hspi, NULL, data, size);
}

HAL_StatusTypeDef HAL_SPI_TransmitReceive(SPI_HandleTypeDef *hspi, const uint8_t *data, uint8_t *into, uint16_t size,
                                          uint32_t timeout) {
  UNUSED(timeout);
  return spi_transfer(hspi, data, into, size);
}

/** The transfer is done; the end of it is reported by the interrupt. */
static HAL_StatusTypeDef spi_transfer_it(SPI_HandleTypeDef *hspi, const uint8_t *data, uint8_t *into, uint16_t size,
                                     HAL_SPI_StateTypeDef busy) {
  const HAL_StatusTypeDef status = spi_transfer(hspi, data, into, size);
  if (status != HAL_OK) return status;
  hspi->State = busy;
  hspi->Instance->SR |= SPI_SR_EOT;
  hspi->Instance->IER |= SPI_IER_EOTIE;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_SPI_Transmit_IT(SPI_HandleTypeDef *hspi, const uint8_t *data, uint16_t size) {
  return spi_transfer_it(hspi, data, NULL, size, HAL_SPI_STATE_BUSY_TX);
}

HAL_StatusTypeDef HAL_SPI_Receive_IT(SPI_HandleTypeDef *hspi, uint8_t *data, uint16_t size) {
  return spi_transfer_it(hspi, NULL, data, size, HAL_SPI_STATE_BUSY_RX);
}

HAL_StatusTypeDef HAL_SPI_TransmitReceive_IT(SPI_HandleTypeDef *hspi, const uint8_t *data, uint8_t *into,
                                             uint16_t size) {
  return spi_transfer_it(hspi, data, into, size, HAL_SPI_STATE_BUSY_TX_RX);
}

HAL_StatusTypeDef HAL_SPI_Transmit_DMA(SPI_HandleTypeDef *hspi, const uint8_t *data, uint16_t size) {
  return HAL_SPI_Transmit_IT(hspi, data, size);
}

HAL_StatusTypeDef HAL_SPI_Receive_DMA(SPI_HandleTypeDef *hspi, uint8_t *data, uint16_t size) {
  return HAL_SPI_Receive_IT(hspi, data, size);
}

HAL_StatusTypeDef HAL_SPI_TransmitReceive_DMA(SPI_HandleTypeDef *hspi, const uint8_t *data, uint8_t *into,
                                              uint16_t size) {
  return HAL_SPI_TransmitReceive_IT(hspi, data, into, size);
}

void HAL_SPI_IRQHandler(SPI_HandleTypeDef *hspi) {
  if ((hspi->Instance->SR & hspi->Instance->IER & SPI_SR_EOT) == 0) return;
  hspi->Instance->SR &= ~SPI_SR_EOT;
  hspi->Instance->IER &= ~SPI_IER_EOTIE;
  const HAL_SPI_StateTypeDef done = hspi->State;
  hspi->State = HAL_SPI_STATE_READY;
  if (done == HAL_SPI_STATE_BUSY_TX) HAL_SPI_TxCpltCallback(hspi);
  if (done == HAL_SPI_STATE_BUSY_RX) HAL_SPI_RxCpltCallback(hspi);
  if (done == HAL_SPI_STATE_BUSY_TX_RX) HAL_SPI_TxRxCpltCallback(hspi);
}

HAL_SPI_StateTypeDef HAL_SPI_GetState(const SPI_HandleTypeDef *hspi) { return hspi->State; }
uint32_t HAL_SPI_GetError(const SPI_HandleTypeDef *hspi) { return hspi->ErrorCode; }
