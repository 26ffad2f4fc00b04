import { MvChannelType } from '../../../../build/abi/microvisor.js';
import type { Channel } from '../../kernel/channel-driver.js';
import type { FamilyServices } from '../../kernel/family.js';
import type { MqttChannel } from '../../managed-client/mqtt-channel.js';

/** What the MQTT calls use of the kernel. */
export type MqttCallServices = Pick<FamilyServices, 'memory' | 'limits' | 'behaviour' | 'channels'>;

/** Finds the open MQTT channel behind a handle, or ends the call. */
export type UseMqtt = (handle: number) => { channel: Channel; mqtt: MqttChannel };

/** Every MQTT channel of this kernel must have an MqttChannel as its driver. */
export function useMqtt({ channels }: MqttCallServices): UseMqtt {
  return (handle) => {
    const channel = channels.use(handle, MvChannelType.MQTT);
    return { channel, mqtt: channel.driver as MqttChannel };
  };
}
