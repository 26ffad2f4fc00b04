export { type Account, ensureAccount } from './account.js';
export {
  CloudClient,
  CloudClientError,
  type CloudClientErrorCode,
  type CloudClientOptions,
  cloudAddress,
  isInTheClear,
  type RemoteValue,
} from './client.js';
export { type ConfigRequest, type ConfigResult, type ConfigSource, deviceConfigSource } from './config-source.js';
export { StoreError, type StoreErrorCode } from './errors.js';
export { MAX_KEY_LENGTH, MAX_VALUE_LENGTH, normalizeDeviceSid } from './limits.js';
export { collectionPath, restPath, type Scope, type StoreName } from './scope.js';
export { type Cloud, type CloudOptions, CloudStartError, startCloud } from './server.js';
export { type Change, type ListPage, Store, type StoredValue, type StoreOptions } from './store.js';
export {
  readPresent,
  type SecretDates,
  type Unrestored,
  WriteAllError,
  type WriteAllOptions,
  writeAll,
} from './write-all.js';
export {
  asChanges,
  isFinal,
  type NewValue,
  type PlannedWrite,
  type PresentValues,
  planWrites,
  type WritePlan,
} from './write-plan.js';
