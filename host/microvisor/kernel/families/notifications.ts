import {
  interruptHandlers,
  type MvEventType,
  MvNotificationLayout,
  MvNotificationSetupLayout,
  MvStatus,
  readMvNotificationSetup,
  writeMvNotification,
} from '../../../../build/abi/microvisor.js';
import { overlaps, type Range } from '../guest-memory.js';
import { NOTIFICATION } from '../handle-kinds.js';
import type { Services } from '../services.js';
import type { Calls } from '../statuses.js';
import type { Interrupts } from './interrupts.js';

const { OKAY, PARAMETERFAULT, INVALIDBUFFERSIZE, INVALIDHANDLE, INVALIDINTERRUPT } = MvStatus;

/** mvSetupNotifications, mvCloseNotifications, mvTempTriggerNotification; each notification pends one interrupt. */
export class Notifications {
  readonly #services: Services;
  readonly #interrupts: Pick<Interrupts, 'pend' | 'isFast'>;

  constructor(services: Services, interrupts: Pick<Interrupts, 'pend' | 'isFast'>) {
    this.#services = services;
    this.#interrupts = interrupts;
  }

  readonly calls: Calls = {
    mvSetupNotifications: (setup, handleOut) => this.#setup(setup, handleOut),
    mvCloseNotifications: (handle) => this.#close(handle),
    mvTempTriggerNotification: (handle, eventType, tag) => this.#trigger(handle, eventType, tag),
  };

  buffers(): Range[] {
    return this.#services.handles.all(NOTIFICATION);
  }

  /**
   * Appends a record to the buffer and pends its interrupt. A slot is never treated as full: an application that does
   * not read in step with the interrupts loses records. After the buffer was closed this does nothing, and neither while
   * too many interrupts are pending: record and interrupt are lost together.
   */
  notify(handle: number, eventType: MvEventType, tag: number): void {
    const buffer = this.#services.handles.find(NOTIFICATION, handle);
    if (!buffer || !this.#interrupts.pend(buffer.irq)) return;
    const address = buffer.address + buffer.next * MvNotificationLayout.SIZE;
    writeMvNotification(this.#services.memory.view, address, {
      microseconds: BigInt(this.#services.microseconds()),
      eventType,
      tag,
    });
    buffer.next = (buffer.next + 1) % (buffer.size / MvNotificationLayout.SIZE);
  }

  #setup(address: number, handleOut: number) {
    const { memory, handles, limits } = this.#services;
    if (!memory.holds(address, MvNotificationSetupLayout.SIZE, 4) || !memory.holds(handleOut, 4, 4)) {
      return PARAMETERFAULT;
    }
    const { irq, buffer, bufferSize } = readMvNotificationSetup(memory.view, address);
    if (interruptHandlers[irq] === undefined || this.#interrupts.isFast(irq)) return INVALIDINTERRUPT;
    if (bufferSize % MvNotificationLayout.SIZE !== 0 || bufferSize < 2 * MvNotificationLayout.SIZE) {
      return INVALIDBUFFERSIZE;
    }
    if (!memory.holds(buffer, bufferSize, 8)) return PARAMETERFAULT;
    const range = { address: buffer, size: bufferSize };
    if (this.#services.buffersInUse().some((used) => overlaps(used, range))) return MvStatus.BUFFERALREADYINUSE;
    if (handles.count(NOTIFICATION) >= limits.notificationBuffers) return MvStatus.TOOMANYNOTIFICATIONBUFFERS;
    const handle = handles.open(NOTIFICATION, { ...range, irq, next: 0 });
    memory.view.setUint32(handleOut, handle, true);
    return OKAY;
  }

  #close(address: number) {
    const { memory, handles } = this.#services;
    if (!memory.holds(address, 4, 4)) return PARAMETERFAULT;
    const handle = memory.view.getUint32(address, true);
    if (!handles.find(NOTIFICATION, handle)) return INVALIDHANDLE;
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
    return OKAY;
  }

  /** A type that the SDK does not know is appended as it is. */
  #trigger(handle: number, eventType: number, tag: number) {
    if (!this.#services.handles.find(NOTIFICATION, handle)) return INVALIDHANDLE;
    this.notify(handle, eventType as MvEventType, tag);
    return OKAY;
  }
}
