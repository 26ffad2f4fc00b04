export {
  CertificateInfo,
  CertificateRequestInfo,
  type KeyUsageName,
  readCertificate,
  readCertificateRequest,
  readCertificates,
} from './certificate.js';
export { checkDer } from './check-der.js';
export { CertificateListInfo, type RevokedCertificate, readCrl } from './crl.js';
export type { IssuingDistributionPoint, RevocationReason } from './crl-scope.js';
export { DerError, type KeyFormatName } from './der-error.js';
export { type NameAttribute, nameAttributes, nameText } from './name-text.js';
export type { DistinguishedName, Extension, GeneralName } from './names.js';
export { isPem, type PemBlock, type PemText, pemOf, readPem } from './pem.js';
export { checkPkcs8, identifyKey, type PrivateKeyInfo, readPrivateKey, wrapPkcs8 } from './private-key.js';
export type { SerialNumber } from './serial-number.js';
export type { EllipticCurve, PublicKeyAlgorithm } from './signed-record.js';
export { splitDer } from './split-der.js';
