import { MvChannelType } from '../../../../build/abi/microvisor.js';
import type { FamilyFactory, FamilyServices } from '../../kernel/family.js';
import { MqttChannel } from '../../managed-client/mqtt-channel.js';
import { type SessionSettings, SessionStore } from '../../managed-client/session-store.js';
import type { MqttTransportFactory } from '../../transport/transport.js';
import { requestCalls } from './requests.js';
import { responseCalls } from './responses.js';
import { useMqtt } from './use-mqtt.js';

/** The 14 MQTT calls over the channels of type MQTT, which connect through this transport. */
export function mqttCalls(openTransport: MqttTransportFactory): FamilyFactory {
  return (kernel) => {
    const sessions = new SessionStore(settingsOf(kernel), kernel.limits.sessions);
    const use = useMqtt(kernel);
    return {
      calls: { ...requestCalls(kernel, use), ...responseCalls(kernel, use) },
      channelKinds: {
        [MvChannelType.MQTT]: { open: (channel) => new MqttChannel(kernel, channel, { sessions, openTransport }) },
      },
    };
  };
}

/** No more than is needed: there is one for each device. */
function settingsOf({ limits, behaviour }: FamilyServices): SessionSettings {
  const { publishesInFlight, subscribesInFlight, messagesInFlight, topicAliases } = limits;
  const { sessionExpiryInterval, pingTimeout } = behaviour;
  return { publishesInFlight, subscribesInFlight, messagesInFlight, topicAliases, sessionExpiryInterval, pingTimeout };
}
