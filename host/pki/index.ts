export { ensurePki, type KeyPairFiles, type Pki, type PkiOptions } from './ensure-pki.js';
export { PkiError, type PkiErrorCode } from './pki-error.js';
