import { identifyKey, type KeyFormatName } from '../../core/index.js';

/** Kinds of content, in words. */
export const FORMAT_NAMES: Record<KeyFormatName, string> = {
  pkcs8: 'a PKCS#8 key',
  'pkcs8-encrypted': 'an encrypted key',
  pkcs1: 'a PKCS#1 key',
  sec1: 'a SEC1 (EC) key',
  'public-key': 'a public key',
  'certificate-request': 'a certification request',
  crl: 'a CRL',
  pem: 'PEM text',
  certificate: 'a certificate',
  base64: 'base64 text',
  hex: 'hex text',
  unknown: 'something else',
};

/** Whether bytes are of this kind. Damaged DER of an unknown kind passes too: the strict reader says what is wrong with it. */
export function isKind(bytes: Buffer, kind: KeyFormatName): boolean {
  const found = identifyKey(bytes);
  return found === kind || (found === 'unknown' && bytes[0] === 0x30);
}
