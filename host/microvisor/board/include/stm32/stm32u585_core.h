/* The Cortex-M33 of the board: its interrupt controller and instructions, by their names in CMSIS. */
#ifndef STM32U585_CORE_H
#define STM32U585_CORE_H

#include <stdint.h>

#include "stm32u585_interrupts.h"

#ifdef __cplusplus
extern "C" {
#endif

#define __CM33_REV 0x0000U
#define __NVIC_PRIO_BITS 4U
#define NVIC_PRIORITYGROUP_0 7u
#define NVIC_PRIORITYGROUP_1 6u
#define NVIC_PRIORITYGROUP_2 5u
#define NVIC_PRIORITYGROUP_3 4u
#define NVIC_PRIORITYGROUP_4 3u

/*
 * The host has the interrupt controller. An interrupt is delivered once it is pending and enabled, interrupts are not masked, and no handler
 * runs that is as urgent.
 */
void NVIC_EnableIRQ(IRQn_Type irqn);
void NVIC_DisableIRQ(IRQn_Type irqn);
uint32_t NVIC_GetEnableIRQ(IRQn_Type irqn);
void NVIC_SetPendingIRQ(IRQn_Type irqn);
void NVIC_ClearPendingIRQ(IRQn_Type irqn);
uint32_t NVIC_GetPendingIRQ(IRQn_Type irqn);
uint32_t NVIC_GetActive(IRQn_Type irqn);
void NVIC_SetPriority(IRQn_Type irqn, uint32_t priority);
uint32_t NVIC_GetPriority(IRQn_Type irqn);
void NVIC_SetPriorityGrouping(uint32_t group);
uint32_t NVIC_GetPriorityGrouping(void);
/** Ends the application; the device would restart it. */
void NVIC_SystemReset(void) __attribute__((noreturn));
/** The interrupt that is being handled: 16 more than its number, as in IPSR; 0 in a task. */
uint32_t __get_IPSR(void);
uint32_t __get_PRIMASK(void);
void __set_PRIMASK(uint32_t mask);
/** Interrupts of this priority and less urgent ones are masked; the priority stands in the upper four bits, 0 masks none. */
uint32_t __get_BASEPRI(void);
void __set_BASEPRI(uint32_t level);

/** Waits `timeout_ms` milliseconds for an interrupt, -1 for ever. Returns 1 when there is one, 0 after the time. */
int32_t mv_host_wait(int32_t timeout_ms);

/** Bits of a priority that order handlers without letting one interrupt the other. */
static inline uint32_t mv_board_sub_bits(uint32_t group) { return (group & 7u) > 3u ? (group & 7u) - 3u : 0u; }
/** One priority of both parts, as the grouping divides them. */
static inline uint32_t NVIC_EncodePriority(uint32_t group, uint32_t preempt, uint32_t sub) {
  const uint32_t bits = mv_board_sub_bits(group);
  return ((preempt << bits) | (sub & ((1u << bits) - 1u))) & ((1u << __NVIC_PRIO_BITS) - 1u);
}
static inline void NVIC_DecodePriority(uint32_t priority, uint32_t group, uint32_t *preempt, uint32_t *sub) {
  const uint32_t bits = mv_board_sub_bits(group);
  *preempt = priority >> bits;
  *sub = priority & ((1u << bits) - 1u);
}

static inline void __disable_irq(void) { __set_PRIMASK(1); }
static inline void __enable_irq(void) { __set_PRIMASK(0); }
static inline void __WFI(void) { (void)mv_host_wait(-1); }
static inline void __WFE(void) { (void)mv_host_wait(-1); }
static inline void __SEV(void) {}
static inline void __NOP(void) {}
static inline void __DSB(void) {}
static inline void __DMB(void) {}
static inline void __ISB(void) {}

extern uint32_t SystemCoreClock;
void SystemInit(void);
void SystemCoreClockUpdate(void);
/** The application defines it: the clock of the core in hertz, as the kernel says it. */
uint32_t SECURE_SystemCoreClockUpdate(void);

#ifdef __cplusplus
}
#endif

#endif /* STM32U585_CORE_H */
