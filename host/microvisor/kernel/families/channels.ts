import {
  MvChannelType,
  MvClosureReason,
  MvEventType,
  MvNetworkStatus,
  MvOpenChannelParamsLayout,
  MvStatus,
  readMvOpenChannelParams,
} from '../../../../build/abi/microvisor.js';
import type { Channel, ChannelKind, ChannelKinds } from '../channel-driver.js';
import { earlier } from '../earlier.js';
import type { Range } from '../guest-memory.js';
import { CHANNEL, NETWORK, NOTIFICATION } from '../handle-kinds.js';
import type { Services } from '../services.js';
import type { Calls } from '../statuses.js';
import type { Notifications } from './notifications.js';

const { OKAY, PARAMETERFAULT, INVALIDHANDLE, INVALIDBUFFERALIGNMENT, INVALIDBUFFERSIZE } = MvStatus;
const { CHANNELCLOSED, LATEFAULT, UNKNOWNCHANNELENDPOINT } = MvStatus;

/** mvOpenChannel, mvCloseChannel, mvGetChannelClosureReason, and what all kinds of channels share. */
export class Channels {
  readonly #services: Services;
  readonly #notifications: Pick<Notifications, 'notify'>;
  readonly #kinds: ChannelKinds = {};
  /** Times of the opens within the rate-limit window. */
  #opens: number[] = [];

  constructor(services: Services, notifications: Pick<Notifications, 'notify'>) {
    this.#services = services;
    this.#notifications = notifications;
  }

  readonly calls: Calls = {
    mvOpenChannel: (params, handleOut) => this.#open(params, handleOut),
    mvCloseChannel: (handle) => this.#close(handle),
    mvGetChannelClosureReason: (handle, reasonOut) => this.#closureReason(handle, reasonOut),
  };

  /** Channels of these types can be opened from now on. */
  serve(kinds: ChannelKinds): void {
    Object.assign(this.#kinds, kinds);
  }

  buffers(): Range[] {
    return this.#services.handles.all(CHANNEL).flatMap(({ receive, send }) => [receive, send]);
  }

  /** The open channel of that type behind a handle; otherwise the status of the call. */
  use(handle: number, type: MvChannelType) {
    const channel = this.#services.handles.find(CHANNEL, handle);
    if (channel?.type !== type) return INVALIDHANDLE;
    return channel.closure === MvClosureReason.NONE ? channel : CHANNELCLOSED;
  }

  /**
   * Ends a call that followed nested pointers. A LATEFAULT makes the channel unusable.
   * @returns the status
   */
  ended<Status extends MvStatus>(channel: Channel, status: Status): Status {
    if (status === LATEFAULT) {
      channel.closure = MvClosureReason.UNEXPECTEDLYTERMINATED;
      channel.driver.close('a request had an unusable nested pointer (LATEFAULT)', false);
    }
    return status;
  }

  /** Notifies the application that one more item can be read. */
  readable(channel: Channel): void {
    this.notify(channel, MvEventType.CHANNELDATAREADABLE);
  }

  /** Notifies the application of an event of this channel. */
  notify(channel: Channel, event: MvEventType): void {
    this.#notifications.notify(channel.notificationHandle, event, channel.tag);
  }

  /** Closes one channel from the kernel's side, with the notification CHANNELNOTCONNECTED. */
  disconnect(channel: Channel, closure: MvClosureReason, reason: string, orderly: boolean): void {
    if (channel.closure !== MvClosureReason.NONE) return;
    channel.closure = closure;
    channel.driver.close(reason, orderly);
    this.notify(channel, MvEventType.CHANNELNOTCONNECTED);
  }

  /** Closes every channel from the kernel's side. */
  closeAll(closure: MvClosureReason, orderly: boolean): void {
    for (const channel of this.#services.handles.all(CHANNEL)) {
      this.disconnect(channel, closure, 'the network was disconnected', orderly);
    }
  }

  tick(now: number): void {
    for (const channel of this.#services.handles.all(CHANNEL)) channel.driver.tick(now);
  }

  nextDeadline(now: number): number | undefined {
    let due: number | undefined;
    for (const { driver } of this.#services.handles.all(CHANNEL)) due = earlier(due, driver.nextDeadline(now));
    return due;
  }

  /** Ends every connection in an orderly way, without telling the guest. */
  stop(reason = 'the device stopped'): void {
    for (const { driver } of this.#services.handles.all(CHANNEL)) driver.close(reason, true);
  }

  /** The application is to be restarted: its channels are closed. */
  restart(): void {
    this.stop('the application was restarted');
    this.#opens = [];
  }

  #open(address: number, handleOut: number) {
    const { memory, handles, limits } = this.#services;
    if (!memory.holds(address, MvOpenChannelParamsLayout.SIZE, 4) || !memory.holds(handleOut, 4, 4)) {
      return PARAMETERFAULT;
    }
    const params = readMvOpenChannelParams(memory.view, address);
    // The call has no status of its own for an unknown structure version.
    if (params.version !== 1) return PARAMETERFAULT;
    if (!handles.find(NOTIFICATION, params.notificationHandle)) return INVALIDHANDLE;
    const network = handles.find(NETWORK, params.networkHandle);
    if (!network) return INVALIDHANDLE;
    const endpoint = params.endpoint;
    if (!memory.holdsBytes(endpoint.data, endpoint.length)) return PARAMETERFAULT;
    const type = Object.values(MvChannelType).find((value) => value === params.channelType);
    const kind = type === undefined ? undefined : this.#kinds[type];
    const receive = { address: params.receiveBuffer, size: params.receiveBufferLen };
    const send = { address: params.sendBuffer, size: params.sendBufferLen };
    const received = this.#checkBuffer(receive, kind?.anyReceiveBuffer ? 1 : limits.bufferUnit);
    if (received !== OKAY) return received;
    const sent = this.#checkBuffer(send, limits.bufferUnit);
    if (sent !== OKAY) return sent;
    if (type === undefined) return MvStatus.UNKNOWNCHANNELTYPE;
    const name = this.#endpointName(kind, endpoint.data, endpoint.length);
    if (name === undefined) return UNKNOWNCHANNELENDPOINT;
    if (!kind) return MvStatus.UNAVAILABLE;
    if (network.status !== MvNetworkStatus.CONNECTED) return MvStatus.NETWORKNOTCONNECTED;
    if (handles.count(CHANNEL) >= limits.channels) return MvStatus.TOOMANYCHANNELS;
    if (!this.#countOpen()) return MvStatus.RATELIMITED;
    const channel = {
      type,
      endpoint: name,
      notificationHandle: params.notificationHandle,
      tag: params.notificationTag,
      receive,
      send,
      closure: MvClosureReason.NONE,
    } as Channel;
    channel.driver = kind.open(channel);
    memory.view.setUint32(handleOut, handles.open(CHANNEL, channel), true);
    return OKAY;
  }

  /** The name of an endpoint of this kind; undefined when there is no such endpoint. */
  #endpointName(kind: ChannelKind | undefined, address: number, length: number): string | undefined {
    if (!kind?.endpoints) return length === 0 ? '' : undefined;
    if (length > this.#services.limits.endpointLength) return undefined;
    const name = Buffer.from(this.#services.memory.copy(address, length) ?? []).toString('latin1');
    return kind.endpoints.has(name) ? name : undefined;
  }

  /** PARAMETERFAULT (outside memory), INVALIDBUFFERALIGNMENT or INVALIDBUFFERSIZE, checked in this order, or OKAY. */
  #checkBuffer({ address, size }: Range, unit: number) {
    const { memory, limits } = this.#services;
    if (!memory.holds(address, size)) return PARAMETERFAULT;
    if (address % unit !== 0) return INVALIDBUFFERALIGNMENT;
    return size === 0 || size % unit !== 0 || size > limits.channelBuffer ? INVALIDBUFFERSIZE : OKAY;
  }

  /** False when too many channels were opened within the window. */
  #countOpen(): boolean {
    const { openChannelBurst, openChannelWindow } = this.#services.limits;
    const now = this.#services.now();
    this.#opens = this.#opens.filter((time) => now - time < openChannelWindow);
    if (this.#opens.length >= openChannelBurst) return false;
    this.#opens.push(now);
    return true;
  }

  #close(address: number) {
    const { memory, handles } = this.#services;
    if (!memory.holds(address, 4, 4)) return PARAMETERFAULT;
    const handle = memory.view.getUint32(address, true);
    const channel = handles.find(CHANNEL, handle);
    if (!channel) return INVALIDHANDLE;
    if (channel.closure === MvClosureReason.NONE) {
      channel.closure = MvClosureReason.CLOSEDBYAPPLICATION;
      channel.driver.close('the application closed the channel', true);
    }
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
    return OKAY;
  }

  #closureReason(handle: number, reasonOut: number) {
    const { memory, handles } = this.#services;
    if (!memory.holds(reasonOut, 4, 4)) return PARAMETERFAULT;
    const channel = handles.find(CHANNEL, handle);
    if (!channel) return INVALIDHANDLE;
    memory.view.setUint32(reasonOut, channel.closure, true);
    return OKAY;
  }
}
