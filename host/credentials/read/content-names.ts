import type { ContentKind } from './file-content.js';

/** What an option wants of its file. */
export type Wanted = 'certificate' | 'roots' | 'key';

/** Kinds of content, in words. */
export const CONTENT_NAMES: Record<ContentKind, string> = {
  pkcs8: 'a PKCS#8 key',
  'pkcs8-encrypted': 'an encrypted key',
  pkcs1: 'a PKCS#1 key',
  sec1: 'a SEC1 (EC) key',
  'public-key': 'a public key',
  'certificate-request': 'a certification request',
  crl: 'a CRL',
  certificate: 'a certificate',
  pkcs7: 'certificates in PKCS#7 (.p7b)',
  pkcs12: 'a PKCS#12 file (.p12, .pfx)',
  'tss2-key': 'a key that only its TPM can use (TSS2)',
  'dsa-key': 'a DSA key',
  'openssh-key': 'a key of OpenSSH',
  'openssh-public-key': 'a public key of OpenSSH',
  'putty-key': 'a key of PuTTY (.ppk)',
  'java-keystore': 'a Java keystore',
  zip: 'an archive',
  html: 'a web page',
};

/** id-pbeWithSHA1And40BitRC2-CBC (RFC 7292 C), which OpenSSL 3 has only in its legacy provider. */
const RC2 = Buffer.from('060a2a864886f70d010c0106', 'hex');

const NEW_KEY = 'openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout FILE.key -out FILE.csr';

/** What to do with content of another kind than is wanted; undefined where the kind says enough. */
export function remedyOf(
  kind: ContentKind,
  wanted: Wanted,
  encoding: 'pem' | 'der' | 'other',
  bytes?: Buffer,
): string | undefined {
  const inform = encoding === 'der' ? '-inform der ' : '';
  const legacy = bytes?.includes(RC2) ? ' -legacy' : '';
  const isKey = wanted === 'key';
  switch (kind) {
    case 'pkcs12':
      if (isKey) return `take the key out: openssl pkcs12${legacy} -in FILE -nocerts -nodes -out FILE.key`;
      return `take the certificates out: openssl pkcs12${legacy} -in FILE -nokeys${wanted === 'roots' ? ' -cacerts' : ''} -out FILE.pem`;
    case 'pkcs7':
      if (isKey) return 'it has no key; give the private key that belongs to its certificate';
      return `take them out: openssl pkcs7 ${inform}-in FILE -print_certs -out FILE.pem`;
    case 'certificate-request':
      if (isKey) return 'give the private key that it was made with';
      if (wanted === 'roots') return undefined;
      return `have your CA sign it: openssl x509 -req ${inform}-in FILE -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -out FILE.pem`;
    case 'tss2-key':
      return isKey ? `it cannot leave the TPM; make a new key, and have its request signed: ${NEW_KEY}` : undefined;
    case 'dsa-key':
      return isKey ? `TLS has no use for it; make a new key, and have its request signed: ${NEW_KEY}` : undefined;
    case 'openssh-key':
      if (!isKey) return undefined;
      if (bytes?.includes('ssh-ed25519')) {
        return `ssh-keygen cannot convert Ed25519; make a new key, and have its request signed: ${NEW_KEY}`;
      }
      return 'convert a copy: install -m 600 FILE FILE.key && ssh-keygen -p -N "" -m PKCS8 -f FILE.key';
    case 'putty-key':
      return isKey ? 'convert it: puttygen FILE -O private-openssh -o FILE.ssh, then as a key of OpenSSH' : undefined;
    case 'pkcs1':
    case 'sec1':
    case 'pkcs8-encrypted':
      return isKey ? `convert it: openssl pkcs8 -topk8 -nocrypt ${inform}-in FILE -out FILE.p8` : undefined;
    case 'certificate':
      return isKey ? 'give the private key that belongs to it' : undefined;
    case 'public-key':
    case 'openssh-public-key':
      return isKey ? 'give the private key that belongs to it' : undefined;
    case 'java-keystore':
      return 'convert it: keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype pkcs12';
    case 'zip':
      return `unpack it, and give the file of the ${isKey ? 'key' : 'certificate'} in it`;
    case 'html':
      return 'download the file again, it is a page that says why there is no file';
    default:
      return undefined;
  }
}
