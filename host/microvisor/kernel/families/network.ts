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
import type { Channels } from './channels.js';
import { NETWORK, type NetworkRequest, NOTIFICATION } from './handle-kinds.js';
import type { KernelEvent } from './kernel-event.js';
import type { Notifications } from './notifications.js';
import type { Services } from './services.js';
import { type Calls, refuse } from './statuses.js';

type NetworkEvent = Extract<KernelEvent, { event: 'network' }>;

/** mvRequestNetwork, mvReleaseNetwork, mvGetNetworkStatus, mvGetNetworkReasons. */
export class Network {
  readonly #services: Services;
  readonly #notifications: Pick<Notifications, 'notify'>;
  readonly #channels: Pick<Channels, 'closeAll'>;
  #link = true;
  #everRequested = false;
  /** The status of the last network event. */
  #reported: MvNetworkStatus = MvNetworkStatus.DELIBERATELYOFFLINE;

  constructor(services: Services, notifications: Pick<Notifications, 'notify'>, channels: Pick<Channels, 'closeAll'>) {
    this.#services = services;
    this.#notifications = notifications;
    this.#channels = channels;
  }

  readonly calls: Calls = {
    mvRequestNetwork: (params, handleOut) => this.#request(params, handleOut),
    mvReleaseNetwork: (handle) => this.#release(handle),
    mvGetNetworkStatus: (handle, statusOut) => this.#status(handle, statusOut),
    mvGetNetworkReasons: (reasonsOut, countOut) => this.#reasons(reasonsOut, countOut),
  };

  /** False while the host holds the link down: log lines then wait in the application's buffer. */
  get link(): boolean {
    return this.#link;
  }

  /** Takes the link down or up again. Down closes every channel with NETWORKDISCONNECTED. */
  setLink(up: boolean): void {
    if (up === this.#link) return;
    this.#link = up;
    this.#services.turn((now) => {
      for (const [, request] of this.#services.handles.all(NETWORK)) {
        request.due = now + this.#services.behaviour.networkDelay;
        if (request.status === MvNetworkStatus.CONNECTED) this.#change(request, MvNetworkStatus.CONNECTING);
      }
      if (!up) this.#channels.closeAll(MvClosureReason.NETWORKDISCONNECTED, false);
    });
    this.#report();
    this.#services.wake();
  }

  tick(now: number): void {
    for (const [, request] of this.#services.handles.all(NETWORK)) {
      if (this.#link && request.status === MvNetworkStatus.CONNECTING && request.due <= now) {
        this.#change(request, MvNetworkStatus.CONNECTED);
      }
    }
    this.#report();
  }

  nextDeadline(): number | undefined {
    if (!this.#link) return undefined;
    const due = this.#services.handles
      .all(NETWORK)
      .filter(([, request]) => request.status === MvNetworkStatus.CONNECTING)
      .map(([, request]) => request.due);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  #change(request: NetworkRequest, status: MvNetworkStatus): void {
    request.status = status;
    this.#notifications.notify(request.notificationHandle, MvEventType.NETWORKSTATUSCHANGED, request.tag);
  }

  #report(): void {
    const states = this.#services.handles.all(NETWORK).map(([, request]) => request.status);
    const status = states.includes(MvNetworkStatus.CONNECTED)
      ? MvNetworkStatus.CONNECTED
      : (states[0] ?? MvNetworkStatus.DELIBERATELYOFFLINE);
    if (status === this.#reported) return;
    this.#reported = status;
    this.#services.emit({ event: 'network', status: nameOf(MvNetworkStatus, status) as NetworkEvent['status'] });
  }

  #request(address: number, handleOut: number): void {
    const { memory, handles, behaviour } = this.#services;
    memory.check(address, MvRequestNetworkParamsLayout.SIZE, 4);
    memory.check(handleOut, 4, 4);
    const params = readMvRequestNetworkParams(memory.view, address);
    if (params.version !== 1) refuse(MvStatus.UNSUPPORTEDSTRUCTUREVERSION);
    // PARAMETERFAULT is the only status that the call has for a bad notification handle; zero asks for no notifications.
    if (params.notificationHandle !== 0 && !handles.find(NOTIFICATION, params.notificationHandle)) {
      refuse(MvStatus.PARAMETERFAULT);
    }
    const handle = handles.open(NETWORK, {
      notificationHandle: params.notificationHandle,
      tag: params.notificationTag,
      status: MvNetworkStatus.CONNECTING,
      due: this.#services.now() + behaviour.networkDelay,
    });
    this.#everRequested = true;
    memory.view.setUint32(handleOut, handle, true);
    this.#services.wake();
  }

  #release(address: number): void {
    const { memory, handles } = this.#services;
    memory.check(address, 4, 4);
    const handle = memory.view.getUint32(address, true);
    if (!handles.find(NETWORK, handle)) refuse(MvStatus.INVALIDHANDLE);
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
    if (handles.all(NETWORK).length === 0) {
      this.#channels.closeAll(MvClosureReason.NETWORKDISCONNECTED, true);
    }
    this.#services.wake();
  }

  #status(handle: number, statusOut: number): void {
    this.#services.memory.check(statusOut, 4, 4);
    const request = this.#services.handles.find(NETWORK, handle) ?? refuse(MvStatus.INVALIDHANDLE);
    this.#services.memory.view.setUint32(statusOut, request.status, true);
  }

  #reasons(reasonsOut: number, countOut: number): void {
    const { memory, handles } = this.#services;
    memory.check(reasonsOut, 4, 4);
    memory.check(countOut, 4, 4);
    const count = handles.all(NETWORK).length;
    let reasons: number = MvNetworkReason.NOTCONNECTING;
    if (count > 0) reasons = MvNetworkReason.USINGNETWORK;
    else if (!this.#everRequested) reasons = MvNetworkReason.NEVERUSEDNETWORKAPI;
    memory.view.setUint32(reasonsOut, reasons, true);
    memory.view.setUint32(countOut, count, true);
  }
}
