import { SOON_DAYS } from './material.js';
import { ROOTS } from './root-traps.js';
import type { Trap } from './trap-case.js';

/** Ways into traps with certificates and keys. */
export const CREDENTIALS: Trap[] = [
  {
    case: 'a PKCS#1 key (`openssl rsa -outform der` of OpenSSL 1.1)',
    trap: 'key-pkcs1',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('pkcs1.der'), 'config cert': pki.hex('rsa.der') }),
  },
  {
    case: 'a SEC1 key (`openssl ec`)',
    trap: 'key-sec1',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('sec1.der') }),
  },
  {
    case: 'a key with a pass-phrase',
    trap: 'key-encrypted',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('encrypted.der') }),
  },
  {
    case: 'the certificate in the place of the key',
    trap: 'certificate-as-key',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('device.der') }),
  },
  {
    case: 'the public key, which AWS hands out with the private one',
    trap: 'public-key-as-key',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('public.der') }),
  },
  {
    case: 'the request for a certificate',
    trap: 'not-a-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('request.der') }),
  },
  {
    case: 'a PKCS#12 file in the place of the certificate',
    trap: 'not-a-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.p12') }),
  },
  {
    case: 'a PKCS#12 file in the place of the key',
    trap: 'not-a-key',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('device.p12') }),
  },
  {
    case: 'a newline after the DER of a certificate, as an editor adds it',
    trap: 'bad-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': `${pki.hex('device.der')}0a` }),
  },
  {
    case: 'zeros after the DER of the key',
    trap: 'bad-key',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': `${pki.hex('device.key.der')}0000` }),
  },
  {
    case: 'the key in the place of the certificate',
    trap: 'key-as-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.key.der') }),
  },
  {
    case: 'half a certificate',
    trap: 'bad-certificate',
    severity: 'error',
    where: 'config cert, byte offset 1',
    changes: ({ pki }) => ({ 'config cert': pki.hex('device.der').slice(0, 200) }),
  },
  {
    case: 'half a key',
    trap: 'bad-key',
    severity: 'error',
    where: 'secret private_key, byte offset 1',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('device.key.der').slice(0, 100) }),
  },
  {
    case: 'the key of another certificate',
    trap: 'key-of-another-certificate',
    severity: 'error',
    changes: ({ pki }) => ({ 'secret private_key': pki.hex('other.key.der') }),
  },
  {
    case: 'an expired certificate',
    trap: 'certificate-expired',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('expired.der'), 'secret private_key': pki.hex('expired.key.der') }),
  },
  {
    case: 'a certificate of the future',
    trap: 'certificate-not-yet-valid',
    severity: 'error',
    changes: ({ pki }) => ({ 'config cert': pki.hex('early.der'), 'secret private_key': pki.hex('early.key.der') }),
  },
  {
    case: 'a certificate that ends within `--warn-days`',
    trap: 'certificate-expires-soon',
    severity: 'warning',
    warnDays: SOON_DAYS,
    changes: ({ pki }) => ({ 'config cert': pki.hex('soon.der'), 'secret private_key': pki.hex('soon.key.der') }),
  },
  {
    case: 'the device certificate as root CA',
    trap: 'root-is-no-ca',
    severity: 'error',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('device.der') }),
    besides: ['missing-chain'],
  },
  {
    case: "the broker's certificate as root CA",
    trap: 'root-is-no-ca',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('other.der') }),
    besides: ['missing-chain'],
  },
  {
    case: 'an intermediate CA left out',
    trap: 'missing-chain',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config cert': pki.hex('below.der'), 'secret private_key': pki.hex('below.key.der') }),
  },
  {
    case: 'a CA that was made again under the same name',
    trap: 'missing-chain',
    severity: 'warning',
    where: 'config cert',
    changes: ({ remade }) => ({ 'config root-CA': remade.hex('ca.der') }),
  },
  {
    case: 'a chain in the wrong order, or with a gap',
    trap: 'broken-chain',
    severity: 'error',
    where: 'config cert, certificate 2',
    changes: ({ pki }) => ({
      'config cert': pki.hex('below.der') + pki.hex('ca.der'),
      'secret private_key': pki.hex('below.key.der'),
    }),
  },
  {
    case: 'nine certificates',
    trap: 'too-many-certificates',
    severity: 'error',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('ca.der').repeat(9) }),
    besides: ['too-long-for-application', 'value-too-long', 'too-long-together'],
    foreignStore: true,
  },
  {
    case: 'a certificate for servers',
    trap: 'not-for-clients',
    severity: 'warning',
    changes: ({ pki }) => ({
      'config cert': pki.hex('for-servers.der'),
      'secret private_key': pki.hex('for-servers.key.der'),
    }),
  },
  {
    case: "a CA's certificate for the device",
    trap: 'ca-as-certificate',
    severity: 'warning',
    changes: ({ pki }) => ({ 'config cert': pki.hex('is-ca.der'), 'secret private_key': pki.hex('is-ca.key.der') }),
  },
  ...ROOTS,
];
