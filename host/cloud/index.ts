/** The config and secret stores of the devices, their REST API, and a client of that API. */
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
export { deviceConfigSource } from './device-config-source.js';
export type { Cloud, CloudLimits, CloudOptions, TlsFiles } from './rest/cloud-options.js';
export { CloudStartError, type CloudStartErrorCode } from './rest/cloud-start-error.js';
export { startCloud } from './rest/start-cloud.js';
export { type Account, ensureAccount } from './store/account.js';
export { Store, type StoreOptions } from './store/store.js';
export { StoreError, type StoreErrorCode } from './store/store-error.js';
export { collectionPath, restPath, type Scope, type StoreName } from './store/values/scope.js';
export { MAX_KEY_LENGTH, MAX_VALUE_LENGTH, normalizeDeviceSid } from './store/values/value-limits.js';
export {
  type Change,
  type ListPage,
  type StoredValue,
  type ValuePlace,
  ValueStore,
} from './store/values/value-store.js';
