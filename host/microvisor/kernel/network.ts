import {
  MvClosureReason,
  MvEventType,
  MvNetworkReason,
  MvNetworkStatus,
  MvRequestNetworkParamsLayout,
  MvStatus,
  nameOf,
  readMvRequestNetworkParams,
} from '../../../build/abi/microvisor.js';
import type { Kernel } from './kernel.js';
import type { KernelEvent } from './kernel-event.js';
import { type Calls, refuse } from './statuses.js';

/** One open `mvRequestNetwork`. */
export interface NetworkRequest {
  notificationHandle: number;
  tag: number;
  status: MvNetworkStatus;
  /** When a CONNECTING request becomes CONNECTED, in milliseconds. */
  due: number;
}

type NetworkEvent = Extract<KernelEvent, { event: 'network' }>;

/** mvRequestNetwork, mvReleaseNetwork, mvGetNetworkStatus, mvGetNetworkReasons. */
export class Network {
  #link = true;
  #everRequested = false;
  #told: MvNetworkStatus = MvNetworkStatus.DELIBERATELYOFFLINE;

  constructor(private readonly kernel: Kernel) {}

  calls(): Calls {
    return {
      mvRequestNetwork: (params, handleOut) => this.#request(params, handleOut),
      mvReleaseNetwork: (handle) => this.#release(handle),
      mvGetNetworkStatus: (handle, statusOut) => this.#status(handle, statusOut),
      mvGetNetworkReasons: (reasonsOut, countOut) => this.#reasons(reasonsOut, countOut),
    };
  }

  /** False while the host holds the link down: logging is then kept in its buffer. */
  get link(): boolean {
    return this.#link;
  }

  /** Takes the link down or up again. Down closes every channel with NETWORKDISCONNECTED. */
  setLink(up: boolean): void {
    if (up === this.#link) return;
    this.#link = up;
    for (const [, request] of this.kernel.handles.all('network')) {
      request.due = this.kernel.now() + this.kernel.behaviour.networkDelay;
      if (request.status === MvNetworkStatus.CONNECTED) this.#change(request, MvNetworkStatus.CONNECTING);
    }
    if (!up) this.kernel.channels.closeAll(MvClosureReason.NETWORKDISCONNECTED, false);
    this.#tell();
    this.kernel.wake();
  }

  tick(now: number): void {
    for (const [, request] of this.kernel.handles.all('network')) {
      if (this.#link && request.status === MvNetworkStatus.CONNECTING && request.due <= now) {
        this.#change(request, MvNetworkStatus.CONNECTED);
      }
    }
    this.#tell();
  }

  nextDeadline(): number | undefined {
    if (!this.#link) return undefined;
    const due = this.kernel.handles
      .all('network')
      .filter(([, request]) => request.status === MvNetworkStatus.CONNECTING)
      .map(([, request]) => request.due);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  #change(request: NetworkRequest, status: MvNetworkStatus): void {
    request.status = status;
    this.kernel.notifications.notify(request.notificationHandle, MvEventType.NETWORKSTATUSCHANGED, request.tag);
  }

  #tell(): void {
    const states = this.kernel.handles.all('network').map(([, request]) => request.status);
    const status = states.includes(MvNetworkStatus.CONNECTED)
      ? MvNetworkStatus.CONNECTED
      : (states[0] ?? MvNetworkStatus.DELIBERATELYOFFLINE);
    if (status === this.#told) return;
    this.#told = status;
    this.kernel.emit({ event: 'network', status: nameOf(MvNetworkStatus, status) as NetworkEvent['status'] });
  }

  #request(address: number, handleOut: number): void {
    const { memory, handles, behaviour } = this.kernel;
    memory.check(address, MvRequestNetworkParamsLayout.SIZE, 4);
    memory.check(handleOut, 4, 4);
    const params = readMvRequestNetworkParams(memory.view, address);
    if (params.version !== 1) refuse(MvStatus.UNSUPPORTEDSTRUCTUREVERSION);
    // The call has no status for a bad notification handle but this one; zero asks for no notifications.
    if (params.notificationHandle !== 0 && !handles.find('notification', params.notificationHandle)) {
      refuse(MvStatus.PARAMETERFAULT);
    }
    const handle = handles.open('network', {
      notificationHandle: params.notificationHandle,
      tag: params.notificationTag,
      status: MvNetworkStatus.CONNECTING,
      due: this.kernel.now() + behaviour.networkDelay,
    });
    this.#everRequested = true;
    memory.view.setUint32(handleOut, handle, true);
    this.kernel.wake();
  }

  #release(address: number): void {
    const { memory, handles } = this.kernel;
    memory.check(address, 4, 4);
    const handle = memory.view.getUint32(address, true);
    if (!handles.find('network', handle)) refuse(MvStatus.INVALIDHANDLE);
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
    if (handles.all('network').length === 0) {
      this.kernel.channels.closeAll(MvClosureReason.NETWORKDISCONNECTED, true);
    }
    this.kernel.wake();
  }

  #status(handle: number, statusOut: number): void {
    this.kernel.memory.check(statusOut, 4, 4);
    const request = this.kernel.handles.find('network', handle) ?? refuse(MvStatus.INVALIDHANDLE);
    this.kernel.memory.view.setUint32(statusOut, request.status, true);
  }

  #reasons(reasonsOut: number, countOut: number): void {
    const { memory, handles } = this.kernel;
    memory.check(reasonsOut, 4, 4);
    memory.check(countOut, 4, 4);
    const count = handles.all('network').length;
    let reasons: number = MvNetworkReason.NOTCONNECTING;
    if (count > 0) reasons = MvNetworkReason.USINGNETWORK;
    else if (!this.#everRequested) reasons = MvNetworkReason.NEVERUSEDNETWORKAPI;
    memory.view.setUint32(reasonsOut, reasons, true);
    memory.view.setUint32(countOut, count, true);
  }
}
