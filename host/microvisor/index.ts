/** The Microvisor system-call shim. */
export type { AnalogInput } from './board/peripherals/analog-inputs.js';
export { Ht16k33 } from './board/peripherals/devices/ht16k33.js';
export { Th02 } from './board/peripherals/devices/th02.js';
export type { I2cDevice } from './board/peripherals/i2c-bus.js';
export type { SpiDevice } from './board/peripherals/spi-bus.js';
export type { RtosSettings } from './board/rtos/rtos-ports.js';
export type { Stm32u585Board } from './board/stm32u585-board.js';
export { type Stm32u585Options, stm32u585 } from './board/stm32u585-model.js';
export type { ConfigItem, ConfigItemResult, ConfigSource } from './calls/config-fetch.js';
export { type FlashMedium, FlashMemory } from './calls/hardware/flash-medium.js';
export { type WifiMedium, WifiMemory, type WifiSettings } from './calls/hardware/wifi-medium.js';
export { createKernel, type KernelOptions, servedCalls } from './calls/index.js';
export type { OpaqueConnection, OpaqueEndpoint, OpaqueEvents } from './calls/opaque/opaque-endpoint.js';
export { CloudFollower, type FollowerEvent } from './device/cloud-follower.js';
export { Device, type DeviceOptions } from './device/device.js';
export { type DeviceClock, realClock } from './device/device-clock.js';
export type {
  CloudApplication,
  CloudedDevice,
  DeviceCloud,
  DeviceReport,
  UpdateFailure,
  Wanted,
} from './device/device-cloud.js';
export { FlashFile, FlashFileError } from './device/flash-file.js';
export { fileModuleCache } from './device/module-cache.js';
export { WifiFile } from './device/wifi-file.js';
export { makeResumable } from './guest/blocking/make-resumable.js';
export type { WatchedRegisters } from './guest/board-port.js';
export type { Guest } from './guest/guest.js';
export { GuestError } from './guest/guest-error.js';
export {
  type CompileOptions,
  compileGuest,
  type GuestModule,
  type ModuleCache,
  type Rewrite,
} from './guest/guest-module.js';
export { GuestTrap } from './guest/guest-trap.js';
export { type GuestOptions, type LoadOptions, loadGuest } from './guest/load-guest.js';
export { type IsolatedDeviceOptions, type IsolatedEvent, isolateDevice } from './isolated/isolate-device.js';
export type { IsolatedDevice } from './isolated/isolated-device.js';
export type { Kernel } from './kernel/kernel.js';
export type { ConnectEvidence, FetchedKey, KernelEvent } from './kernel/kernel-event.js';
export { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './kernel/settings.js';
export { allowedStatuses, KernelError } from './kernel/statuses.js';
export {
  type BrokerHost,
  type BrokerPort,
  type ConfigValues,
  createDevice,
  type EventName,
  type HttpAnswer,
  type HttpHandler,
  type ReachableBroker,
  type RecordedCall,
  type RecordedEvent,
  type RecordedMessage,
  TestBroker,
  type TestBrokerOptions,
  TestDevice,
  type TestDeviceOptions,
  type Ticking,
  VirtualClock,
} from './testing/index.js';
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
