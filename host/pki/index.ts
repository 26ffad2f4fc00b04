export { ensurePki, type KeyPairFiles, type Pki, type PkiOptions } from './ensure.js';
export { PkiError, type PkiErrorCode } from './errors.js';
