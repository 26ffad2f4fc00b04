import { describe, expect, it } from 'vitest';
import { GeneratorGuest, type Steps } from './generator-guest.js';

/** What a task does, which ends itself afterwards. */
const once = (guest: GeneratorGuest, work: () => Steps<void>) =>
  function* () {
    yield* work();
    yield* guest.call('vTaskDelete', 0);
  };

/** Notes its name `times` times with a call in between. */
const noting = (guest: GeneratorGuest, name: string, times: number, call: string, ...args: number[]) =>
  once(guest, function* () {
    for (let count = 0; count < times; count++) {
      guest.trace.push(name);
      yield* guest.call(call, ...args);
    }
  });

/** Spins in HAL_Delay for 100 ms, and notes when that was over. */
const spinning = (guest: GeneratorGuest) =>
  once(guest, function* () {
    yield* guest.call('mv_board_delay', 100);
    guest.trace.push(`spun until ${guest.now}`);
  });

const FOREVER = 0xffff_ffff;

/** A guest in which an urgent task waits for a semaphore, and a less urgent one gives it: what that one does is the test's. */
function withWaiting(low: (guest: GeneratorGuest, give: () => Steps) => Steps<void>): GeneratorGuest {
  const guest = new GeneratorGuest();
  const semaphore = guest.rtos.calls.xQueueGenericCreate(1, 0, 3) as number;
  const high = once(guest, function* () {
    yield* guest.call('xQueueSemaphoreTake', semaphore, FOREVER);
    guest.trace.push('high');
  });
  guest.task('high', 2, high);
  const give = () => guest.call('xQueueGenericSend', semaphore, 0, 0, 0);
  guest.task(
    'low',
    1,
    once(guest, () => low(guest, give)),
  );
  return guest;
}

describe('the scheduler', () => {
  it('lets main run alone until it is started', () => {
    const guest = new GeneratorGuest();
    guest.task('urgent', 50, noting(guest, 'urgent', 1, 'vTaskDelay', 1));
    guest.rtos.next();
    guest.rtos.setMain({ stackSize: 0, answer() {}, stackPeak: () => 0, drop() {} });
    expect(guest.rtos.next()?.name).toBe('main');
    guest.rtos.calls.vTaskStartScheduler();
    guest.rtos.left(false);
    expect(guest.rtos.next()?.name).toBe('urgent');
  });

  it('lets the most urgent ready task run first', () => {
    const guest = new GeneratorGuest();
    guest.task('low', 1, noting(guest, 'low', 2, 'vTaskDelay', 5));
    guest.task('high', 3, noting(guest, 'high', 2, 'vTaskDelay', 5));
    guest.task('middle', 2, noting(guest, 'middle', 2, 'vTaskDelay', 5));
    guest.run(20);
    expect(guest.trace).toEqual(['high', 'middle', 'low', 'high', 'middle', 'low']);
  });

  it('lets equal tasks take turns when one yields', () => {
    const guest = new GeneratorGuest();
    guest.task('a', 1, noting(guest, 'a', 2, 'mv_rtos_yield'));
    guest.task('b', 1, noting(guest, 'b', 2, 'mv_rtos_yield'));
    guest.run();
    expect(guest.trace).toEqual(['a', 'b', 'a', 'b']);
  });

  it('lets an equal task run when the tick has changed', () => {
    const guest = new GeneratorGuest();
    const semaphore = guest.rtos.calls.xQueueCreateCountingSemaphore(100, 0) as number;
    const spender = (name: string) =>
      once(guest, function* () {
        for (let count = 0; count < 4; count++) {
          guest.trace.push(name);
          // A call of the system that takes time.
          if (count === 1) guest.now += 1;
          yield* guest.call('xQueueGenericSend', semaphore, 0, 0, 0);
        }
      });
    guest.task('a', 1, spender('a'));
    guest.task('b', 1, spender('b'));
    guest.run();
    expect(guest.trace.join('')).toBe('aabbaabb');
  });

  it('lets equal tasks take turns at every call, when it is set so', () => {
    const guest = new GeneratorGuest({ preemptAtCalls: true });
    const semaphore = guest.rtos.calls.xQueueCreateCountingSemaphore(100, 0) as number;
    guest.task('a', 1, noting(guest, 'a', 3, 'xQueueGenericSend', semaphore, 0, 0, 0));
    guest.task('b', 1, noting(guest, 'b', 3, 'xQueueGenericSend', semaphore, 0, 0, 0));
    guest.run();
    expect(guest.trace.join('')).toBe('ababab');
  });

  it('lets a more urgent task run at once when a call makes it ready', () => {
    const guest = withWaiting(function* ({ trace }, give) {
      trace.push('gives');
      yield* give();
      trace.push('low');
    });
    guest.run();
    expect(guest.trace).toEqual(['gives', 'high', 'low']);
  });

  it('keeps less urgent tasks waiting while one spins in HAL_Delay, and lets more urgent ones run', () => {
    const guest = new GeneratorGuest();
    guest.task('spins', 2, spinning(guest));
    guest.task('low', 1, noting(guest, 'low', 1, 'vTaskDelay', 1));
    guest.task('high', 3, noting(guest, 'high', 3, 'vTaskDelay', 30));
    guest.run(200);
    expect(guest.trace).toEqual(['high', 'high', 'high', 'spun until 100', 'low']);
  });

  it('lets an equal task run while one spins', () => {
    const guest = new GeneratorGuest();
    guest.task('spins', 1, spinning(guest));
    guest.task('equal', 1, noting(guest, 'equal', 2, 'vTaskDelay', 10));
    guest.run(200);
    expect(guest.trace).toEqual(['equal', 'equal', 'spun until 100']);
  });

  it('switches no task while it is suspended', () => {
    const guest = withWaiting(function* (guest, give) {
      yield* guest.call('vTaskSuspendAll');
      yield* give();
      guest.trace.push('still low');
      yield* guest.call('xTaskResumeAll');
      guest.trace.push('low');
    });
    guest.run();
    expect(guest.trace).toEqual(['still low', 'high', 'low']);
  });

  it('ends the guest when a task waits while the scheduler is suspended', () => {
    const guest = new GeneratorGuest();
    guest.task('worker', 1, function* () {
      yield* guest.call('vTaskSuspendAll');
      yield* guest.call('vTaskDelay', 10);
    });
    expect(() => guest.run(100)).toThrow('the task worker waits in vTaskDelay while the scheduler is suspended');
  });

  it('ends the guest when a task ends itself while the scheduler is suspended', () => {
    const guest = new GeneratorGuest();
    guest.task('worker', 1, function* () {
      yield* guest.call('osKernelLock');
      yield* guest.call('vTaskDelete', 0);
    });
    expect(() => guest.run(100)).toThrow('the task worker ends itself while the scheduler is suspended');
  });

  it('ends the guest when an interrupt handler waits', () => {
    const guest = new GeneratorGuest();
    const queue = guest.rtos.calls.xQueueGenericCreate(1, 4, 0) as number;
    expect(() => guest.interrupt('xQueueReceive', queue, guest.alloc(4), 5)).toThrow(
      'xQueueReceive waits in an interrupt handler',
    );
  });

  it('ends the guest when a task of FreeRTOS returns, and ends the thread when one of CMSIS does', () => {
    const guest = new GeneratorGuest();
    // biome-ignore lint/correctness/useYield: it never waits
    const returns = function* () {
      return 0;
    };
    guest.rtos.calls.osThreadNew(guest.pointer(returns), 0, 0);
    guest.run();
    expect(guest.rtos.calls.osThreadGetCount()).toBe(0);
    guest.task('worker', 1, returns);
    expect(() => guest.run()).toThrow(
      'the task worker returned from its function; it has to end with vTaskDelete(NULL)',
    );
  });

  it('lets a task that was ended by another one never run again', () => {
    const guest = new GeneratorGuest();
    const victim = guest.task('victim', 1, noting(guest, 'victim', 5, 'vTaskDelay', 10));
    const killing = function* () {
      yield* guest.call('vTaskDelay', 15);
      yield* guest.call('vTaskDelete', victim);
    };
    guest.task('killer', 2, once(guest, killing));
    guest.run(100);
    expect(guest.trace).toEqual(['victim', 'victim']);
    expect(guest.events).toContainEqual({ event: 'taskEnded', task: 'victim' });
  });

  it('reports once a task that has used more stack than it asked for, with its sizes', () => {
    const guest = new GeneratorGuest();
    guest.task(
      'greedy',
      1,
      once(guest, function* () {
        (guest.rtos.current!.body as unknown as { peak: number }).peak = 4076;
        for (let count = 0; count < 5; count++) yield* guest.call('vTaskDelay', 2000);
      }),
      2048,
    );
    guest.run(20_000);
    const exceeded = guest.events.filter(({ event }) => event === 'stackExceeded');
    expect(exceeded).toEqual([{ event: 'stackExceeded', task: 'greedy', used: 4076, size: 2048 }]);
  });

  it('wakes tasks at their ticks over days without drift', () => {
    const guest = new GeneratorGuest();
    let wakes = 0;
    guest.task('hourly', 1, function* () {
      for (;;) {
        yield* guest.call('vTaskDelay', 3_600_000);
        wakes++;
      }
    });
    guest.run(60 * 24 * 3_600_000);
    expect(wakes).toBe(60 * 24);
  });

  it('counts ticks as long as the application says', () => {
    const guest = new GeneratorGuest();
    guest.rtos.setTickRate(100);
    const seen: number[] = [];
    const counting = function* () {
      for (let count = 0; count < 3; count++) {
        yield* guest.call('vTaskDelay', 5);
        seen.push(guest.now, yield* guest.call('xTaskGetTickCount'));
      }
    };
    guest.task('slow', 1, once(guest, counting));
    guest.run(1000);
    expect(seen).toEqual([50, 5, 100, 10, 150, 15]);
    expect(guest.rtos.calls.osKernelGetTickFreq()).toBe(100);
  });
});
