export {
  ensureNamedDevice,
  ensurePki,
  ensureServerPki,
  type KeyPairFiles,
  type NamedDevice,
  type Pki,
  type PkiOptions,
} from './ensure-pki.js';
export { PkiError, type PkiErrorCode } from './pki-error.js';
