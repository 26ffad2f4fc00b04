import type { Material } from './material.js';
import type { Trap } from './trap-case.js';

const pair =
  (name: string, issuer?: string) =>
  ({ pki }: Material) => ({
    'config cert': pki.hex(`${name}.der`) + (issuer ? pki.hex(`${issuer}.der`) : ''),
    'secret private_key': pki.hex(`${name}.key.der`),
  });

/** Ways into traps with certificates and ports that can be stored, but that TLS or the broker does not take. */
export const FITNESS: Trap[] = [
  { case: 'a key on the curve secp256k1', trap: 'curve-without-scheme', severity: 'warning', changes: pair('k1') },
  { case: 'a key on the curve P-224', trap: 'curve-without-scheme', severity: 'warning', changes: pair('p224') },
  {
    case: 'a key on the curve brainpoolP256r1',
    trap: 'curve-without-scheme',
    severity: 'warning',
    changes: pair('brainpool'),
  },
  { case: 'an RSA key of 512 bits', trap: 'small-rsa-key', severity: 'error', changes: pair('rsa512') },
  { case: 'an RSA key of 1024 bits', trap: 'small-rsa-key', severity: 'warning', changes: pair('rsa1024') },
  { case: 'a signature with SHA-1', trap: 'weak-signature', severity: 'error', changes: pair('sha1') },
  {
    case: 'an intermediate CA that is signed with SHA-1',
    trap: 'weak-signature',
    severity: 'error',
    where: 'config cert, certificate 2',
    changes: pair('below-sha1', 'middle-sha1'),
  },
  {
    case: 'a signature with MD5',
    trap: 'weak-signature',
    severity: 'error',
    changes: ({ rsa }) => ({
      'config root-CA': rsa.hex('ca.der'),
      'config cert': rsa.hex('md5.der'),
      'secret private_key': rsa.hex('md5.key.der'),
    }),
    where: 'config cert',
  },
  {
    case: 'a key usage without digitalSignature',
    trap: 'no-digital-signature',
    severity: 'warning',
    changes: pair('no-signing'),
  },
  {
    case: 'the subject of the CA for the device',
    trap: 'named-as-issuer',
    severity: 'warning',
    changes: pair('namesake'),
  },
  {
    case: 'port 443',
    trap: 'port-needs-alpn',
    severity: 'warning',
    changes: () => ({ 'config broker-port': '443' }),
  },
  {
    case: 'an IPv6 address in brackets',
    trap: 'brackets-in-host',
    severity: 'error',
    changes: () => ({ 'config broker-host': '[2001:db8::7]' }),
  },
];
