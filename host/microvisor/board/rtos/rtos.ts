import { earlier } from '../../kernel/earlier.js';
import { cmsisEventFlags, cmsisThreadFlags } from './api/cmsis-flags.js';
import { cmsisKernel } from './api/cmsis-kernel.js';
import { cmsisQueues } from './api/cmsis-queues.js';
import { cmsisThreads } from './api/cmsis-threads.js';
import { cmsisTimers } from './api/cmsis-timers.js';
import { freertosEventGroups, freertosStreamBuffers } from './api/freertos-groups.js';
import { freertosNotifications } from './api/freertos-notifications.js';
import { freertosQueues } from './api/freertos-queues.js';
import { freertosTasks } from './api/freertos-tasks.js';
import { freertosTimers } from './api/freertos-timers.js';
import { EventGroupWork } from './event-group.js';
import { QueueWork } from './kernel-queue.js';
import type { RtosCalls, RtosContext } from './rtos-context.js';
import { RtosObjects } from './rtos-objects.js';
import { defaultRtosSettings, type RtosHost, type RtosSettings, type TaskBody } from './rtos-ports.js';
import { type Answer, Scheduler } from './scheduler.js';
import { SoftwareTimers } from './software-timers.js';
import { StreamBufferWork } from './stream-buffer.js';
import { HIGHEST_PRIORITY, Task, type Wait } from './task.js';
import type { WaitList } from './wait-list.js';

/** The RTOS of one guest. */
export class Rtos {
  /** By their names in C: what a call returns, or that its task does not go on now. */
  readonly calls: RtosCalls;
  readonly #context: RtosContext;

  constructor(host: RtosHost, settings: Partial<RtosSettings> = {}) {
    const all = { ...defaultRtosSettings, ...settings };
    const scheduler = new Scheduler(host, all);
    const context: RtosContext = {
      host,
      settings: all,
      scheduler,
      objects: new RtosObjects(),
      timers: new SoftwareTimers(host, scheduler, all.timerTaskPriority, all.leastStack),
      queues: new QueueWork(scheduler, host.memory),
      groups: new EventGroupWork(scheduler),
      streams: new StreamBufferWork(scheduler, host.memory),
    };
    this.#context = context;
    this.calls = {
      ...freertosTasks(context),
      ...freertosNotifications(context),
      ...freertosQueues(context),
      ...freertosTimers(context),
      ...freertosEventGroups(context),
      ...freertosStreamBuffers(context),
      ...cmsisKernel(context),
      ...cmsisThreads(context),
      ...cmsisThreadFlags(context),
      ...cmsisEventFlags(context),
      ...cmsisQueues(context),
      ...cmsisTimers(context),
    };
  }

  /** The task that runs, or ran last; its body is what to enter after `next`. */
  get current(): Task | undefined {
    return this.#context.scheduler.current;
  }

  get tasks(): readonly Task[] {
    return this.#context.scheduler.tasks;
  }

  /** `main` of the application, which runs alone until the scheduler is started, and not after that. */
  setMain(body: TaskBody): void {
    this.#context.scheduler.setMain(new Task('main', 0, body, HIGHEST_PRIORITY, 0));
  }

  /** Says how many ticks a second has (configTICK_RATE_HZ, default 1,000); before anything waits. */
  setTickRate(hertz: number): void {
    this.#context.scheduler.tickLength = 1000 / hertz;
  }

  /** Does what is due: delays end, timers go off. Enters no task. @param now milliseconds of the host's clock */
  tick(now: number): void {
    this.#context.scheduler.tick(now);
    this.#context.timers.tick(now);
  }

  /** The time of the next `tick`, in milliseconds; undefined when only a call or an interrupt can help. */
  nextDeadline(now: number): number | undefined {
    return earlier(this.#context.scheduler.nextDeadline(now), this.#context.timers.nextDeadline());
  }

  /** When its tick interrupts next, milliseconds; undefined before the scheduler has started. */
  nextTick(): number | undefined {
    const { scheduler } = this.#context;
    return scheduler.started ? scheduler.timeOfTick(1) : undefined;
  }

  /** The task to let run now; undefined when all wait. */
  next(): Task | undefined {
    return this.#context.scheduler.next();
  }

  /** The task of `next` was suspended, or its function has `returned`. */
  left(returned: boolean): void {
    this.#context.scheduler.left(returned);
  }

  /**
   * The current task waits for something that is not the RTOS's, as in a call of its own: see {@link Wait}.
   *
   * @param ticks 0 does not wait
   */
  wait(call: string, wait: Wait, ticks: number): Answer {
    const { scheduler } = this.#context;
    const done = wait.attempt(scheduler.current) ?? (ticks === 0 ? wait.expire(scheduler.current) : undefined);
    return done === undefined ? scheduler.wait(call, wait, ticks) : scheduler.settle(done);
  }

  /** The tasks in this line try again. */
  wake(list: WaitList<Task>): void {
    for (const task of list.all()) this.#context.scheduler.release(task);
  }
}
