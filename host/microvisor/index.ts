/** The Microvisor system-call shim for reactive guests. */
export type { ConfigItem, ConfigItemResult, ConfigSource } from './calls/config-fetch.js';
export { Device, type DeviceOptions } from './device/device.js';
export { Guest, GuestError, GuestTrap, loadGuest } from './guest/guest.js';
export { Kernel, type KernelOptions } from './kernel/kernel.js';
export type { FetchedKey, KernelEvent } from './kernel/kernel-event.js';
export { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './kernel/settings.js';
export { allowedStatuses, KernelError } from './kernel/statuses.js';
export { type TlsTransportOptions, tlsTransport } from './transport/tls-transport.js';
export type {
  MqttTransportFactory,
  Transport,
  TransportEvents,
  TransportFailure,
  TransportRequest,
} from './transport/transport.js';
