import { MvChannelType } from '../../../../build/abi/microvisor.js';
import type { FamilyServices } from '../../kernel/family.js';
import type { MqttChannel } from '../../managed-client/mqtt-channel.js';

/** What the MQTT calls use of the kernel. */
export type MqttCallServices = Pick<FamilyServices, 'memory' | 'limits' | 'behaviour' | 'channels'>;

export type UseMqtt = ReturnType<typeof useMqtt>;

/** Finds the open MQTT channel behind a handle, or the status of the call. Every such channel has an MqttChannel as its driver. */
export const useMqtt =
  ({ channels }: MqttCallServices) =>
  (handle: number) => {
    const channel = channels.use(handle, MvChannelType.MQTT);
    return typeof channel === 'number' ? channel : (channel.driver as MqttChannel);
  };
