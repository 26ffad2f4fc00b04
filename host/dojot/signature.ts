import { type KeyObject, verify } from 'node:crypto';

/** The signatures that are taken (RFC 4055, RFC 5758): the kind of key and the digest. */
const SIGNATURES: Readonly<Record<string, readonly ['rsa' | 'ec', string]>> = {
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.3.2': ['ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ec', 'sha512'],
};

/** What was signed, as the core reads it. */
export interface SignedDer {
  /** Object identifier, dotted. */
  readonly signatureAlgorithm: string;
  /** The element that was signed. */
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether the signature is one that this kind of key makes, RSA or EC with SHA-2. */
export function isSignatureOf(key: KeyObject, signatureAlgorithm: string): boolean {
  return Object.hasOwn(SIGNATURES, signatureAlgorithm) && SIGNATURES[signatureAlgorithm][0] === key.asymmetricKeyType;
}

/** Whether the key made the signature; false too for one that is not even in its form. In time of the length. */
export function isSignedBy(key: KeyObject, { signatureAlgorithm, tbs, signature }: SignedDer): boolean {
  if (!isSignatureOf(key, signatureAlgorithm)) return false;
  try {
    return verify(SIGNATURES[signatureAlgorithm][1], tbs, key, signature);
  } catch {
    return false;
  }
}
