import type { GeneratorGuest, Steps } from '../generator-guest.js';

/** One row of the conformance table: what a call returns, from where, and when. */
export interface RtosCase {
  call: string;
  from: 'task' | 'interrupt';
  /** The condition, in words. */
  when: string;
  /** The result, by its name in C where it has one. */
  returns: string;
  /** Does it. @returns the result of the call, or what shows its effect */
  run(guest: GeneratorGuest): Steps<number> | number;
  /** What `run` returns. */
  value: number;
}

export const FOREVER = 0xffff_ffff;
const NAMES: Record<string, number> = {
  osOK: 0,
  osError: -1,
  osErrorTimeout: -2,
  osErrorResource: -3,
  osErrorParameter: -4,
  osErrorISR: -6,
  osFlagsErrorTimeout: -2,
  osFlagsErrorResource: -3,
  osFlagsErrorParameter: -4,
  osFlagsErrorISR: -6,
  pdPASS: 1,
  pdTRUE: 1,
  pdFAIL: 0,
  pdFALSE: 0,
  errQUEUE_FULL: 0,
  errQUEUE_EMPTY: 0,
  NULL: 0,
};

/** The value of a result by its name, or of a number. */
const resultOf = (returns: string) => NAMES[returns] ?? Number(returns.split(' ')[0].replace(/,/g, ''));

/** A row for a call from a task. */
export const task = (call: string, when: string, returns: string, run: RtosCase['run']): RtosCase => ({
  call,
  from: 'task',
  when,
  returns,
  run,
  value: resultOf(returns),
});

/** A row for a call from an interrupt handler that comes while a task runs. */
export const interrupt = (call: string, when: string, returns: string, run: RtosCase['run']): RtosCase => ({
  ...task(call, when, returns, run),
  from: 'interrupt',
});

/** A task that waits for something and then sets the word at `result` to what its call returned. */
export function waiter(guest: GeneratorGuest, result: number, call: string, ...args: number[]): number {
  return guest.task('waiter', 20, function* () {
    guest.setWord(result, yield* guest.call(call, ...args));
    yield* guest.call('vTaskDelete', 0);
  });
}
