import { createHash } from 'node:crypto';
import type { CloudApplication, CloudedDevice, DeviceCloud, UpdateFailure, Wanted } from './device-cloud.js';

/** What comes of following a cloud, for people. */
export type FollowerEvent =
  | { event: 'downloading'; application: CloudApplication }
  /** It waits for a restart. */
  | { event: 'downloaded'; application: CloudApplication }
  | { event: 'running'; application: CloudApplication }
  | { event: 'updateFailed'; application: CloudApplication; reason: UpdateFailure; detail: string }
  | { event: 'restartWanted' };

/**
 * Does with a device what its cloud wants: runs the application, restarts, logs or not. Reports what the device runs.
 *
 * @example
 * ```ts
 * import { createHash } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { type CloudApplication, type CloudedDevice, CloudFollower, createDevice, type DeviceCloud } from 'wasmqtt/microvisor';
 * import type { DeviceReport, FollowerEvent, UpdateFailure, Wanted } from 'wasmqtt/microvisor';
 *
 * const app = readFileSync(modulePath('app.wasm'));
 * const sha256 = createHash('sha256').update(app).digest('hex');
 * const application: CloudApplication = { sid: `KA${'1'.repeat(32)}`, sha256, politeness: 0 };
 * const wanted: Wanted = { application, restarts: 0, logging: true };
 * const reports: DeviceReport[] = [];
 * const cloud: DeviceCloud = {
 *   watch: (listener) => {
 *     listener(wanted);
 *     return () => {};
 *   },
 *   application: async () => app,
 *   report: (report) => reports.push(report),
 *   log: () => {},
 *   fetch: async (items) => items.map(() => ({ result: 'keyNotFound' })),
 * };
 * const { device } = await createDevice({ guest: app });
 * const followed: CloudedDevice = device;
 * const failures: UpdateFailure[] = [];
 * const onEvent = (event: FollowerEvent) => event.event === 'updateFailed' && failures.push(event.reason);
 * const follower = new CloudFollower(followed, cloud, onEvent);
 * await follower.follow();
 * follower.started();
 * follower.stop();
 * [reports.length, failures]; // => [ 1, [] ]
 * ```
 */
export class CloudFollower {
  readonly #device: CloudedDevice;
  readonly #cloud: DeviceCloud;
  readonly #onEvent: (event: FollowerEvent) => void;
  readonly #end = new AbortController();
  #unwatch: (() => void) | undefined;
  #wanted: Wanted | undefined;
  /** What runs; undefined: what the device was loaded with. */
  #running: CloudApplication | undefined;
  /** What waits for a restart. */
  #waiting: CloudApplication | undefined;
  /** What could not be taken. */
  #failed: CloudApplication | undefined;
  #isUpdating = false;
  #hasStarted = false;
  #settled!: () => void;
  readonly #first = new Promise<void>((resolve) => {
    this.#settled = resolve;
  });

  constructor(device: CloudedDevice, cloud: DeviceCloud, onEvent: (event: FollowerEvent) => void = () => {}) {
    this.#device = device;
    this.#cloud = cloud;
    this.#onEvent = onEvent;
  }

  /**
   * Begins to follow, before the device is started: what it is to run takes the place of its guest.
   *
   * @returns a promise that resolves when that is done. When the cloud is away it waits for it; whoever does not want to wait starts the
   *   device earlier
   */
  async follow(): Promise<void> {
    this.#unwatch = this.#cloud.watch((wanted) => this.#onWanted(wanted));
    await this.#first;
  }

  /** To be called when the device is started. */
  started(): void {
    this.#hasStarted = true;
    this.#cloud.report({ running: this.#running });
  }

  /** To be called with each event of the device: log lines go to the cloud, and a restart brings what waits for it. */
  observe(event: { event: string; text?: string; at?: number }): void {
    if (event.event === 'log') this.#cloud.log(event.text ?? '');
    else if (event.event === 'ended' && event.at !== undefined && this.#waiting) this.#runs(this.#waiting);
  }

  stop(): void {
    this.#unwatch?.();
    this.#end.abort();
    this.#settled();
  }

  #onWanted(wanted: Wanted): void {
    const before = this.#wanted;
    this.#wanted = wanted;
    if (before?.logging !== wanted.logging) this.#device.setServerLogging(wanted.logging);
    // What was asked for before the device was there is done by its start.
    if (before && wanted.restarts > before.restarts && this.#hasStarted) {
      this.#onEvent({ event: 'restartWanted' });
      this.#device.restart();
    }
    this.#failed = undefined;
    if (!this.#isUpdating) void this.#update();
  }

  /** One application after the other, until nothing else is wanted. */
  async #update(): Promise<void> {
    this.#isUpdating = true;
    for (let next = this.#next(); next; next = this.#next()) {
      try {
        await this.#take(next);
      } catch (error) {
        if (this.#end.signal.aborted) break;
        this.#failed = next;
        const { reason, detail } = reasonOf(error);
        this.#onEvent({ event: 'updateFailed', application: next, reason, detail });
        this.#cloud.report({ failed: next, reason });
      }
    }
    this.#isUpdating = false;
    this.#settled();
  }

  /** What is to be taken: not what the device has already, nor what it could not take. */
  #next(): CloudApplication | undefined {
    const application = this.#wanted?.application;
    if (this.#end.signal.aborted || !application) return undefined;
    const has = this.#waiting ?? this.#running;
    const isKnown = application.sha256 === has?.sha256 || application.sha256 === this.#failed?.sha256;
    return isKnown ? undefined : application;
  }

  async #take(application: CloudApplication): Promise<void> {
    this.#onEvent({ event: 'downloading', application });
    const module = await this.#cloud.application(application.sha256, this.#end.signal).catch((error: Error) => {
      throw new UpdateError('not-fetched', error.message);
    });
    if (createHash('sha256').update(module).digest('hex') !== application.sha256) {
      throw new UpdateError('wrong-bytes', 'what was downloaded is not what was asked for');
    }
    if (await this.#device.update(module, application.politeness)) this.#runs(application);
    else {
      this.#waiting = application;
      this.#onEvent({ event: 'downloaded', application });
    }
  }

  #runs(application: CloudApplication): void {
    this.#running = application;
    this.#waiting = undefined;
    this.#onEvent({ event: 'running', application });
    if (this.#hasStarted) this.#cloud.report({ running: application });
  }
}

class UpdateError extends Error {
  readonly reason: UpdateFailure;

  constructor(reason: UpdateFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

function reasonOf(error: unknown): { reason: UpdateFailure; detail: string } {
  const { reason = 'not-a-guest', message } = error as Partial<UpdateError> & Error;
  return { reason, detail: message };
}
