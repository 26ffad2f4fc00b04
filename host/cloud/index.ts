/** The cloud of the devices: its stores, its REST API, and a client of that API. */
export {
  CloudClient,
  type CloudClientOptions,
  cloudAddress,
  isInTheClear,
  type RemoteValue,
} from './client/rest-client.js';
export { CloudClientError, type CloudClientErrorCode } from './client/rest-client-error.js';
export {
  readPresent,
  type SecretDates,
  type Unrestored,
  WriteAllError,
  type WriteAllOptions,
  writeAll,
} from './client/write-all.js';
export {
  asChanges,
  isFinal,
  type NewValue,
  type PlannedWrite,
  type PresentValues,
  planWrites,
  type WritePlan,
} from './client/write-plan.js';
export {
  type CloudService,
  CloudServiceError,
  type CloudServiceErrorCode,
  type LogDelivery,
  type VersionedWanted,
} from './device/cloud-service.js';
export { deviceConfigSource } from './device/device-config-source.js';
export { DeviceLink, type DeviceLinkOptions } from './device/device-link.js';
export { HttpCloudService } from './device/http-cloud-service.js';
export { StoreCloudService } from './device/store-cloud-service.js';
export { CloudStartError } from './rest/cloud-start-error.js';
export type { Cloud, CloudOptions } from './rest/server.js';
export { startCloud } from './rest/start-cloud.js';
export { type Account, ensureAccount } from './store/account.js';
export { type AppOptions, Apps, type StoredApp } from './store/apps/apps.js';
export { type DeviceKey, DeviceKeys, type KeyOwner, ownerOf } from './store/devices/device-keys.js';
export type { StoredDevice } from './store/devices/device-record.js';
export { type DeviceReport, Devices, type DeviceUpdate } from './store/devices/devices.js';
export type { ListPage } from './store/list-page.js';
export { DeviceLogs, type LogLine, type LogPage } from './store/logs/device-logs.js';
export type { LogSettings, WrittenLine } from './store/logs/log-lines.js';
export { Store, type StoreOptions } from './store/store.js';
export { StoreError, type StoreErrorCode } from './store/store-error.js';
export { collectionPath, restPath, type Scope, type StoreName } from './store/values/scope.js';
export { MAX_KEY_LENGTH, MAX_VALUE_LENGTH, normalizeDeviceSid } from './store/values/value-limits.js';
export {
  type Change,
  type StoredValue,
  type ValuePlace,
  ValueStore,
} from './store/values/value-store.js';
