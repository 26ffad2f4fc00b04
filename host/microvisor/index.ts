/** The Microvisor system-call shim. */
export type { ConfigItem, ConfigItemResult, ConfigSource } from './calls/config-fetch.js';
export { type FlashMedium, FlashMemory } from './calls/hardware/flash-medium.js';
export { createKernel, type KernelOptions } from './calls/index.js';
export type { OpaqueConnection, OpaqueEndpoint, OpaqueEvents } from './calls/opaque/opaque-endpoint.js';
export { Device, type DeviceOptions } from './device/device.js';
export { FlashFile, FlashFileError } from './device/flash-file.js';
export type { Guest } from './guest/guest.js';
export { GuestError } from './guest/guest-error.js';
export { type CompileOptions, compileGuest, type GuestModule, type ModuleCache } from './guest/guest-module.js';
export { GuestTrap } from './guest/guest-trap.js';
export { type GuestOptions, loadGuest } from './guest/load-guest.js';
export type { Kernel } from './kernel/kernel.js';
export type { ConnectEvidence, FetchedKey, KernelEvent } from './kernel/kernel-event.js';
export { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './kernel/settings.js';
export { allowedStatuses, KernelError } from './kernel/statuses.js';
export {
  type HttpClient,
  type HttpClientRequest,
  type HttpExchange,
  type HttpOutcome,
  type MqttTransportFactory,
  type NodeHttpClientOptions,
  nodeHttpClient,
  type TlsTransportOptions,
  type Transport,
  type TransportEvents,
  type TransportFailure,
  type TransportRequest,
  tlsTransport,
} from './transport/index.js';
