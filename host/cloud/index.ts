/** The cloud of the devices: its stores, its REST API, and a client of that API. */

export type { ServiceLimits as CloudLimits, TlsFiles } from '../http/service-options.js';
export {
  ServiceStartError as CloudStartError,
  type ServiceStartErrorCode as CloudStartErrorCode,
} from '../http/service-start-error.js';
export { cloudAddress, isInTheClear } from './client/cloud-address.js';
export { CloudClient, type CloudClientOptions, type RemoteValue } from './client/rest-client.js';
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
export type { Caller } from './rest/auth.js';
export type { Cloud, CloudOptions } from './rest/cloud-options.js';
export { startCloud } from './rest/start-cloud.js';
export type { AccountCredentials, AccountInfo, Accounts } from './store/accounts/accounts.js';
export { DEFAULT_ACCOUNT, type DefaultAccount, type TokenKeeper } from './store/accounts/default-account.js';
export { type AppOptions, Apps, type StoredApp } from './store/apps/apps.js';
export type { ArchiveSecret } from './store/archive/archive-key.js';
export { exportRecords } from './store/archive/export-records.js';
export { type ImportOptions, importRecords } from './store/archive/import-records.js';
export { type CopyOptions, copyStore } from './store/copy-store.js';
export { type DeviceKey, DeviceKeys, type KeyOwner, ownerOf } from './store/devices/device-keys.js';
export type { StoredDevice } from './store/devices/device-record.js';
export { type DeviceReport, Devices, type DeviceUpdate } from './store/devices/devices.js';
export { isPostgresAddress, shownPlace } from './store/engine/postgres/postgres-address.js';
export type { ApiKey, ApiKeys, NewApiKey } from './store/keys/api-keys.js';
export type { ListPage } from './store/list-page.js';
export { DeviceLogs, type LogLine, type LogPage } from './store/logs/device-logs.js';
export type { LogSettings, WrittenLine } from './store/logs/log-lines.js';
export { openSealed, type SealOptions } from './store/open-sealed.js';
export { fixedMasterKey, MasterKey, type MasterKeySource } from './store/seal/master-key.js';
export { MasterKeyCommand } from './store/seal/master-key-command.js';
export { MasterKeyFile } from './store/seal/master-key-file.js';
export type { Rotation } from './store/seal/rotate-keys.js';
export type { SealedEngine } from './store/seal/sealed-engine.js';
export { Store, type StoreOptions } from './store/store.js';
export { StoreError, type StoreErrorCode } from './store/store-error.js';
export { MASTER_KEY_FILE } from './store/store-files.js';
export { collectionPath, restPath, type Scope, type StoreName } from './store/values/scope.js';
export { MAX_KEY_LENGTH, MAX_VALUE_LENGTH, normalizeDeviceSid } from './store/values/value-limits.js';
export {
  type Change,
  type StoredValue,
  type ValuePlace,
  ValueStore,
} from './store/values/value-store.js';
