import type { TaskBody } from './rtos-ports.js';
import { WaitList } from './wait-list.js';

/** A call that returns when something has happened, or when its time is up. */
export interface Wait {
  /** Where the task stands in line; undefined when only time can end it. */
  readonly list?: WaitList<Task>;
  /** Tries to do what the call is for. @returns what the call returns, or undefined when it has to wait on */
  attempt(task: Task | undefined): number | undefined;
  /** The time is up. @returns what the call returns */
  expire(task: Task | undefined): number;
}

/** The value and the state of one notification of a task. */
export interface TaskNotification {
  value: number;
  pending: boolean;
  waiting: boolean;
}

/** How many notifications a task has. */
export const NOTIFICATIONS = 8;

/** What a task does: whether it runs is for the scheduler to say (`current`). */
export type TaskState = 'ready' | 'waiting' | 'suspended' | 'ended';

/** The highest priority that a task can have. */
export const HIGHEST_PRIORITY = 56;

/** A task: what it runs, how urgent it is, what it waits for. */
export class Task {
  readonly name: string;
  /** Address of its name in the guest. */
  readonly nameAddress: number;
  body: TaskBody;
  /** Bytes that the application asked for. */
  readonly askedStack: number;
  state: TaskState = 'ready';
  /** What it asked for, and what it has at present, for example as the holder of a mutex that a more urgent task waits for. */
  basePriority: number;
  priority: number;
  mutexesHeld = 0;
  wait: Wait | undefined;
  /** The time at which its wait ends, in milliseconds. */
  wakeAt = Number.POSITIVE_INFINITY;
  /** It spins until then: it counts as ready, and keeps less urgent ones from running. */
  busyUntil = Number.NEGATIVE_INFINITY;
  readonly notifications: TaskNotification[] = Array.from({ length: NOTIFICATIONS }, () => ({
    value: 0,
    pending: false,
    waiting: false,
  }));
  /** For osThreadJoin and osThreadDetach. */
  joinable = false;
  /** Tasks that wait for its end (osThreadJoin). */
  readonly joining = new WaitList<Task>();
  /** What happens when its function returns: FreeRTOS allows it to no task, CMSIS to all. */
  whenReturned: 'fault' | 'end' | (() => void) = 'fault';

  constructor(name: string, nameAddress: number, body: TaskBody, priority: number, askedStack: number) {
    this.name = name;
    this.nameAddress = nameAddress;
    this.body = body;
    this.basePriority = priority;
    this.priority = priority;
    this.askedStack = askedStack;
  }
}
