import { MvChannelType } from '../../../../build/abi/microvisor.js';
import type { Channel, ChannelDriver } from '../../kernel/channels.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Calls } from '../../kernel/statuses.js';
import { MqttConnection } from '../../managed-client/mqtt-channel.js';
import { Sessions } from '../../managed-client/session-store.js';
import { requestCalls } from './requests.js';
import { responseCalls } from './responses.js';

/** The 14 MQTT calls over the channels of type MQTT. */
export class MqttChannels {
  readonly #sessions: Sessions;

  constructor(private readonly kernel: Kernel) {
    this.#sessions = new Sessions({ ...kernel.limits, ...kernel.behaviour }, kernel.limits.sessions);
  }

  readonly driver = (channel: Channel): ChannelDriver => new MqttConnection(this.kernel, channel, this.#sessions);

  calls(): Calls {
    const use = (handle: number) => {
      const channel = this.kernel.channels.use(handle, MvChannelType.MQTT);
      return { channel, connection: channel.driver as MqttConnection };
    };
    return { ...requestCalls(this.kernel, use), ...responseCalls(this.kernel, use) };
  }
}

/** Finds the open MQTT channel behind a handle, or ends the call. */
export type UseMqtt = (handle: number) => { channel: Channel; connection: MqttConnection };
