// I2C as master: each function of the HAL is one transfer of the host.
#include "stm32u585_board.h"
#include "stm32u5xx_hal.h"

#include <stdlib.h>
#include <string.h>

HAL_StatusTypeDef HAL_I2C_Init(I2C_HandleTypeDef *hi2c) {
  if (hi2c == NULL) return HAL_ERROR;
  if (hi2c->State == HAL_I2C_STATE_RESET) HAL_I2C_MspInit(hi2c);
  hi2c->Instance->TIMINGR = hi2c->Init.Timing;
  hi2c->Instance->CR1 |= 1u;
  hi2c->ErrorCode = HAL_I2C_ERROR_NONE;
  hi2c->State = HAL_I2C_STATE_READY;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_I2C_DeInit(I2C_HandleTypeDef *hi2c) {
  if (hi2c == NULL) return HAL_ERROR;
  hi2c->Instance->CR1 &= ~1u;
  HAL_I2C_MspDeInit(hi2c);
  hi2c->State = HAL_I2C_STATE_RESET;
  return HAL_OK;
}

__weak void HAL_I2C_MspInit(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }
__weak void HAL_I2C_MspDeInit(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }

HAL_StatusTypeDef HAL_I2CEx_ConfigAnalogFilter(I2C_HandleTypeDef *hi2c, uint32_t filter) {
  UNUSED(filter);
  return hi2c->State == HAL_I2C_STATE_READY ? HAL_OK : HAL_BUSY;
}

HAL_StatusTypeDef HAL_I2CEx_ConfigDigitalFilter(I2C_HandleTypeDef *hi2c, uint32_t filter) {
  return HAL_I2CEx_ConfigAnalogFilter(hi2c, filter);
}

static HAL_StatusTypeDef transfer(I2C_HandleTypeDef *hi2c, uint16_t device, const uint8_t *data, uint32_t written,
                                  uint8_t *into, uint32_t length) {
  if (hi2c->State != HAL_I2C_STATE_READY) return HAL_BUSY;
  hi2c->ErrorCode = (uint32_t)mv_board_i2c_transfer((uintptr_t)hi2c->Instance, device, data, written, into, length);
  return hi2c->ErrorCode == HAL_I2C_ERROR_NONE ? HAL_OK : HAL_ERROR;
}

HAL_StatusTypeDef HAL_I2C_Master_Transmit(I2C_HandleTypeDef *hi2c, uint16_t device, uint8_t *data, uint16_t size,
                                          uint32_t timeout) {
  UNUSED(timeout);
  return transfer(hi2c, device, data, size, NULL, 0);
}

HAL_StatusTypeDef HAL_I2C_Master_Receive(I2C_HandleTypeDef *hi2c, uint16_t device, uint8_t *data, uint16_t size,
                                         uint32_t timeout) {
  UNUSED(timeout);
  return transfer(hi2c, device, NULL, 0, data, size);
}

/** The address within the device, the higher byte first. Returns its bytes. */
static uint32_t memory_address(uint8_t *bytes, uint16_t address, uint16_t size) {
  if (size == I2C_MEMADD_SIZE_8BIT) {
    bytes[0] = (uint8_t)address;
    return 1;
  }
  bytes[0] = (uint8_t)(address >> 8);
  bytes[1] = (uint8_t)address;
  return 2;
}

HAL_StatusTypeDef HAL_I2C_Mem_Write(I2C_HandleTypeDef *hi2c, uint16_t device, uint16_t address, uint16_t address_size,
                                    uint8_t *data, uint16_t size, uint32_t timeout) {
  UNUSED(timeout);
  uint8_t *bytes = malloc(2u + size);
  if (bytes == NULL) return HAL_ERROR;
  const uint32_t begin = memory_address(bytes, address, address_size);
  memcpy(bytes + begin, data, size);
  const HAL_StatusTypeDef status = transfer(hi2c, device, bytes, begin + size, NULL, 0);
  free(bytes);
  return status;
}

HAL_StatusTypeDef HAL_I2C_Mem_Read(I2C_HandleTypeDef *hi2c, uint16_t device, uint16_t address, uint16_t address_size,
                                   uint8_t *data, uint16_t size, uint32_t timeout) {
  UNUSED(timeout);
  uint8_t bytes[2];
  return transfer(hi2c, device, bytes, memory_address(bytes, address, address_size), data, size);
}

HAL_StatusTypeDef HAL_I2C_IsDeviceReady(I2C_HandleTypeDef *hi2c, uint16_t device, uint32_t trials, uint32_t timeout) {
  UNUSED(trials);
  UNUSED(timeout);
  return transfer(hi2c, device, NULL, 0, NULL, 0);
}

__weak void HAL_I2C_MasterTxCpltCallback(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }
__weak void HAL_I2C_MasterRxCpltCallback(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }
__weak void HAL_I2C_MemTxCpltCallback(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }
__weak void HAL_I2C_MemRxCpltCallback(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }
__weak void HAL_I2C_ErrorCallback(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }

/** The transfer is done, well or not; the end of it is reported by the interrupt. */
static HAL_StatusTypeDef by_interrupt(I2C_HandleTypeDef *hi2c, HAL_StatusTypeDef status, HAL_I2C_StateTypeDef state,
                                      HAL_I2C_ModeTypeDef mode) {
  if (status == HAL_BUSY) return HAL_BUSY;
  hi2c->State = state;
  hi2c->Mode = mode;
  hi2c->Instance->ISR |= I2C_ISR_STOPF;
  hi2c->Instance->CR1 |= I2C_CR1_STOPIE;
  return HAL_OK;
}

HAL_StatusTypeDef HAL_I2C_Master_Transmit_IT(I2C_HandleTypeDef *hi2c, uint16_t device, uint8_t *data, uint16_t size) {
  const HAL_StatusTypeDef status = HAL_I2C_Master_Transmit(hi2c, device, data, size, HAL_MAX_DELAY);
  return by_interrupt(hi2c, status, HAL_I2C_STATE_BUSY_TX, HAL_I2C_MODE_MASTER);
}

HAL_StatusTypeDef HAL_I2C_Master_Receive_IT(I2C_HandleTypeDef *hi2c, uint16_t device, uint8_t *data, uint16_t size) {
  const HAL_StatusTypeDef status = HAL_I2C_Master_Receive(hi2c, device, data, size, HAL_MAX_DELAY);
  return by_interrupt(hi2c, status, HAL_I2C_STATE_BUSY_RX, HAL_I2C_MODE_MASTER);
}

HAL_StatusTypeDef HAL_I2C_Mem_Write_IT(I2C_HandleTypeDef *hi2c, uint16_t device, uint16_t address,
                                       uint16_t address_size, uint8_t *data, uint16_t size) {
  const HAL_StatusTypeDef status = HAL_I2C_Mem_Write(hi2c, device, address, address_size, data, size, HAL_MAX_DELAY);
  return by_interrupt(hi2c, status, HAL_I2C_STATE_BUSY_TX, HAL_I2C_MODE_MEM);
}

HAL_StatusTypeDef HAL_I2C_Mem_Read_IT(I2C_HandleTypeDef *hi2c, uint16_t device, uint16_t address, uint16_t address_size,
                                      uint8_t *data, uint16_t size) {
  const HAL_StatusTypeDef status = HAL_I2C_Mem_Read(hi2c, device, address, address_size, data, size, HAL_MAX_DELAY);
  return by_interrupt(hi2c, status, HAL_I2C_STATE_BUSY_RX, HAL_I2C_MODE_MEM);
}

HAL_StatusTypeDef HAL_I2C_Master_Transmit_DMA(I2C_HandleTypeDef *hi2c, uint16_t device, uint8_t *data, uint16_t size) {
  return HAL_I2C_Master_Transmit_IT(hi2c, device, data, size);
}

HAL_StatusTypeDef HAL_I2C_Master_Receive_DMA(I2C_HandleTypeDef *hi2c, uint16_t device, uint8_t *data, uint16_t size) {
  return HAL_I2C_Master_Receive_IT(hi2c, device, data, size);
}

HAL_StatusTypeDef HAL_I2C_Mem_Write_DMA(I2C_HandleTypeDef *hi2c, uint16_t device, uint16_t address,
                                        uint16_t address_size, uint8_t *data, uint16_t size) {
  return HAL_I2C_Mem_Write_IT(hi2c, device, address, address_size, data, size);
}

HAL_StatusTypeDef HAL_I2C_Mem_Read_DMA(I2C_HandleTypeDef *hi2c, uint16_t device, uint16_t address,
                                       uint16_t address_size, uint8_t *data, uint16_t size) {
  return HAL_I2C_Mem_Read_IT(hi2c, device, address, address_size, data, size);
}

void HAL_I2C_EV_IRQHandler(I2C_HandleTypeDef *hi2c) {
  if ((hi2c->Instance->ISR & hi2c->Instance->CR1 & I2C_ISR_STOPF) == 0) return;
  hi2c->Instance->ISR &= ~I2C_ISR_STOPF;
  hi2c->Instance->CR1 &= ~I2C_CR1_STOPIE;
  const int is_read = hi2c->State == HAL_I2C_STATE_BUSY_RX;
  const int is_memory = hi2c->Mode == HAL_I2C_MODE_MEM;
  hi2c->State = HAL_I2C_STATE_READY;
  hi2c->Mode = HAL_I2C_MODE_NONE;
  if (hi2c->ErrorCode != HAL_I2C_ERROR_NONE)
    HAL_I2C_ErrorCallback(hi2c);
  else if (is_memory)
    (is_read ? HAL_I2C_MemRxCpltCallback : HAL_I2C_MemTxCpltCallback)(hi2c);
  else
    (is_read ? HAL_I2C_MasterRxCpltCallback : HAL_I2C_MasterTxCpltCallback)(hi2c);
}

void HAL_I2C_ER_IRQHandler(I2C_HandleTypeDef *hi2c) { UNUSED(hi2c); }

HAL_I2C_StateTypeDef HAL_I2C_GetState(const I2C_HandleTypeDef *hi2c) { return hi2c->State; }
uint32_t HAL_I2C_GetError(const I2C_HandleTypeDef *hi2c) { return hi2c->ErrorCode; }
