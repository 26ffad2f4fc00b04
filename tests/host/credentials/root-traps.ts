import type { Trap } from './trap-case.js';

/** Ways into traps with bundles of roots: while one root is usable, the others are warnings. */
export const ROOTS: Trap[] = [
  {
    case: 'a root that has expired',
    trap: 'certificate-expired',
    severity: 'error',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('old-root.der') }),
    besides: ['missing-chain'],
  },
  {
    case: 'a root that has expired, beside a good one',
    trap: 'certificate-expired',
    severity: 'warning',
    where: 'config root-CA, certificate 1',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('old-root.der') + pki.hex('ca.der') }),
  },
  {
    case: 'a root of the future, beside a good one',
    trap: 'certificate-not-yet-valid',
    severity: 'warning',
    where: 'config root-CA, certificate 2',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('ca.der') + pki.hex('next-root.der') }),
  },
  {
    case: 'a root that breaks a rule of DER, beside a good one',
    trap: 'bad-certificate',
    severity: 'warning',
    where: 'config root-CA, certificate 2',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('ca.der') + pki.hex('odd-root.der') }),
  },
  {
    case: 'the device certificate, beside a good root',
    trap: 'root-is-no-ca',
    severity: 'warning',
    where: 'config root-CA, certificate 2',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('ca.der') + pki.hex('device.der') }),
  },
  {
    case: 'the private key behind a good root',
    trap: 'key-as-certificate',
    severity: 'error',
    where: 'config root-CA, certificate 2',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('ca.der') + pki.hex('device.key.der') }),
  },
  {
    case: 'no usable root among several',
    trap: 'certificate-expired',
    severity: 'error',
    where: 'config root-CA, certificate 1',
    changes: ({ pki }) => ({ 'config root-CA': pki.hex('old-root.der') + pki.hex('next-root.der') }),
    besides: ['certificate-not-yet-valid', 'missing-chain'],
  },
];
