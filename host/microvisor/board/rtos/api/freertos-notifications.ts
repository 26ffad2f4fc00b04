import { type RtosCalls, type RtosContext, setWoken, taskOf } from '../rtos-context.js';
import { NotifyAction, notificationOf, notify, waitForNotification } from '../task-notifications.js';

/** Notifications of tasks, by FreeRTOS's names. */
export function freertosNotifications(context: RtosContext): RtosCalls {
  const { host, scheduler } = context;
  const { memory } = host;

  const send = (call: string, handle: number, index: number, value: number, action: number, previous: number) => {
    const task = taskOf(context, call, handle);
    const one = notificationOf(context, call, task, index);
    if (previous !== 0) memory.writeWord(previous, one.value);
    return notify(context, task, one, value, action);
  };
  const own = (call: string, index: number) => notificationOf(context, call, taskOf(context, call, 0), index);

  return {
    xTaskGenericNotify: (handle, index, value, action, previous) =>
      scheduler.settle(send('xTaskGenericNotify', handle, index, value, action, previous)),
    xTaskGenericNotifyFromISR: (handle, index, value, action, previous, woken) => {
      const result = send('xTaskGenericNotifyFromISR', handle, index, value, action, previous);
      setWoken(context, woken);
      return result;
    },
    vTaskGenericNotifyGiveFromISR: (handle, index, woken) => {
      send('vTaskGenericNotifyGiveFromISR', handle, index, 0, NotifyAction.Increment, 0);
      setWoken(context, woken);
      return 0;
    },
    xTaskGenericNotifyWait: (index, clearOnEntry, clearOnExit, valueAddress, ticks) => {
      const one = own('xTaskGenericNotifyWait', index);
      if (!one.pending) one.value = (one.value & ~clearOnEntry) >>> 0;
      const attempt = () => {
        if (!one.pending) return undefined;
        if (valueAddress !== 0) memory.writeWord(valueAddress, one.value);
        one.value = (one.value & ~clearOnExit) >>> 0;
        one.pending = false;
        return 1;
      };
      const expire = () => {
        if (valueAddress !== 0) memory.writeWord(valueAddress, one.value);
        return 0;
      };
      return waitForNotification(context, 'xTaskGenericNotifyWait', one, ticks >>> 0, attempt, expire);
    },
    ulTaskGenericNotifyTake: (index, clears, ticks) => {
      const one = own('ulTaskGenericNotifyTake', index);
      const attempt = () => {
        if (one.value === 0) return undefined;
        const { value } = one;
        one.value = clears !== 0 ? 0 : value - 1;
        one.pending = false;
        return value | 0;
      };
      return waitForNotification(context, 'ulTaskGenericNotifyTake', one, ticks >>> 0, attempt, () => 0);
    },
    xTaskGenericNotifyStateClear: (handle, index) => {
      const call = 'xTaskGenericNotifyStateClear';
      const one = notificationOf(context, call, taskOf(context, call, handle), index);
      const wasPending = one.pending;
      one.pending = false;
      return wasPending ? 1 : 0;
    },
    ulTaskGenericNotifyValueClear: (handle, index, bits) => {
      const call = 'ulTaskGenericNotifyValueClear';
      const one = notificationOf(context, call, taskOf(context, call, handle), index);
      const { value } = one;
      one.value = (value & ~bits) >>> 0;
      return value | 0;
    },
  };
}
