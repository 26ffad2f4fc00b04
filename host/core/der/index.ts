export {
  CertificateInfo,
  CertificateRequestInfo,
  type KeyUsageName,
  readCertificate,
  readCertificateRequest,
  readCertificates,
} from './certificate.js';
export { checkDer } from './check.js';
export { CertificateListInfo, type RevokedCertificate, readCrl } from './crl.js';
export { DerError, type KeyFormatName } from './error.js';
export { checkPkcs8, identifyKey, type PrivateKeyInfo, readPrivateKey, wrapPkcs8 } from './key.js';
export type { DistinguishedName, GeneralName } from './names.js';
export type { EllipticCurve, PublicKeyAlgorithm } from './record.js';
