import type { EventGroupWork } from './event-group.js';
import type { QueueWork } from './kernel-queue.js';
import type { RtosObjects } from './rtos-objects.js';
import type { RtosHost, RtosSettings } from './rtos-ports.js';
import type { Answer, Scheduler } from './scheduler.js';
import type { SoftwareTimers } from './software-timers.js';
import type { StreamBufferWork } from './stream-buffer.js';
import { HIGHEST_PRIORITY, Task } from './task.js';

/** What the calls of one RTOS share. */
export interface RtosContext {
  readonly host: RtosHost;
  readonly settings: Readonly<RtosSettings>;
  readonly scheduler: Scheduler;
  readonly objects: RtosObjects;
  readonly timers: SoftwareTimers;
  readonly queues: QueueWork;
  readonly groups: EventGroupWork;
  readonly streams: StreamBufferWork;
}

/** Calls by their names in C. Arguments are 32-bit integers, signed; handles and pointers among them. */
export type RtosCalls = Readonly<Record<string, (...args: number[]) => Answer>>;

export interface TaskOptions {
  entry: number;
  nameAddress: number;
  argument: number;
  priority: number;
  /** Bytes that the application asks for. */
  stack: number;
}

const LONGEST_NAME = 64;
/** A stack of this size is more than the device has memory. */
const LARGEST_STACK = 1_048_576;

/** The text of a name in the guest; `otherwise` when it has none. */
export function nameAt({ host }: RtosContext, address: number, otherwise: string): string {
  return (address !== 0 && host.memory.text(address, LONGEST_NAME)) || otherwise;
}

/** Makes a task, which is ready. @returns undefined when there is no memory for it */
export function makeTask(context: RtosContext, options: TaskOptions): Task | undefined {
  const { host, settings, scheduler, objects } = context;
  const name = nameAt(context, options.nameAddress, `task ${scheduler.tasks.length + 1}`);
  if (options.stack > LARGEST_STACK) return undefined;
  const body = host.spawn(name, options.entry, [options.argument], Math.max(options.stack, settings.leastStack));
  if (!body) return undefined;
  const priority = Math.min(options.priority, HIGHEST_PRIORITY);
  const task = new Task(name, options.nameAddress, body, priority, options.stack);
  if (objects.add(task) === 0) {
    body.drop();
    return undefined;
  }
  scheduler.add(task);
  return task;
}

/** The task of a handle, 0 meaning the current one. @throws by fault when there is none */
export function taskOf({ host, scheduler, objects }: RtosContext, call: string, handle: number): Task {
  const task = handle === 0 ? scheduler.current : objects.find(Task, handle);
  return task ?? host.fault(`${call} is given the task 0x${(handle >>> 0).toString(16)}, which does not exist`);
}

/** Ends a task and forgets its handle. */
export function endTask({ scheduler, objects }: RtosContext, task: Task): void {
  scheduler.end(task);
  objects.remove(task);
}

/** An object of FreeRTOS: it checks no handles, and a wrong one would be followed into memory. @throws by fault */
export function objectOf<Kind>(
  { host, objects }: RtosContext,
  kind: new (...args: never[]) => Kind,
  call: string,
  handle: number,
): Kind {
  return (
    objects.find(kind, handle) ??
    host.fault(`${call} is given the handle 0x${(handle >>> 0).toString(16)}, which is not of a thing that it works on`)
  );
}

/** FreeRTOS says by `*woken` whether an interrupt handler should let the scheduler run; the host does so in any case. */
export function setWoken({ host }: RtosContext, address: number): void {
  if (address !== 0) host.memory.writeWord(address, 1);
}
