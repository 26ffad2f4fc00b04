export { type Account, ensureAccount } from './store/account.js';
export {
  CloudClient,
  CloudClientError,
  type CloudClientErrorCode,
  type CloudClientOptions,
  cloudAddress,
  isInTheClear,
  type RemoteValue,
} from './client/rest-client.js';
export { type ConfigRequest, type ConfigResult, type ConfigSource, deviceConfigSource } from './config-source.js';
export { StoreError, type StoreErrorCode } from './store/store-error.js';
export { MAX_KEY_LENGTH, MAX_VALUE_LENGTH, normalizeDeviceSid } from './store/value-limits.js';
export { collectionPath, restPath, type Scope, type StoreName } from './store/scope.js';
export { type Cloud, type CloudOptions, CloudStartError, startCloud } from './rest/server.js';
export { type Change, type ListPage, Store, type StoredValue, type StoreOptions } from './store/store.js';
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
