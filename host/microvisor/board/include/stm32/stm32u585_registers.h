/* Peripherals of the STM32U585 as the guest sees them: their registers, and where they lie in its memory. */
#ifndef STM32U585_REGISTERS_H
#define STM32U585_REGISTERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define __I volatile const
#define __O volatile
#define __IO volatile
#define __IM volatile const
#define __OM volatile
#define __IOM volatile

/*
 * A guest has no memory at 0x40000000, so that each address is taken modulo the size of one window. The size is the least at which no
 * two peripherals meet; what lies together on the device (the ports of GPIO, 0x400 apart) lies together here.
 */
#define MV_BOARD_WINDOW 0x52800u
extern uint8_t mv_board_window[MV_BOARD_WINDOW];
#define MV_BOARD_ADDRESS(address) ((uintptr_t)&mv_board_window[(address) % MV_BOARD_WINDOW])

typedef struct {
  __IO uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2], BRR, HSLVR, SECCFGR;
} GPIO_TypeDef;

typedef struct {
  __IO uint32_t CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR, RCR, CCR1, CCR2, CCR3, CCR4, BDTR, CCR5,
      CCR6, CCMR3, DTR2, ECR, TISEL, AF1, AF2, OR1;
} TIM_TypeDef;

typedef struct {
  __IO uint32_t CR1, CR2, OAR1, OAR2, TIMINGR, TIMEOUTR, ISR, ICR, PECR, RXDR, TXDR, AUTOCR;
} I2C_TypeDef;

typedef struct {
  __IO uint32_t CR1, CR2, CR3, BRR, GTPR, RTOR, RQR, ISR, ICR, RDR, TDR, PRESC, AUTOCR;
} USART_TypeDef;

typedef struct {
  __IO uint32_t CR1, CR2, CFG1, CFG2, IER, SR, IFCR, AUTOCR, TXDR, RESERVED1[3], RXDR, RESERVED2[3], CRCPOLY, TXCRC, RXCRC, UDRDR;
} SPI_TypeDef;

typedef struct {
  __IO uint32_t ISR, IER, CR, CFGR1, CFGR2, SMPR1, SMPR2, PCSEL, RESERVED1[4], SQR1, SQR2, SQR3, SQR4, DR;
} ADC_TypeDef;

typedef struct {
  __IO uint32_t CLBAR, RESERVED1[2], CFCR, CSR, CCR;
} DMA_Channel_TypeDef;

typedef struct {
  __IO uint32_t RTSR1, FTSR1, SWIER1, RPR1, FPR1, SECCFGR1, PRIVCFGR1, RESERVED1[17], EXTICR[4], LOCKR, RESERVED2[3], IMR1,
      EMR1;
} EXTI_TypeDef;

typedef struct {
  __IO uint32_t CR, RESERVED1[23], AHB1RSTR, AHB2RSTR1, AHB2RSTR2, AHB3RSTR, RESERVED2, APB1RSTR1, APB1RSTR2, APB2RSTR,
      APB3RSTR, RESERVED3, AHB1ENR, AHB2ENR1, AHB2ENR2, AHB3ENR, RESERVED4, APB1ENR1, APB1ENR2, APB2ENR, APB3ENR;
} RCC_TypeDef;

typedef struct {
  __IO uint32_t CR1, CR2, CR3, VOSR, SVMCR, WUCR1, WUCR2, WUCR3, BDCR1, BDCR2, DBPR, UCPDR;
} PWR_TypeDef;

typedef struct {
  __IO uint32_t KR, PR, RLR, SR, WINR, EWCR;
} IWDG_TypeDef;

/** The peripheral of a type at an address of the device. */
#define MV_BOARD_PERIPHERAL(type, address) ((type *)MV_BOARD_ADDRESS(address))

#define TIM2_BASE MV_BOARD_ADDRESS(0x40000000u)
#define GPIOA_BASE MV_BOARD_ADDRESS(0x42020000u)

#define TIM1 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40012C00u)
#define TIM2 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40000000u)
#define TIM3 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40000400u)
#define TIM4 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40000800u)
#define TIM5 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40000C00u)
#define TIM6 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40001000u)
#define TIM7 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40001400u)
#define TIM8 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40013400u)
#define TIM15 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40014000u)
#define TIM16 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40014400u)
#define TIM17 MV_BOARD_PERIPHERAL(TIM_TypeDef, 0x40014800u)
#define IWDG MV_BOARD_PERIPHERAL(IWDG_TypeDef, 0x40003000u)
#define USART1 MV_BOARD_PERIPHERAL(USART_TypeDef, 0x40013800u)
#define USART2 MV_BOARD_PERIPHERAL(USART_TypeDef, 0x40004400u)
#define USART3 MV_BOARD_PERIPHERAL(USART_TypeDef, 0x40004800u)
#define UART4 MV_BOARD_PERIPHERAL(USART_TypeDef, 0x40004C00u)
#define UART5 MV_BOARD_PERIPHERAL(USART_TypeDef, 0x40005000u)
#define LPUART1 MV_BOARD_PERIPHERAL(USART_TypeDef, 0x46002400u)
#define I2C1 MV_BOARD_PERIPHERAL(I2C_TypeDef, 0x40005400u)
#define I2C2 MV_BOARD_PERIPHERAL(I2C_TypeDef, 0x40005800u)
#define I2C3 MV_BOARD_PERIPHERAL(I2C_TypeDef, 0x46002800u)
#define I2C4 MV_BOARD_PERIPHERAL(I2C_TypeDef, 0x40008400u)
#define SPI1 MV_BOARD_PERIPHERAL(SPI_TypeDef, 0x40013000u)
#define SPI2 MV_BOARD_PERIPHERAL(SPI_TypeDef, 0x40003800u)
#define SPI3 MV_BOARD_PERIPHERAL(SPI_TypeDef, 0x46002000u)
#define ADC1 MV_BOARD_PERIPHERAL(ADC_TypeDef, 0x42028000u)
#define ADC4 MV_BOARD_PERIPHERAL(ADC_TypeDef, 0x46021000u)
#define PWR MV_BOARD_PERIPHERAL(PWR_TypeDef, 0x46020800u)
#define RCC MV_BOARD_PERIPHERAL(RCC_TypeDef, 0x46020C00u)
#define EXTI MV_BOARD_PERIPHERAL(EXTI_TypeDef, 0x46022000u)
#define GPIOA MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42020000u)
#define GPIOB MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42020400u)
#define GPIOC MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42020800u)
#define GPIOD MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42020C00u)
#define GPIOE MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42021000u)
#define GPIOF MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42021400u)
#define GPIOG MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42021800u)
#define GPIOH MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42021C00u)
#define GPIOI MV_BOARD_PERIPHERAL(GPIO_TypeDef, 0x42022000u)

/* The channels of GPDMA1, 0x80 apart. */
#define MV_BOARD_DMA_CHANNEL(number) ((DMA_Channel_TypeDef *)(MV_BOARD_ADDRESS(0x40020050u) + 0x80u * (number)))
#define GPDMA1_Channel0 MV_BOARD_DMA_CHANNEL(0)
#define GPDMA1_Channel1 MV_BOARD_DMA_CHANNEL(1)
#define GPDMA1_Channel2 MV_BOARD_DMA_CHANNEL(2)
#define GPDMA1_Channel3 MV_BOARD_DMA_CHANNEL(3)
#define GPDMA1_Channel4 MV_BOARD_DMA_CHANNEL(4)
#define GPDMA1_Channel5 MV_BOARD_DMA_CHANNEL(5)
#define GPDMA1_Channel6 MV_BOARD_DMA_CHANNEL(6)
#define GPDMA1_Channel7 MV_BOARD_DMA_CHANNEL(7)

/* An application runs in the non-secure world: both names mean the same. */
#define TIM2_NS TIM2
#define TIM6_NS TIM6
#define USART2_NS USART2
#define I2C1_NS I2C1
#define RCC_NS RCC
#define GPIOA_NS GPIOA
#define GPIOB_NS GPIOB
#define GPIOC_NS GPIOC
#define GPIOD_NS GPIOD
#define GPIOE_NS GPIOE
#define GPIOF_NS GPIOF
#define GPIOG_NS GPIOG
#define GPIOH_NS GPIOH
#define GPIOI_NS GPIOI
#define GPIOA_BASE_NS GPIOA_BASE
#define TIM2_BASE_NS TIM2_BASE

#define I2C_TIMINGR_SCLL_Pos 0u
#define I2C_TIMINGR_SCLH_Pos 8u
#define I2C_TIMINGR_SDADEL_Pos 16u
#define I2C_TIMINGR_SCLDEL_Pos 20u
#define I2C_TIMINGR_PRESC_Pos 28u
#define USART_CR1_IDLEIE (1u << 4)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_TCIE (1u << 6)
#define USART_CR1_TXEIE (1u << 7)
#define USART_ISR_IDLE (1u << 4)
#define USART_ISR_RXNE (1u << 5)
#define USART_ISR_TC (1u << 6)
#define USART_ISR_TXE (1u << 7)
#define I2C_CR1_PE (1u << 0)
#define I2C_CR1_STOPIE (1u << 5)
#define I2C_ISR_STOPF (1u << 5)
#define SPI_CR1_SPE (1u << 0)
#define SPI_IER_EOTIE (1u << 3)
#define SPI_SR_EOT (1u << 3)
#define ADC_CR_ADEN (1u << 0)
#define ADC_IER_EOCIE (1u << 2)
#define ADC_ISR_EOC (1u << 2)
#define TIM_CR1_CEN (1u << 0)
#define TIM_CR1_OPM (1u << 3)
#define TIM_CR1_ARPE (1u << 7)
#define TIM_DIER_UIE (1u << 0)
#define TIM_SR_UIF (1u << 0)
#define TIM_EGR_UG (1u << 0)
#define TIM_CCER_CC1E (1u << 0)

#define READ_REG(reg) ((reg))
#define WRITE_REG(reg, value) ((reg) = (value))
#define MODIFY_REG(reg, clear, set) ((reg) = (((reg) & ~(clear)) | (set)))
#define SET_BIT(reg, bit) ((reg) |= (bit))
#define CLEAR_BIT(reg, bit) ((reg) &= ~(bit))
#define READ_BIT(reg, bit) ((reg) & (bit))
#define CLEAR_REG(reg) ((reg) = 0)

#ifdef __cplusplus
}
#endif

#endif /* STM32U585_REGISTERS_H */
