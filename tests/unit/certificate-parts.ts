import { repeat, sequence, tlv } from './bytes';

/** Parts of a small certificate as hex, each to be exchanged by a spec. */
export const ED25519: string = '06032b6570';
export const SERIAL: string = '020101';
export const ALGORITHM: string = '300506032b6570';
export const UTC_2024: string = '170d3234303130313030303030305a';
export const UTC_2025: string = '170d3235303130313030303030305a';
export const ED25519_INFO: string = sequence(ALGORITHM + tlv('03', '00' + repeat('11', 32)));
export const SIGNATURE: string = tlv('03', '00' + repeat('22', 64));

/** A Name with one common name. */
export function name(commonName: string): string {
  return sequence(tlv('31', sequence('0603550403' + commonName)));
}

export const ISSUER: string = name('0c026361');
export const SUBJECT: string = name('130164');

/** A Certificate around a tbsCertificate. */
export function certificate(tbs: string): string {
  return sequence(sequence(tbs) + ALGORITHM + SIGNATURE);
}

/** tbsCertificate from version to subjectPublicKeyInfo. */
export function tbs(
  version: string,
  serial: string,
  issuer: string,
  dates: string,
  subject: string,
  info: string,
): string {
  return version + serial + ALGORITHM + issuer + sequence(dates) + subject + info;
}

/** A certificate of version v3 with these dates. */
export function dated(dates: string): string {
  return certificate(tbs('a003020102', SERIAL, ISSUER, dates, SUBJECT, ED25519_INFO));
}

/** The parts that are always good, and then `rest`; `version` is empty for v1. */
export function versioned(version: string, rest: string): string {
  return certificate(tbs(version, SERIAL, ISSUER, UTC_2024 + UTC_2025, SUBJECT, ED25519_INFO) + rest);
}

/** A v3 certificate with this public key. */
export function keyed(info: string): string {
  return certificate(tbs('a003020102', SERIAL, ISSUER, UTC_2024 + UTC_2025, SUBJECT, info));
}

/** A v3 certificate with these extensions. */
export function extended(extensions: string): string {
  return versioned('a003020102', tlv('a3', sequence(extensions)));
}
