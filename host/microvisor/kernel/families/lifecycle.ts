import { MvWakeReason, nameOf } from '../../../../build/abi/microvisor.js';
import type { Services } from '../services.js';

/** Whether, when and how an application that has ended starts again. */
export interface Restart {
  /** Milliseconds of the kernel's clock; undefined: it does not start again. */
  at: number | undefined;
  /** What mvGetWakeReason says then. */
  wakeReason: MvWakeReason;
  /** The whole device restarts, and the kernel's clock with it: mvGetMicroseconds begins at 0 again. */
  device: boolean;
}

/** What a downloaded update is of: the application or the kernel itself. */
export type UpdateKind = 'application' | 'microvisor';

/** The runs of the application: why the present one began, and what ends it. */
export class Lifecycle {
  readonly #services: Pick<Services, 'behaviour' | 'now' | 'emit' | 'wake'>;
  readonly #watchers: (() => void)[] = [];
  readonly #updates = new Set<UpdateKind>();
  #applyAt: number | undefined;
  #ended: Restart | undefined;
  #wakeReason: MvWakeReason;

  constructor(services: Pick<Services, 'behaviour' | 'now' | 'emit' | 'wake'>) {
    this.#services = services;
    this.#wakeReason = services.behaviour.wakeReason;
  }

  /** Why the present run of the application began. */
  get wakeReason(): MvWakeReason {
    return this.#wakeReason;
  }

  /** Set when the application has ended: its instance is not entered again. */
  get ended(): Restart | undefined {
    return this.#ended;
  }

  /** Whether a downloaded update waits for `mvRestart`. */
  get updateWaits(): boolean {
    return this.#updates.size > 0;
  }

  /** True while the kernel must not be interrupted, for example by a download that is under way: set by the host. */
  busy = false;

  /** Calls the listener after each downloaded update that waits for the application. */
  watchUpdates(listener: () => void): void {
    this.#watchers.push(listener);
  }

  /**
   * An update was downloaded. A polite application is notified, and has time to call mvRestart; without politeness the update is
   * applied at once.
   *
   * @param politeness milliseconds; default `behaviour.maximumPoliteness`
   * @returns whether it is applied at once
   */
  updateDownloaded(kind: UpdateKind, politeness = this.#services.behaviour.maximumPoliteness): boolean {
    this.#updates.add(kind);
    if (politeness === 0) {
      this.restart();
      return true;
    }
    this.#applyAt ??= this.#services.now() + politeness;
    for (const watcher of this.#watchers) watcher();
    this.#services.wake();
    return false;
  }

  /** Restarts what the waiting updates need: the device for one of the kernel, else the application. */
  restart(wakeReason: MvWakeReason = this.#services.behaviour.restartWakeReason): void {
    const device = this.#updates.has('microvisor');
    const application = this.#updates.has('application');
    let reason = wakeReason;
    if (application) reason = MvWakeReason.APPLICATIONUPDATE;
    if (device) reason = MvWakeReason.MICROVISORUPDATE;
    this.end({ at: this.#services.now(), wakeReason: reason, device });
  }

  /** Ends the application. The first end counts. */
  end(restart: Restart): void {
    if (this.#ended) return;
    this.#ended = restart;
    this.#services.emit({
      event: 'ended',
      wakeReason: restart.at === undefined ? undefined : nameOf(MvWakeReason, restart.wakeReason),
      at: restart.at,
    });
    this.#services.wake();
  }

  /** Wakes a device that sleeps deeply before its time, for example by a pin. */
  wake(wakeReason: MvWakeReason = MvWakeReason.DEEPSLEEPAPPLICATION): void {
    if (this.#ended?.at === undefined) return;
    this.#ended = { ...this.#ended, at: this.#services.now(), wakeReason };
    this.#services.wake();
  }

  /** The application starts again. */
  started(): void {
    this.#wakeReason = this.#ended?.wakeReason ?? this.#wakeReason;
    this.#ended = undefined;
    this.#updates.clear();
    this.#applyAt = undefined;
  }

  tick(now: number): void {
    if (!this.#ended && this.#applyAt !== undefined && this.#applyAt <= now) this.restart();
  }

  nextDeadline(): number | undefined {
    return this.#ended ? this.#ended.at : this.#applyAt;
  }
}
