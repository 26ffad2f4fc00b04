/** The Microvisor system-call shim for reactive guests. */
export type { ConfigItem, ConfigItemResult, ConfigSource } from './config-fetch.js';
export { Device, type DeviceOptions } from './device.js';
export type { FetchedKey, KernelEvent } from './events.js';
export { Guest, GuestError, GuestTrap, loadGuest } from './guest.js';
export { Kernel, type KernelOptions } from './kernel.js';
export { type TlsTransportOptions, tlsTransport } from './mqtt/transport.js';
export type {
  MqttTransportFactory,
  Transport,
  TransportEvents,
  TransportFailure,
  TransportRequest,
} from './mqtt/transport-types.js';
export { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './settings.js';
export { allowedStatuses, KernelError } from './statuses.js';
