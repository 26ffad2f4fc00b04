import { describe, expect, it } from 'vitest';
import { InterruptController } from '../../../../host/microvisor/board/peripherals/interrupt-controller.js';

type NvicCall =
  | `NVIC_${'Enable' | 'SetPending' | 'ClearPending' | 'GetPending'}IRQ`
  | `NVIC_${'SetPriority' | 'SetPriorityGrouping' | 'GetActive'}`
  | `__${'get_IPSR' | 'set_PRIMASK' | 'get_BASEPRI' | 'set_BASEPRI'}`;

describe('the interrupt controller', () => {
  const all = () => true;
  const nvic = (fast: Record<number, boolean> = {}) => {
    const wakes: number[] = [];
    const controller = new InterruptController({
      wake: () => wakes.push(1),
      isFast: (irq) => Object.hasOwn(fast, irq),
      isHeld: (irq) => fast[irq] === false,
    });
    return { controller, wakes, ...(controller.functions as Record<NvicCall, (...args: number[]) => number>) };
  };

  it('lets through what is enabled, unless all are masked; a mask does not keep a wait from its end', () => {
    const { controller, NVIC_EnableIRQ, __set_PRIMASK } = nvic();
    expect(controller.choose([51], all)).toBeUndefined();
    NVIC_EnableIRQ(51);
    NVIC_EnableIRQ(-5);
    expect(controller.choose([51], all)).toBe(51);
    expect(controller.wakes([51], all)).toBe(false);
    __set_PRIMASK(1);
    expect(controller.choose([51], all)).toBeUndefined();
    expect(controller.wakes([51], all)).toBe(true);
  });

  it('keeps what the application pends, once, until it is delivered or taken back', () => {
    const { controller, wakes, NVIC_EnableIRQ, NVIC_SetPendingIRQ, NVIC_ClearPendingIRQ, NVIC_GetPendingIRQ } = nvic();
    NVIC_SetPendingIRQ(51);
    expect(controller.choose([], all)).toBeUndefined();
    NVIC_EnableIRQ(51);
    expect(controller.choose([], all)).toBe(51);
    NVIC_ClearPendingIRQ(51);
    expect(controller.choose([], all)).toBeUndefined();
    NVIC_SetPendingIRQ(51);
    NVIC_SetPendingIRQ(51);
    expect(NVIC_GetPendingIRQ(51)).toBe(1);
    expect(controller.entered(51)).toBe(true);
    expect([NVIC_GetPendingIRQ(51), wakes.length]).toEqual([0, 2]);
    expect(controller.entered(51)).toBe(false);
  });

  it('delivers the most urgent first: the lowest priority, among equal ones the lowest number', () => {
    const { controller, NVIC_EnableIRQ, NVIC_SetPriority } = nvic();
    for (const irq of [41, 45, 51]) NVIC_EnableIRQ(irq);
    expect(controller.choose([51, 45, 41], all)).toBe(41);
    NVIC_SetPriority(41, 5);
    NVIC_SetPriority(45, 3);
    NVIC_SetPriority(51, 3);
    expect(controller.choose([51, 45, 41], all)).toBe(45);
  });

  it('delivers fast ones before all others, and none that is switched off', () => {
    const { controller, NVIC_EnableIRQ, NVIC_SetPriority } = nvic({ 51: true, 41: false });
    for (const irq of [41, 45, 51]) NVIC_EnableIRQ(irq);
    NVIC_SetPriority(51, 9);
    expect(controller.choose([41, 45, 51], all)).toBe(51);
    expect(controller.choose([41], all)).toBeUndefined();
  });

  it('lets a handler be interrupted by more urgent ones alone, as the grouping divides priorities', () => {
    const { controller, NVIC_EnableIRQ, NVIC_SetPriority, NVIC_SetPriorityGrouping, __get_IPSR, NVIC_GetActive } =
      nvic();
    for (const irq of [41, 45, 51]) NVIC_EnableIRQ(irq);
    NVIC_SetPriority(41, 6);
    NVIC_SetPriority(45, 5);
    NVIC_SetPriority(51, 6);
    controller.entered(41);
    expect(controller.choose([51], all)).toBeUndefined();
    expect(controller.choose([51, 45], all)).toBe(45);
    NVIC_SetPriorityGrouping(5); // two bits of each
    expect(controller.choose([51, 45], all)).toBeUndefined();
    expect([__get_IPSR(), NVIC_GetActive(41), NVIC_GetActive(45)]).toEqual([41 + 16, 1, 0]);
    controller.returned();
    expect(controller.choose([51, 45], all)).toBe(45);
    expect(__get_IPSR()).toBe(0);
  });

  it('masks what is not more urgent than BASEPRI', () => {
    const { controller, NVIC_EnableIRQ, NVIC_SetPriority, __set_BASEPRI, __get_BASEPRI } = nvic();
    for (const irq of [41, 45]) NVIC_EnableIRQ(irq);
    NVIC_SetPriority(41, 5);
    NVIC_SetPriority(45, 4);
    __set_BASEPRI(5 << 4);
    expect(__get_BASEPRI()).toBe(0x50);
    expect(controller.choose([41], all)).toBeUndefined();
    expect(controller.choose([41, 45], all)).toBe(45);
  });
});
