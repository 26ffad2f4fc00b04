/*
 * DMA, by the names of ST's HAL. Transfers with _DMA are those with _IT here: their callbacks come from the interrupt of the peripheral,
 * and a channel has nothing to do.
 */
#ifndef STM32U5XX_HAL_DMA_H
#define STM32U5XX_HAL_DMA_H

#include "stm32u5xx_hal_def.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t Request;
  uint32_t BlkHWRequest;
  uint32_t Direction;
  uint32_t SrcInc;
  uint32_t DestInc;
  uint32_t SrcDataWidth;
  uint32_t DestDataWidth;
  uint32_t Priority;
  uint32_t SrcBurstLength;
  uint32_t DestBurstLength;
  uint32_t TransferAllocatedPort;
  uint32_t TransferEventMode;
  uint32_t Mode;
} DMA_InitTypeDef;

typedef enum {
  HAL_DMA_STATE_RESET = 0x00U,
  HAL_DMA_STATE_READY = 0x01U,
  HAL_DMA_STATE_BUSY = 0x02U
} HAL_DMA_StateTypeDef;

typedef struct __DMA_HandleTypeDef {
  DMA_Channel_TypeDef *Instance;
  DMA_InitTypeDef Init;
  HAL_LockTypeDef Lock;
  uint32_t Mode;
  HAL_DMA_StateTypeDef State;
  uint32_t ErrorCode;
  void *Parent;
} DMA_HandleTypeDef;

#define DMA_BREQ_SINGLE_BURST 0x00000000u
#define DMA_MEMORY_TO_MEMORY 0x00000200u
#define DMA_PERIPH_TO_MEMORY 0x00000000u
#define DMA_MEMORY_TO_PERIPH 0x00000400u
#define DMA_SINC_FIXED 0x00000000u
#define DMA_SINC_INCREMENTED 0x00000008u
#define DMA_DINC_FIXED 0x00000000u
#define DMA_DINC_INCREMENTED 0x00080000u
#define DMA_SRC_DATAWIDTH_BYTE 0x00000000u
#define DMA_SRC_DATAWIDTH_HALFWORD 0x00000001u
#define DMA_SRC_DATAWIDTH_WORD 0x00000002u
#define DMA_DEST_DATAWIDTH_BYTE 0x00000000u
#define DMA_DEST_DATAWIDTH_HALFWORD 0x00010000u
#define DMA_DEST_DATAWIDTH_WORD 0x00020000u
#define DMA_LOW_PRIORITY_LOW_WEIGHT 0x00000000u
#define DMA_LOW_PRIORITY_MID_WEIGHT 0x00400000u
#define DMA_LOW_PRIORITY_HIGH_WEIGHT 0x00800000u
#define DMA_HIGH_PRIORITY 0x00C00000u
#define DMA_SRC_ALLOCATED_PORT0 0x00000000u
#define DMA_DEST_ALLOCATED_PORT0 0x00000000u
#define DMA_TCEM_BLOCK_TRANSFER 0x00000000u
#define DMA_NORMAL 0x00000000u
#define DMA_CHANNEL_NPRIV 0x00000000u
#define HAL_DMA_ERROR_NONE 0x00000000u

#define GPDMA1_REQUEST_ADC1 0u
#define GPDMA1_REQUEST_SPI1_RX 6u
#define GPDMA1_REQUEST_SPI1_TX 7u
#define GPDMA1_REQUEST_SPI2_RX 8u
#define GPDMA1_REQUEST_SPI2_TX 9u
#define GPDMA1_REQUEST_SPI3_RX 10u
#define GPDMA1_REQUEST_SPI3_TX 11u
#define GPDMA1_REQUEST_I2C1_RX 12u
#define GPDMA1_REQUEST_I2C1_TX 13u
#define GPDMA1_REQUEST_I2C2_RX 15u
#define GPDMA1_REQUEST_I2C2_TX 16u
#define GPDMA1_REQUEST_USART1_RX 24u
#define GPDMA1_REQUEST_USART1_TX 25u
#define GPDMA1_REQUEST_USART2_RX 26u
#define GPDMA1_REQUEST_USART2_TX 27u
#define GPDMA1_REQUEST_USART3_RX 28u
#define GPDMA1_REQUEST_USART3_TX 29u
#define GPDMA1_REQUEST_UART4_RX 30u
#define GPDMA1_REQUEST_UART4_TX 31u

#define __HAL_LINKDMA(handle, member, dma) \
  do {                                     \
    (handle)->member = &(dma);             \
    (dma).Parent = (handle);               \
  } while (0)

HAL_StatusTypeDef HAL_DMA_Init(DMA_HandleTypeDef *hdma);
HAL_StatusTypeDef HAL_DMA_DeInit(DMA_HandleTypeDef *hdma);
HAL_StatusTypeDef HAL_DMA_ConfigChannelAttributes(DMA_HandleTypeDef *hdma, uint32_t ChannelAttributes);
HAL_StatusTypeDef HAL_DMA_Abort(DMA_HandleTypeDef *hdma);
HAL_DMA_StateTypeDef HAL_DMA_GetState(const DMA_HandleTypeDef *hdma);
/** Does nothing. */
void HAL_DMA_IRQHandler(DMA_HandleTypeDef *hdma);

#ifdef __cplusplus
}
#endif

#endif /* STM32U5XX_HAL_DMA_H */
