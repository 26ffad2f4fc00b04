import type { FamilyServices } from '../kernel/family.js';
import type { MqttTransportFactory } from '../transport/transport.js';
import type { SessionStore } from './session-store.js';

/** What an MQTT channel uses of the kernel. */
export type MqttServices = Pick<FamilyServices, 'limits' | 'behaviour' | 'now' | 'turn' | 'emit' | 'wake' | 'channels'>;

/** What the MQTT channels of a device share. */
export interface Shared {
  readonly sessions: SessionStore;
  readonly openTransport: MqttTransportFactory;
}
