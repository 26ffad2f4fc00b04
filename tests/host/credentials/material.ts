import { Authority } from '../../interop/authority.js';

/** Certificates and keys, good and bad in every way that a trap needs. Dates are fixed, so that messages are. */
export interface Material {
  pki: Authority;
  /** A CA of the same name with another key. */
  remade: Authority;
  /** A CA of another name. */
  foreign: Authority;
  /** A CA with an RSA key: only those sign with MD5. */
  rsa: Authority;
}

/** Ends after everything that a test waits for; the certificate `soon` ends before it. */
export const SOON_DAYS = 9000;
const GOOD = { from: '20200101000000Z', to: '20800101000000Z' };
const CA_EXTENSIONS = ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign'];

export function makeMaterial(): Material {
  const pki = new Authority('Interop CA', 'ec', 20_000)
    .issue('device', GOOD)
    .issue('other', GOOD)
    .issue('rsa', { ...GOOD, key: 'rsa' })
    .issue('expired', { from: '20200101000000Z', to: '20210101000000Z' })
    .issue('early', { from: '20790101000000Z', to: '20800101000000Z' })
    .issue('soon', { from: '20200101000000Z', to: '20490101000000Z' })
    .issue('for-servers', { ...GOOD, extensions: ['extendedKeyUsage=serverAuth'] })
    .issue('is-ca', { ...GOOD, extensions: CA_EXTENSIONS })
    .issue('middle', { ...GOOD, extensions: CA_EXTENSIONS })
    .issue('below', { ...GOOD, issuer: 'middle' })
    .issue('old-root', { from: '20200101000000Z', to: '20210101000000Z', extensions: CA_EXTENSIONS })
    .issue('next-root', { from: '20790101000000Z', to: '20800101000000Z', extensions: CA_EXTENSIONS })
    // cA is FALSE by default, which DER does not write (X.690 11.5).
    .issue('odd-root', { ...GOOD, extensions: ['2.5.29.19=DER:3003010100'] })
    .issue('k1', { ...GOOD, key: 'secp256k1' })
    .issue('p224', { ...GOOD, key: 'p224' })
    .issue('brainpool', { ...GOOD, key: 'brainpool' })
    .issue('rsa512', { ...GOOD, key: 'rsa512' })
    .issue('rsa1024', { ...GOOD, key: 'rsa1024' })
    .issue('sha1', { ...GOOD, digest: 'sha1' })
    .issue('middle-sha1', { ...GOOD, extensions: CA_EXTENSIONS, digest: 'sha1' })
    .issue('below-sha1', { ...GOOD, issuer: 'middle-sha1' })
    .issue('no-signing', { ...GOOD, extensions: ['keyUsage=keyEncipherment'] })
    .issue('namesake', { ...GOOD, commonName: 'Interop CA' })
    .toDer(
      'k1',
      'p224',
      'brainpool',
      'rsa512',
      'rsa1024',
      'sha1',
      'middle-sha1',
      'below-sha1',
      'no-signing',
      'namesake',
    )
    .toDer('old-root', 'next-root', 'odd-root')
    .toDer('ca', 'device', 'other', 'rsa', 'expired', 'early', 'soon', 'for-servers', 'is-ca', 'middle', 'below');
  pki.openssl('rsa', '-traditional', '-in', 'rsa.key', '-outform', 'der', '-out', 'pkcs1.der');
  pki.openssl('ec', '-in', 'device.key', '-outform', 'der', '-out', 'sec1.der');
  pki.openssl('pkey', '-in', 'device.key', '-pubout', '-outform', 'der', '-out', 'public.der');
  const pkcs12 = ['pkcs12', '-export', '-in', 'device.pem', '-inkey', 'device.key', '-passout', 'pass:secret'];
  pki.openssl(...pkcs12, '-out', 'device.p12');
  pki.openssl('req', '-in', 'device.csr', '-outform', 'der', '-out', 'request.der');
  const encrypt = ['pkcs8', '-topk8', '-in', 'device.key', '-passout', 'pass:secret', '-outform', 'der'];
  pki.openssl(...encrypt, '-out', 'encrypted.der');
  return {
    pki,
    remade: new Authority('Interop CA', 'ec', 20_000).toDer('ca'),
    foreign: new Authority('Another CA', 'ec', 20_000).toDer('ca'),
    rsa: new Authority('RSA CA', 'rsa', 20_000).issue('md5', { ...GOOD, digest: 'md5' }).toDer('ca', 'md5'),
  };
}

export function removeMaterial({ pki, remade, foreign, rsa }: Material): void {
  for (const authority of [pki, remade, foreign, rsa]) authority[Symbol.dispose]();
}
