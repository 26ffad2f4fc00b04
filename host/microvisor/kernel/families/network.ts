import {
  MvClosureReason,
  MvEventType,
  MvNetworkReason,
  MvNetworkStatus,
  MvRequestNetworkParamsLayout,
  MvStatus,
  nameOf,
  readMvRequestNetworkParams,
} from '../../../../build/abi/microvisor.js';
import { earlier } from '../earlier.js';
import { NETWORK, type NetworkRequest, NOTIFICATION } from '../handle-kinds.js';
import type { KernelEvent } from '../kernel-event.js';
import type { Services } from '../services.js';
import type { Calls } from '../statuses.js';
import type { Channels } from './channels.js';
import type { Notifications } from './notifications.js';

const { OKAY, PARAMETERFAULT, INVALIDHANDLE } = MvStatus;

type NetworkEvent = Extract<KernelEvent, { event: 'network' }>;

/** mvRequestNetwork, mvReleaseNetwork, mvGetNetworkStatus, mvGetNetworkReasons. */
export class Network {
  readonly #services: Services;
  readonly #notifications: Pick<Notifications, 'notify'>;
  readonly #channels: Pick<Channels, 'closeAll'>;
  readonly #watchers: (() => void)[] = [];
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
      for (const request of this.#services.handles.all(NETWORK)) {
        request.due = now + this.#services.behaviour.networkDelay;
        if (request.status === MvNetworkStatus.CONNECTED) this.#change(request, MvNetworkStatus.CONNECTING);
      }
      if (!up) this.#channels.closeAll(MvClosureReason.NETWORKDISCONNECTED, false);
    });
    // Without a request the connection is the kernel's own, and has no status.
    if (this.#services.handles.count(NETWORK) === 0) this.#changed();
    this.#report();
    this.#services.wake();
  }

  tick(now: number): void {
    for (const request of this.#services.handles.all(NETWORK)) {
      if (this.#link && request.status === MvNetworkStatus.CONNECTING && request.due <= now) {
        this.#change(request, MvNetworkStatus.CONNECTED);
      }
    }
    this.#report();
  }

  nextDeadline(): number | undefined {
    if (!this.#link) return undefined;
    let due: number | undefined;
    for (const request of this.#services.handles.all(NETWORK)) {
      if (request.status === MvNetworkStatus.CONNECTING) due = earlier(due, request.due);
    }
    return due;
  }

  /** The application was restarted: whether it used the network before is forgotten. */
  restart(): void {
    this.#everRequested = false;
  }

  /** Whether something holds or asks for a connection to the cloud, as far as {@link mvGetNetworkReasons} tells. */
  get active(): boolean {
    return this.#services.handles.count(NETWORK) > 0 || !this.#everRequested;
  }

  /** Calls the listener after each change of the connection to the cloud. */
  watch(listener: () => void): void {
    this.#watchers.push(listener);
  }

  #change(request: NetworkRequest, status: MvNetworkStatus): void {
    request.status = status;
    this.#notifications.notify(request.notificationHandle, MvEventType.NETWORKSTATUSCHANGED, request.tag);
  }

  #report(): void {
    const states = this.#services.handles.all(NETWORK).map(({ status }) => status);
    const status = states.includes(MvNetworkStatus.CONNECTED)
      ? MvNetworkStatus.CONNECTED
      : (states[0] ?? MvNetworkStatus.DELIBERATELYOFFLINE);
    if (status === this.#reported) return;
    this.#reported = status;
    this.#services.emit({ event: 'network', status: nameOf(MvNetworkStatus, status) as NetworkEvent['status'] });
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #request(address: number, handleOut: number) {
    const { memory, handles, behaviour, limits } = this.#services;
    if (!memory.holds(address, MvRequestNetworkParamsLayout.SIZE, 4) || !memory.holds(handleOut, 4, 4)) {
      return PARAMETERFAULT;
    }
    const params = readMvRequestNetworkParams(memory.view, address);
    if (params.version !== 1) return MvStatus.UNSUPPORTEDSTRUCTUREVERSION;
    // PARAMETERFAULT is the only status that the call has for a bad notification handle; zero asks for no notifications.
    if (params.notificationHandle !== 0 && !handles.find(NOTIFICATION, params.notificationHandle)) {
      return PARAMETERFAULT;
    }
    // The call has no status of its own for too many requests.
    if (handles.count(NETWORK) >= limits.networkRequests) return PARAMETERFAULT;
    const handle = handles.open(NETWORK, {
      notificationHandle: params.notificationHandle,
      tag: params.notificationTag,
      status: MvNetworkStatus.CONNECTING,
      due: this.#services.now() + behaviour.networkDelay,
    });
    this.#everRequested = true;
    memory.view.setUint32(handleOut, handle, true);
    this.#services.wake();
    return OKAY;
  }

  #release(address: number) {
    const { memory, handles } = this.#services;
    if (!memory.holds(address, 4, 4)) return PARAMETERFAULT;
    const handle = memory.view.getUint32(address, true);
    if (!handles.find(NETWORK, handle)) return INVALIDHANDLE;
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
    if (handles.count(NETWORK) === 0) {
      this.#channels.closeAll(MvClosureReason.NETWORKDISCONNECTED, true);
    }
    this.#services.wake();
    return OKAY;
  }

  #status(handle: number, statusOut: number) {
    const { memory, handles } = this.#services;
    if (!memory.holds(statusOut, 4, 4)) return PARAMETERFAULT;
    const request = handles.find(NETWORK, handle);
    if (!request) return INVALIDHANDLE;
    memory.view.setUint32(statusOut, request.status, true);
    return OKAY;
  }

  #reasons(reasonsOut: number, countOut: number) {
    const { memory, handles } = this.#services;
    if (!memory.holds(reasonsOut, 4, 4) || !memory.holds(countOut, 4, 4)) return PARAMETERFAULT;
    const count = handles.count(NETWORK);
    let reasons: number = MvNetworkReason.NOTCONNECTING;
    if (count > 0) reasons = MvNetworkReason.USINGNETWORK;
    else if (!this.#everRequested) reasons = MvNetworkReason.NEVERUSEDNETWORKAPI;
    memory.view.setUint32(reasonsOut, reasons, true);
    memory.view.setUint32(countOut, count, true);
    return OKAY;
  }
}
