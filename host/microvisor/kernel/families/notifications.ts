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
import { NOTIFICATION } from './handle-kinds.js';
import type { Services } from './services.js';
import { type Calls, refuse } from './statuses.js';

/** mvSetupNotifications, mvCloseNotifications, and the interrupts that follow from notifications. */
export class Notifications {
  readonly #services: Services;
  readonly #pending: number[] = [];

  constructor(services: Services) {
    this.#services = services;
  }

  readonly calls: Calls = {
    mvSetupNotifications: (setup, handleOut) => this.#setup(setup, handleOut),
    mvCloseNotifications: (handle) => this.#close(handle),
  };

  buffers(): Range[] {
    return this.#services.handles.all(NOTIFICATION).map(([, buffer]) => buffer);
  }

  /**
   * Appends a record to the buffer and pends its interrupt. A slot is never treated as full: an application that does
   * not read in step with the interrupts loses records. After the buffer was closed this does nothing.
   */
  notify(handle: number, eventType: MvEventType, tag: number): void {
    const buffer = this.#services.handles.find(NOTIFICATION, handle);
    if (!buffer) return;
    const address = buffer.address + buffer.next * MvNotificationLayout.SIZE;
    writeMvNotification(this.#services.memory.view, address, {
      microseconds: this.#services.microseconds(),
      eventType,
      tag,
    });
    buffer.next = (buffer.next + 1) % (buffer.size / MvNotificationLayout.SIZE);
    this.#pending.push(buffer.irq);
    this.#services.wake();
  }

  /** The interrupt to deliver next, if any; each notification pends exactly one. */
  takeInterrupt(): number | undefined {
    return this.#pending.shift();
  }

  get pending(): boolean {
    return this.#pending.length > 0;
  }

  #setup(address: number, handleOut: number): void {
    const { memory, handles, limits } = this.#services;
    memory.check(address, MvNotificationSetupLayout.SIZE, 4);
    memory.check(handleOut, 4, 4);
    const setup = readMvNotificationSetup(memory.view, address);
    if (interruptHandlers[setup.irq] === undefined) refuse(MvStatus.INVALIDINTERRUPT);
    if (setup.bufferSize % MvNotificationLayout.SIZE !== 0 || setup.bufferSize < 2 * MvNotificationLayout.SIZE) {
      refuse(MvStatus.INVALIDBUFFERSIZE);
    }
    memory.check(setup.buffer, setup.bufferSize, 8);
    const range = { address: setup.buffer, size: setup.bufferSize };
    if (this.#services.buffersInUse().some((used) => overlaps(used, range))) refuse(MvStatus.BUFFERALREADYINUSE);
    if (handles.all(NOTIFICATION).length >= limits.notificationBuffers) {
      refuse(MvStatus.TOOMANYNOTIFICATIONBUFFERS);
    }
    const handle = handles.open(NOTIFICATION, { ...range, irq: setup.irq, next: 0 });
    memory.view.setUint32(handleOut, handle, true);
  }

  #close(address: number): void {
    const { memory, handles } = this.#services;
    memory.check(address, 4, 4);
    const handle = memory.view.getUint32(address, true);
    if (!handles.find(NOTIFICATION, handle)) refuse(MvStatus.INVALIDHANDLE);
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
  }
}
