import type { GeneratorGuest } from '../generator-guest.js';
import { FOREVER, interrupt, type RtosCase, task, waiter } from './rtos-case.js';

const group = (guest: GeneratorGuest) => guest.rtos.calls.xEventGroupCreate() as number;
const stream = (guest: GeneratorGuest, messages = 0, size = 16) =>
  guest.rtos.calls.xStreamBufferGenericCreate(size, 1, messages) as number;

/** A timer whose callback counts in the word at `count`. */
function timer(guest: GeneratorGuest, count: number, periodic = 0): number {
  const callback = guest.pointer(function* () {
    guest.setWord(count, guest.word(count) + 1);
    // It may wait: it runs in a task.
    yield* guest.call('mv_rtos_yield');
  });
  return guest.rtos.calls.xTimerCreate(64, 10, periodic, 77, callback) as number;
}
const COMMAND = { start: 1, stop: 3, changePeriod: 4, delete: 5, startFromISR: 6 };

/** Timers, event groups and stream buffers of FreeRTOS. */
export const freertosObjectCases: readonly RtosCase[] = [
  task('xTimerCreate', 'made: its identifier', '77', (g) => g.call('pvTimerGetTimerID', timer(g, g.alloc(4)))),
  task('xTimerGenericCommand', 'start of a one-shot timer: calls of its callback in ten periods', '1', function* (g) {
    const count = g.alloc(4);
    yield* g.call('xTimerGenericCommand', timer(g, count), COMMAND.start, 0, 0, 0);
    yield* g.call('vTaskDelay', 100);
    return g.word(count);
  }),
  task('xTimerGenericCommand', 'start of a periodic timer: calls of its callback in ten periods', '9', function* (g) {
    const count = g.alloc(4);
    yield* g.call('xTimerGenericCommand', timer(g, count, 1), COMMAND.start, 0, 0, 0);
    yield* g.call('vTaskDelay', 99);
    return g.word(count);
  }),
  task('xTimerGenericCommand', 'stop before it goes off: calls of its callback', '0', function* (g) {
    const count = g.alloc(4);
    const handle = timer(g, count);
    yield* g.call('xTimerGenericCommand', handle, COMMAND.start, 0, 0, 0);
    yield* g.call('xTimerGenericCommand', handle, COMMAND.stop, 0, 0, 0);
    yield* g.call('vTaskDelay', 100);
    return g.word(count);
  }),
  interrupt('xTimerGenericCommand', 'tmrCOMMAND_START_FROM_ISR', 'pdPASS', (g) =>
    g.interrupt('xTimerGenericCommand', timer(g, g.alloc(4)), COMMAND.startFromISR, 0, g.alloc(4), 0),
  ),
  task('xTimerIsTimerActive', 'it was not started', 'pdFALSE', (g) =>
    g.call('xTimerIsTimerActive', timer(g, g.alloc(4))),
  ),
  task('xTimerIsTimerActive', 'its period was changed, which starts it', 'pdTRUE', function* (g) {
    const handle = timer(g, g.alloc(4));
    yield* g.call('xTimerGenericCommand', handle, COMMAND.changePeriod, 30, 0, 0);
    return yield* g.call('xTimerIsTimerActive', handle);
  }),
  task('pvTimerGetTimerID', 'it was set', '5', function* (g) {
    const handle = timer(g, g.alloc(4));
    yield* g.call('vTimerSetTimerID', handle, 5);
    return yield* g.call('pvTimerGetTimerID', handle);
  }),
  task('vTimerSetTimerID', 'the timer is there', '0', (g) => g.call('vTimerSetTimerID', timer(g, g.alloc(4)), 5)),
  task('pcTimerGetName', 'the address of its name', '64', (g) => g.call('pcTimerGetName', timer(g, g.alloc(4)))),
  task('xTimerGetPeriod', 'in ticks', '10', (g) => g.call('xTimerGetPeriod', timer(g, g.alloc(4)))),
  task('xTimerGetExpiryTime', 'started at tick 5', '15', function* (g) {
    const handle = timer(g, g.alloc(4));
    yield* g.call('vTaskDelay', 5);
    yield* g.call('xTimerGenericCommand', handle, COMMAND.start, 0, 0, 0);
    return yield* g.call('xTimerGetExpiryTime', handle);
  }),
  task('uxTimerGetReloadMode', 'a periodic timer', 'pdTRUE', (g) =>
    g.call('uxTimerGetReloadMode', timer(g, g.alloc(4), 1)),
  ),
  task('vTimerSetReloadMode', 'to one-shot: the mode', 'pdFALSE', function* (g) {
    const handle = timer(g, g.alloc(4), 1);
    yield* g.call('vTimerSetReloadMode', handle, 0);
    return yield* g.call('uxTimerGetReloadMode', handle);
  }),
  task('xTimerGetTimerDaemonTaskHandle', 'no callback was called yet', 'NULL', (g) =>
    g.call('xTimerGetTimerDaemonTaskHandle'),
  ),
  task('xTimerPendFunctionCall', 'the timer task has room', 'pdPASS', (g) =>
    g.call(
      'xTimerPendFunctionCall',
      g.pointer(function* () {
        yield* g.call('mv_rtos_yield');
      }),
      1,
      2,
      0,
    ),
  ),
  interrupt('xTimerPendFunctionCallFromISR', 'it is called with both parameters: their sum', '3', function* (g) {
    const sum = g.alloc(4);
    const add = g.pointer(function* (first, second) {
      g.setWord(sum, first + second);
      yield* g.call('mv_rtos_yield');
    });
    g.interrupt('xTimerPendFunctionCallFromISR', add, 1, 2, g.alloc(4));
    yield* g.call('vTaskDelay', 1);
    return g.word(sum);
  }),

  task('xEventGroupCreate', 'made: its bits', '0', (g) => g.call('xEventGroupClearBits', group(g), 0)),
  task('xEventGroupSetBits', 'nobody waits: the bits', '6', (g) => g.call('xEventGroupSetBits', group(g), 6)),
  task('xEventGroupWaitBits', 'they do not come: the bits', '1', function* (g) {
    const handle = group(g);
    yield* g.call('xEventGroupSetBits', handle, 1);
    return yield* g.call('xEventGroupWaitBits', handle, 3, 0, 1, 20);
  }),
  task(
    'xEventGroupWaitBits',
    'all come, the last while it waits: the bits before they are cleared',
    '3',
    function* (g) {
      const [handle, result] = [group(g), g.wordOf(99)];
      yield* g.call('xEventGroupSetBits', handle, 1);
      waiter(g, result, 'xEventGroupWaitBits', handle, 3, 1, 1, FOREVER);
      yield* g.call('vTaskDelay', 1);
      yield* g.call('xEventGroupSetBits', handle, 2);
      return g.word(result);
    },
  ),
  interrupt('xEventGroupSetBitsFromISR', 'a task waits for one: the bits that it gets', '4', function* (g) {
    const [handle, result] = [group(g), g.wordOf(99)];
    waiter(g, result, 'xEventGroupWaitBits', handle, 4, 1, 0, FOREVER);
    yield* g.call('vTaskDelay', 1);
    g.interrupt('xEventGroupSetBitsFromISR', handle, 4, g.alloc(4));
    yield* g.call('vTaskDelay', 1);
    return g.word(result);
  }),
  task('xEventGroupClearBits', 'the bits before', '7', function* (g) {
    const handle = group(g);
    yield* g.call('xEventGroupSetBits', handle, 7);
    return yield* g.call('xEventGroupClearBits', handle, 2);
  }),
  interrupt('xEventGroupClearBitsFromISR', 'the group is there', 'pdPASS', (g) =>
    g.interrupt('xEventGroupClearBitsFromISR', group(g), 1),
  ),
  interrupt('xEventGroupGetBitsFromISR', 'two bits are set', '3', function* (g) {
    const handle = group(g);
    yield* g.call('xEventGroupSetBits', handle, 3);
    return g.interrupt('xEventGroupGetBitsFromISR', handle);
  }),
  task('xEventGroupSync', 'the others have come', '3', function* (g) {
    const handle = group(g);
    yield* g.call('xEventGroupSetBits', handle, 2);
    return yield* g.call('xEventGroupSync', handle, 1, 3, FOREVER);
  }),
  task('vEventGroupDelete', 'a task waits: what its wait returns', '0', function* (g) {
    const [handle, result] = [group(g), g.wordOf(99)];
    waiter(g, result, 'xEventGroupWaitBits', handle, 4, 1, 0, FOREVER);
    yield* g.call('vTaskDelay', 1);
    yield* g.call('vEventGroupDelete', handle);
    return g.word(result);
  }),

  task('xStreamBufferGenericCreate', 'the size is 0', 'NULL', (g) => g.call('xStreamBufferGenericCreate', 0, 0, 0)),
  task('xStreamBufferSend', 'there is room for a part, and 0 ticks are given', '16', (g) =>
    g.call('xStreamBufferSend', stream(g), g.alloc(32), 20, 0),
  ),
  task('xStreamBufferSend', 'a message that does not fit', '0', (g) =>
    g.call('xStreamBufferSend', stream(g, 1), g.alloc(32), 13, 10),
  ),
  interrupt('xStreamBufferSendFromISR', 'there is room', '5', (g) =>
    g.interrupt('xStreamBufferSendFromISR', stream(g), g.alloc(8), 5, g.alloc(4)),
  ),
  task('xStreamBufferReceive', 'nothing comes', '0', (g) =>
    g.call('xStreamBufferReceive', stream(g), g.alloc(8), 8, 20),
  ),
  task('xStreamBufferReceive', 'fewer bytes than asked for are there', '3', function* (g) {
    const handle = stream(g);
    yield* g.call('xStreamBufferSend', handle, g.alloc(8), 3, 0);
    return yield* g.call('xStreamBufferReceive', handle, g.alloc(8), 8, FOREVER);
  }),
  task('xStreamBufferReceive', 'a message is longer than the buffer', '0', function* (g) {
    const handle = stream(g, 1);
    yield* g.call('xStreamBufferSend', handle, g.alloc(8), 6, 0);
    return yield* g.call('xStreamBufferReceive', handle, g.alloc(8), 5, 0);
  }),
  interrupt('xStreamBufferReceiveFromISR', 'it is empty', '0', (g) =>
    g.interrupt('xStreamBufferReceiveFromISR', stream(g), g.alloc(8), 8, 0),
  ),
  task('xStreamBufferBytesAvailable', 'four bytes were sent', '4', function* (g) {
    const handle = stream(g);
    yield* g.call('xStreamBufferSend', handle, g.alloc(8), 4, 0);
    return yield* g.call('xStreamBufferBytesAvailable', handle);
  }),
  task('xStreamBufferSpacesAvailable', 'it is empty', '16', (g) => g.call('xStreamBufferSpacesAvailable', stream(g))),
  task('xStreamBufferNextMessageLengthBytes', 'a message of six bytes is first', '6', function* (g) {
    const handle = stream(g, 1);
    yield* g.call('xStreamBufferSend', handle, g.alloc(8), 6, 0);
    return yield* g.call('xStreamBufferNextMessageLengthBytes', handle);
  }),
  task('xStreamBufferIsEmpty', 'it is empty', 'pdTRUE', (g) => g.call('xStreamBufferIsEmpty', stream(g))),
  task('xStreamBufferIsFull', 'it is empty', 'pdFALSE', (g) => g.call('xStreamBufferIsFull', stream(g))),
  task('xStreamBufferSetTriggerLevel', 'above the size', 'pdFALSE', (g) =>
    g.call('xStreamBufferSetTriggerLevel', stream(g), 17),
  ),
  task('xStreamBufferReset', 'nobody waits', 'pdPASS', (g) => g.call('xStreamBufferReset', stream(g))),
  task('vStreamBufferDelete', 'the buffer is there', '0', (g) => g.call('vStreamBufferDelete', stream(g))),
];
