import { describe, expect, it } from 'vitest';
import { rtosCases as cases } from './cases/index.js';
import { GeneratorGuest } from './generator-guest.js';

describe('the table of calls of the RTOS', () => {
  it.each(cases)('$call from the $from: $when is $returns', ({ run, value }) => {
    const guest = new GeneratorGuest();
    expect(guest.result(() => run(guest), 10_000) | 0).toBe(value);
  });

  it('has a row for every call', () => {
    const covered = new Set(cases.map(({ call }) => call));
    // How these end is shown where the scheduler is: a task that runs sees nothing of it.
    const elsewhere = ['vTaskStartScheduler', 'vTaskEndScheduler'];
    const calls = Object.keys(new GeneratorGuest().rtos.calls);
    expect(calls.filter((call) => !covered.has(call) && !elsewhere.includes(call))).toEqual([]);
  });

  it('has a row for every call that FreeRTOS has for interrupts, from an interrupt', () => {
    const covered = new Set(cases.filter(({ from }) => from === 'interrupt').map(({ call }) => call));
    const calls = Object.keys(new GeneratorGuest().rtos.calls).filter((call) => call.endsWith('FromISR'));
    expect(calls.filter((call) => !covered.has(call))).toEqual([]);
  });
});
