import { describe, expect, it } from 'vitest';
import { GeneratorGuest } from './generator-guest.js';

const FOREVER = 0xffff_ffff;

/** A guest in which a task of low urgency holds a mutex for `ticks`, and notes its priority at the end. */
function withHolder(ticks: number) {
  const guest = new GeneratorGuest();
  const mutex = guest.rtos.calls.xQueueCreateMutex(1) as number;
  guest.task('holder', 1, function* () {
    yield* guest.call('xQueueSemaphoreTake', mutex, 0);
    yield* guest.call('vTaskDelay', ticks);
    guest.trace.push(`holder at ${yield* guest.call('uxTaskPriorityGet', 0)}`);
    yield* guest.call('xQueueGenericSend', mutex, 0, 0, 0);
    guest.trace.push(`then at ${yield* guest.call('uxTaskPriorityGet', 0)}`);
    yield* guest.call('vTaskDelete', 0);
  });
  const taker = (name: string, priority: number, wait: number) =>
    guest.task(name, priority, function* () {
      yield* guest.call('vTaskDelay', 1);
      const taken = yield* guest.call('xQueueSemaphoreTake', mutex, wait);
      guest.trace.push(`${name} ${taken ? 'has it' : 'gave up'}`);
      if (taken) yield* guest.call('xQueueGenericSend', mutex, 0, 0, 0);
      yield* guest.call('vTaskDelete', 0);
    });
  return { guest, mutex, taker };
}

describe('a mutex', () => {
  it('lends its holder the priority of the most urgent that waits, until it is given back', () => {
    const { guest, taker } = withHolder(10);
    taker('urgent', 5, FOREVER);
    guest.run(100);
    expect(guest.trace).toEqual(['holder at 5', 'urgent has it', 'then at 1']);
  });

  it('lends the priority no longer when the one that waits gives up', () => {
    const { guest, taker } = withHolder(30);
    taker('urgent', 5, 5);
    taker('less', 3, FOREVER);
    guest.run(100);
    expect(guest.trace).toEqual(['urgent gave up', 'holder at 3', 'less has it', 'then at 1']);
  });

  it('goes to the most urgent that waits, and to equal ones in the order in which they came', () => {
    const { guest, taker } = withHolder(10);
    taker('first', 2, FOREVER);
    taker('second', 2, FOREVER);
    taker('urgent', 4, FOREVER);
    guest.run(100);
    expect(guest.trace.filter((line) => line.endsWith('has it'))).toEqual([
      'urgent has it',
      'first has it',
      'second has it',
    ]);
  });

  it('is not given back by a task that does not hold it', () => {
    const { guest, mutex } = withHolder(10);
    guest.task('thief', 2, function* () {
      yield* guest.call('vTaskDelay', 1);
      guest.trace.push(`thief: ${yield* guest.call('xQueueGenericSend', mutex, 0, 0, 0)}`);
      yield* guest.call('vTaskDelete', 0);
    });
    guest.run(100);
    expect(guest.trace[0]).toBe('thief: 0');
  });

  it('keeps a less urgent task from running before the holder that has borrowed a priority', () => {
    const guest = new GeneratorGuest();
    const mutex = guest.rtos.calls.osMutexNew(0) as number;
    guest.task('low', 1, function* () {
      yield* guest.call('osMutexAcquire', mutex, 0);
      yield* guest.call('mv_board_delay', 20);
      guest.trace.push('low is done');
      yield* guest.call('osMutexRelease', mutex);
      yield* guest.call('vTaskDelete', 0);
    });
    for (const [name, priority] of [
      ['middle', 2],
      ['high', 3],
    ] as const) {
      guest.task(name, priority, function* () {
        yield* guest.call('vTaskDelay', 5);
        if (name === 'high') yield* guest.call('osMutexAcquire', mutex, FOREVER);
        yield* guest.call('mv_board_delay', 1);
        guest.trace.push(name);
        yield* guest.call('vTaskDelete', 0);
      });
    }
    guest.run(100);
    expect(guest.trace).toEqual(['low is done', 'high', 'middle']);
  });
});
