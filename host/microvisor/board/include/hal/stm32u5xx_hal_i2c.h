/* I2C as master, by the names of ST's HAL. */
#ifndef STM32U5XX_HAL_I2C_H
#define STM32U5XX_HAL_I2C_H

#include "stm32u5xx_hal_def.h"
#include "stm32u5xx_hal_dma.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t Timing;
  uint32_t OwnAddress1;
  uint32_t AddressingMode;
  uint32_t DualAddressMode;
  uint32_t OwnAddress2;
  uint32_t OwnAddress2Masks;
  uint32_t GeneralCallMode;
  uint32_t NoStretchMode;
} I2C_InitTypeDef;

typedef enum {
  HAL_I2C_STATE_RESET = 0x00U,
  HAL_I2C_STATE_READY = 0x20U,
  HAL_I2C_STATE_BUSY = 0x24U,
  HAL_I2C_STATE_BUSY_TX = 0x21U,
  HAL_I2C_STATE_BUSY_RX = 0x22U
} HAL_I2C_StateTypeDef;

typedef enum { HAL_I2C_MODE_NONE = 0x00U, HAL_I2C_MODE_MASTER = 0x10U, HAL_I2C_MODE_MEM = 0x40U } HAL_I2C_ModeTypeDef;

typedef struct __I2C_HandleTypeDef {
  I2C_TypeDef *Instance;
  I2C_InitTypeDef Init;
  HAL_LockTypeDef Lock;
  DMA_HandleTypeDef *hdmatx;
  DMA_HandleTypeDef *hdmarx;
  HAL_I2C_StateTypeDef State;
  HAL_I2C_ModeTypeDef Mode;
  uint32_t ErrorCode;
} I2C_HandleTypeDef;

#define I2C_ADDRESSINGMODE_7BIT 0x00000001u
#define I2C_ADDRESSINGMODE_10BIT 0x00000002u
#define I2C_DUALADDRESS_DISABLE 0x00000000u
#define I2C_DUALADDRESS_ENABLE 0x00008000u
#define I2C_OA2_NOMASK ((uint8_t)0x00)
#define I2C_GENERALCALL_DISABLE 0x00000000u
#define I2C_GENERALCALL_ENABLE 0x00080000u
#define I2C_NOSTRETCH_DISABLE 0x00000000u
#define I2C_NOSTRETCH_ENABLE 0x00020000u
#define I2C_MEMADD_SIZE_8BIT 0x00000001u
#define I2C_MEMADD_SIZE_16BIT 0x00000002u
#define I2C_ANALOGFILTER_ENABLE 0x00000000u
#define I2C_ANALOGFILTER_DISABLE 0x00001000u

#define HAL_I2C_ERROR_NONE 0x00000000u
#define HAL_I2C_ERROR_BERR 0x00000001u
#define HAL_I2C_ERROR_ARLO 0x00000002u
#define HAL_I2C_ERROR_AF 0x00000004u
#define HAL_I2C_ERROR_OVR 0x00000008u
#define HAL_I2C_ERROR_TIMEOUT 0x00000020u

HAL_StatusTypeDef HAL_I2C_Init(I2C_HandleTypeDef *hi2c);
HAL_StatusTypeDef HAL_I2C_DeInit(I2C_HandleTypeDef *hi2c);
/* An application may define these. */
void HAL_I2C_MspInit(I2C_HandleTypeDef *hi2c);
void HAL_I2C_MspDeInit(I2C_HandleTypeDef *hi2c);
void HAL_I2C_MasterTxCpltCallback(I2C_HandleTypeDef *hi2c);
void HAL_I2C_MasterRxCpltCallback(I2C_HandleTypeDef *hi2c);
void HAL_I2C_MemTxCpltCallback(I2C_HandleTypeDef *hi2c);
void HAL_I2C_MemRxCpltCallback(I2C_HandleTypeDef *hi2c);
void HAL_I2C_ErrorCallback(I2C_HandleTypeDef *hi2c);
HAL_StatusTypeDef HAL_I2CEx_ConfigAnalogFilter(I2C_HandleTypeDef *hi2c, uint32_t AnalogFilter);
HAL_StatusTypeDef HAL_I2CEx_ConfigDigitalFilter(I2C_HandleTypeDef *hi2c, uint32_t DigitalFilter);

/* Addresses of devices are shifted left by one. A device that does not answer is HAL_ERROR with HAL_I2C_ERROR_AF. */
HAL_StatusTypeDef HAL_I2C_Master_Transmit(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint8_t *pData, uint16_t Size,
                                          uint32_t Timeout);
HAL_StatusTypeDef HAL_I2C_Master_Receive(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint8_t *pData, uint16_t Size,
                                         uint32_t Timeout);
HAL_StatusTypeDef HAL_I2C_Mem_Write(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint16_t MemAddress,
                                    uint16_t MemAddSize, uint8_t *pData, uint16_t Size, uint32_t Timeout);
HAL_StatusTypeDef HAL_I2C_Mem_Read(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint16_t MemAddress,
                                   uint16_t MemAddSize, uint8_t *pData, uint16_t Size, uint32_t Timeout);
HAL_StatusTypeDef HAL_I2C_IsDeviceReady(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint32_t Trials,
                                        uint32_t Timeout);
/* The callbacks of these come from HAL_I2C_EV_IRQHandler, which the application calls in the event interrupt of the bus. */
HAL_StatusTypeDef HAL_I2C_Master_Transmit_IT(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Master_Receive_IT(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Mem_Write_IT(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint16_t MemAddress,
                                       uint16_t MemAddSize, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Mem_Read_IT(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint16_t MemAddress,
                                      uint16_t MemAddSize, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Master_Transmit_DMA(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint8_t *pData,
                                              uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Master_Receive_DMA(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Mem_Write_DMA(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint16_t MemAddress,
                                        uint16_t MemAddSize, uint8_t *pData, uint16_t Size);
HAL_StatusTypeDef HAL_I2C_Mem_Read_DMA(I2C_HandleTypeDef *hi2c, uint16_t DevAddress, uint16_t MemAddress,
                                       uint16_t MemAddSize, uint8_t *pData, uint16_t Size);
void HAL_I2C_EV_IRQHandler(I2C_HandleTypeDef *hi2c);
/** Does nothing: a device that does not answer is reported by the event interrupt. */
void HAL_I2C_ER_IRQHandler(I2C_HandleTypeDef *hi2c);
HAL_I2C_StateTypeDef HAL_I2C_GetState(const I2C_HandleTypeDef *hi2c);
uint32_t HAL_I2C_GetError(const I2C_HandleTypeDef *hi2c);

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_I2C_H */
