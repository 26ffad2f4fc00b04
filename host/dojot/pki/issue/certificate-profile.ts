import type { KeyUsageName } from '../../../core/index.js';
import type { Generation } from '../../generation.js';

/** What certificates of one kind are like, and what a request may choose. */
export interface CertificateProfile {
  /** the name that dojot has for it */
  name: string;
  /** validity, in days */
  days: number;
  /** attributes of the subject behind the common name */
  organization?: string;
  basicConstraintsCritical: boolean;
  keyUsage: readonly KeyUsageName[];
  keyUsageCritical: boolean;
  /** whether a request may have fewer key usages than the profile */
  mayChooseKeyUsage: boolean;
  /** object identifiers; empty for no such extension */
  extKeyUsage: readonly string[];
}

export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';

/** A device never gets what a server shows: with the name of the broker in it, it could take the broker's place. */
const CFREE: CertificateProfile = {
  name: 'CFREE',
  days: 2,
  basicConstraintsCritical: false,
  keyUsage: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement'],
  keyUsageCritical: false,
  mayChooseKeyUsage: true,
  extKeyUsage: [CLIENT_AUTH],
};

const X509_IDENTITY: CertificateProfile = {
  name: 'X509Identity',
  days: 365,
  organization: 'dojot IoT Platform',
  basicConstraintsCritical: true,
  keyUsage: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'],
  keyUsageCritical: true,
  mayChooseKeyUsage: false,
  extKeyUsage: [CLIENT_AUTH, EMAIL_PROTECTION],
};

/**
 * The profile of a certificate.
 *
 * @param isService whether it is for a service of the platform, which is a server too
 * @param days another validity than the profile's
 */
export function profileFor(generation: Generation, isService: boolean, days?: number): CertificateProfile {
  const profile = generation === 1 ? CFREE : X509_IDENTITY;
  const extKeyUsage = !isService ? profile.extKeyUsage : generation === 1 ? [] : [...profile.extKeyUsage, SERVER_AUTH];
  return { ...profile, extKeyUsage, days: days ?? profile.days };
}

/** What the certificate of a CA is like. */
export interface AuthorityProfile {
  caName: string;
  /** attributes of its name in their order, by short name or object identifier */
  subject: readonly (readonly [type: string, value: string])[];
  days: number;
  pathLength?: number;
  keyUsage: readonly KeyUsageName[];
}

const UID = '0.9.2342.19200300.100.1.1';

/** @param identifier random hex digits, for a name that has one */
export function authorityFor(generation: Generation, identifier: string): AuthorityProfile {
  if (generation === 1) {
    return {
      caName: 'IOTmidCA',
      subject: [
        ['CN', 'IOTmidCA'],
        ['O', 'EJBCA'],
      ],
      days: 3652,
      keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'],
    };
  }
  return {
    caName: 'X509 Identity CA',
    subject: [
      [UID, `c-0${identifier}`],
      ['CN', 'X509 Identity CA'],
      ['OU', 'Certificate Issuer'],
      ['O', 'dojot IoT Platform'],
    ],
    days: 30 * 365,
    pathLength: 0,
    keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'],
  };
}
