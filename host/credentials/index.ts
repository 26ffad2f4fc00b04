/** What a device is provisioned with: files read and converted, and stored values examined. */
export { FITNESS_TRAPS } from './examine/check-fitness.js';
export type { ExamineOptions } from './examine/examination.js';
export { examine } from './examine/examine.js';
export type { Finding, Severity, StoredValues } from './examine/finding.js';
export { usableRoots } from './examine/root-values.js';
export { CONFIG_KEYS, type ConfigKey, isConfigKey, type KeyRule, ruleOf } from './examine/store-keys.js';
export {
  curveWithoutScheme,
  isForClients,
  isForServers,
  isNamedAsIssuer,
  isSignedBy,
  lacksDigitalSignature,
  modulusBits,
  SMALLEST_RSA,
  type TlsCertificate,
  weakDigest,
} from './examine/tls-fitness.js';
export {
  checkFileDates,
  checkFilePair,
  inChainOrder,
  readCertificateFile,
  readRootFile,
} from './read/certificate-file.js';
export { CredentialFileError, type FilePlace, readSecretLine } from './read/credential-file.js';
export { convertedPkcs8, isAsStored, type KeyFile, openKeyFile, plainPkcs8 } from './read/key-file.js';
export { asVersionOne } from './read/pkcs8-version.js';
