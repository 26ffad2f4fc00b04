import type { RtosContext } from './rtos-context.js';
import type { Answer } from './scheduler.js';
import type { Task, TaskNotification } from './task.js';
import { NOTIFICATIONS } from './task.js';

/** What a notification does to the value (eNotifyAction). */
export enum NotifyAction {
  None = 0,
  SetBits = 1,
  Increment = 2,
  Overwrite = 3,
  SetIfRead = 4,
}

/** One notification of a task. @throws by fault when there is none of this number */
export function notificationOf({ host }: RtosContext, call: string, task: Task, index: number): TaskNotification {
  return (
    task.notifications[index] ??
    host.fault(`${call} names the notification ${index} of ${task.name}; a task has ${NOTIFICATIONS}, from 0`)
  );
}

/** Notifies a task, which goes on when it waits for this notification. @returns 0 when an unread value would be lost */
export function notify(
  { scheduler }: RtosContext,
  task: Task,
  one: TaskNotification,
  value: number,
  action: number,
): 0 | 1 {
  const isUnread = one.pending;
  if (action === NotifyAction.SetIfRead && isUnread) return 0;
  one.pending = true;
  if (action === NotifyAction.SetBits) one.value = (one.value | value) >>> 0;
  else if (action === NotifyAction.Increment) one.value = (one.value + 1) >>> 0;
  else if (action !== NotifyAction.None) one.value = value >>> 0;
  if (one.waiting) scheduler.release(task);
  return 1;
}

/**
 * The current task waits for a notification.
 *
 * @param attempt takes it: what the call returns, or undefined while it is not there
 */
export function waitForNotification(
  { scheduler }: RtosContext,
  call: string,
  one: TaskNotification,
  ticks: number,
  attempt: () => number | undefined,
  expire: () => number,
): Answer {
  const done = attempt() ?? (ticks === 0 ? expire() : undefined);
  if (done !== undefined) return scheduler.settle(done);
  one.waiting = true;
  const ended = <Result>(result: Result) => {
    if (result !== undefined) one.waiting = false;
    return result;
  };
  return scheduler.wait(call, { attempt: () => ended(attempt()), expire: () => ended(expire()) }, ticks);
}
