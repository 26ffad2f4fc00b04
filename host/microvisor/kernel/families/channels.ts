import {
  MvChannelType,
  MvClosureReason,
  MvEventType,
  MvNetworkStatus,
  MvOpenChannelParamsLayout,
  MvStatus,
  readMvOpenChannelParams,
} from '../../../build/abi/microvisor.js';
import type { Channel, DriverFactory } from './channel-driver.js';
import type { Range } from './guest-memory.js';
import { CHANNEL, NETWORK, NOTIFICATION } from './handle-kinds.js';
import type { Notifications } from './notifications.js';
import type { Services } from './services.js';
import { type Calls, Refusal, refuse } from './statuses.js';

/** mvOpenChannel, mvCloseChannel, mvGetChannelClosureReason, and what all kinds of channels share. */
export class Channels {
  readonly #services: Services;
  readonly #notifications: Pick<Notifications, 'notify'>;
  readonly #drivers: Partial<Record<MvChannelType, DriverFactory>> = {};
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
  serve(drivers: Partial<Record<MvChannelType, DriverFactory>>): void {
    Object.assign(this.#drivers, drivers);
  }

  buffers(): Range[] {
    return this.#services.handles.all(CHANNEL).flatMap(([, channel]) => [channel.receive, channel.send]);
  }

  /**
   * The open channel of that type behind a handle; otherwise ends the call with INVALIDHANDLE (or `unknown`,
   * for the one call that does not have it) or CHANNELCLOSED.
   */
  use(handle: number, type: MvChannelType, unknown: MvStatus = MvStatus.INVALIDHANDLE): Channel {
    const channel = this.#services.handles.find(CHANNEL, handle);
    if (!channel || channel.type !== type) refuse(unknown);
    if (channel.closure !== MvClosureReason.NONE) refuse(MvStatus.CHANNELCLOSED);
    return channel;
  }

  /** Runs the part of a call that follows nested pointers: a LATEFAULT in it makes the channel unusable. */
  guard<T>(channel: Channel, part: () => T): T {
    try {
      return part();
    } catch (error) {
      if (error instanceof Refusal && error.status === MvStatus.LATEFAULT) {
        channel.closure = MvClosureReason.UNEXPECTEDLYTERMINATED;
        channel.driver.close('a request had an unusable nested pointer (LATEFAULT)', false);
      }
      throw error;
    }
  }

  /** Notifies the application that one more item can be read. */
  readable(channel: Channel): void {
    this.#notifications.notify(channel.notificationHandle, MvEventType.CHANNELDATAREADABLE, channel.tag);
  }

  /** Closes every channel from the kernel's side, each with the notification CHANNELNOTCONNECTED. */
  closeAll(reason: MvClosureReason, orderly: boolean): void {
    for (const [, channel] of this.#services.handles.all(CHANNEL)) {
      if (channel.closure !== MvClosureReason.NONE) continue;
      channel.closure = reason;
      channel.driver.close('the network was disconnected', orderly);
      this.#notifications.notify(channel.notificationHandle, MvEventType.CHANNELNOTCONNECTED, channel.tag);
    }
  }

  tick(now: number): void {
    for (const [, channel] of this.#services.handles.all(CHANNEL)) channel.driver.tick(now);
  }

  nextDeadline(now: number): number | undefined {
    const due = this.#services.handles.all(CHANNEL).flatMap(([, channel]) => channel.driver.nextDeadline(now) ?? []);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  /** Ends every connection in an orderly way, without telling the guest. */
  stop(): void {
    for (const [, channel] of this.#services.handles.all(CHANNEL)) channel.driver.close('the device stopped', true);
  }

  #open(address: number, handleOut: number): void {
    const { memory, handles, limits } = this.#services;
    memory.check(address, MvOpenChannelParamsLayout.SIZE, 4);
    memory.check(handleOut, 4, 4);
    const params = readMvOpenChannelParams(memory.view, address);
    // The call has no status of its own for an unknown structure version.
    if (params.version !== 1) refuse(MvStatus.PARAMETERFAULT);
    if (!handles.find(NOTIFICATION, params.notificationHandle)) refuse(MvStatus.INVALIDHANDLE);
    const network = handles.find(NETWORK, params.networkHandle) ?? refuse(MvStatus.INVALIDHANDLE);
    const endpoint = memory.copy(params.endpoint.data, params.endpoint.length);
    const receive = this.#buffer(params.receiveBuffer, params.receiveBufferLen);
    const send = this.#buffer(params.sendBuffer, params.sendBufferLen);
    const type = Object.values(MvChannelType).find((value) => value === params.channelType);
    if (type === undefined) refuse(MvStatus.UNKNOWNCHANNELTYPE);
    // MQTT and config fetch need no endpoint, and Microvisor has none with a name.
    if (endpoint.length > 0) refuse(MvStatus.UNKNOWNCHANNELENDPOINT);
    const factory = this.#drivers[type] ?? refuse(MvStatus.UNAVAILABLE);
    if (network.status !== MvNetworkStatus.CONNECTED) refuse(MvStatus.NETWORKNOTCONNECTED);
    if (handles.all(CHANNEL).length >= limits.channels) refuse(MvStatus.TOOMANYCHANNELS);
    this.#countOpen();
    const channel = {
      type,
      notificationHandle: params.notificationHandle,
      tag: params.notificationTag,
      receive,
      send,
      closure: MvClosureReason.NONE,
    } as Channel;
    channel.driver = factory(channel);
    memory.view.setUint32(handleOut, handles.open(CHANNEL, channel), true);
  }

  /** Refuses with PARAMETERFAULT (outside memory), INVALIDBUFFERALIGNMENT or INVALIDBUFFERSIZE, checked in this order. */
  #buffer(address: number, size: number): Range {
    const unit = this.#services.limits.bufferUnit;
    this.#services.memory.check(address, size);
    if (address % unit !== 0) refuse(MvStatus.INVALIDBUFFERALIGNMENT);
    if (size === 0 || size % unit !== 0) refuse(MvStatus.INVALIDBUFFERSIZE);
    return { address, size };
  }

  #countOpen(): void {
    const { openChannelBurst, openChannelWindow } = this.#services.limits;
    const now = this.#services.now();
    this.#opens = this.#opens.filter((time) => now - time < openChannelWindow);
    if (this.#opens.length >= openChannelBurst) refuse(MvStatus.RATELIMITED);
    this.#opens.push(now);
  }

  #close(address: number): void {
    const { memory, handles } = this.#services;
    memory.check(address, 4, 4);
    const handle = memory.view.getUint32(address, true);
    const channel = handles.find(CHANNEL, handle) ?? refuse(MvStatus.INVALIDHANDLE);
    if (channel.closure === MvClosureReason.NONE) {
      channel.closure = MvClosureReason.CLOSEDBYAPPLICATION;
      channel.driver.close('the application closed the channel', true);
    }
    handles.close(handle);
    memory.view.setUint32(address, 0, true);
  }

  #closureReason(handle: number, reasonOut: number): void {
    const { memory, handles } = this.#services;
    memory.check(reasonOut, 4, 4);
    const channel = handles.find(CHANNEL, handle) ?? refuse(MvStatus.INVALIDHANDLE);
    memory.view.setUint32(reasonOut, channel.closure, true);
  }
}
