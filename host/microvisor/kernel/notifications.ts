import {
  interruptHandlers,
  type MvEventType,
  MvNotificationLayout,
  MvNotificationSetupLayout,
  MvStatus,
  readMvNotificationSetup,
  writeMvNotification,
} from '../../../build/abi/microvisor.js';
import { overlaps, type Range } from './guest-memory.js';
import type { Kernel } from './kernel.js';
import { type Calls, refuse } from './statuses.js';

/** A circular buffer of notifications in guest memory. */
export interface NotificationBuffer extends Range {
  irq: number;
  /** Index of the record that is written next. */
  next: number;
}

/** mvSetupNotifications, mvCloseNotifications, and the interrupts that follow from notifications. */
export class Notifications {
  readonly #pending: number[] = [];

  constructor(private readonly kernel: Kernel) {}

  calls(): Calls {
    return {
      mvSetupNotifications: (setup, handleOut) => this.#setup(setup, handleOut),
      mvCloseNotifications: (handle) => this.#close(handle),
    };
  }

  /**
   * Appends a record to the buffer and pends its interrupt. A slot is never treated as full: the application
   * reads in step with the interrupts or loses records. A closed buffer takes nothing.
   */
  notify(handle: number, eventType: MvEventType, tag: number): void {
    const buffer = this.kernel.handles.find('notification', handle);
    if (!buffer) return;
    const address = buffer.address + buffer.next * MvNotificationLayout.SIZE;
    writeMvNotification(this.kernel.memory.view, address, {
      microseconds: this.kernel.microseconds(),
      eventType,
      tag,
    });
    buffer.next = (buffer.next + 1) % (buffer.size / MvNotificationLayout.SIZE);
    this.#pending.push(buffer.irq);
    this.kernel.wake();
  }

  /** The interrupt that is due next; each notification gives exactly one. */
  takeInterrupt(): number | undefined {
    return this.#pending.shift();
  }

  get pending(): boolean {
    return this.#pending.length > 0;
  }

  #setup(address: number, handleOut: number): void {
    const { memory, handles, limits } = this.kernel;
    memory.check(address, MvNotificationSetupLayout.SIZE, 4);
    memory.check(handleOut, 4, 4);
    const setup = readMvNotificationSetup(memory.view, address);
    if (interruptHandlers[setup.irq] === undefined) refuse(MvStatus.INVALIDINTERRUPT);
    if (setup.bufferSize % MvNotificationLayout.SIZE !== 0 || setup.bufferSize < 2 * MvNotificationLayout.SIZE) {
      refuse(MvStatus.INVALIDBUFFERSIZE);
    }
    memory.check(setup.buffer, setup.bufferSize, 8);
    const range = { address: setup.buffer, size: setup.bufferSize };
    if (this.kernel.buffersInUse().some((used) => overlaps(used, range))) refuse(MvStatus.BUFFERALREADYINUSE);
    if (handles.all('notification').length >= limits.notificationBuffers) {
      refuse(MvStatus.TOOMANYNOTIFICATIONBUFFERS);
    }
    const handle = handles.open('notification', { ...range, irq: setup.irq, next: 0 });
    memory.view.setUint32(handleOut, handle, true);
  }

  #close(address: number): void {
    const { memory, handles } = this.kernel;
    memory.check(address, 4, 4);
    const handle = memory.view.getUint32(address, true);
    if (!handles.find('notification', handle)) refuse(MvStatus.INVALIDHANDLE);
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
  }
}
