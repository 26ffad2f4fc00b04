import { X509Certificate } from 'node:crypto';
import { DerError, describeResult, readCertificate, splitDer } from '../../core/index.js';
import {
  type Certificate,
  certificateBytes,
  checkCount,
  checkDates,
  nameOf,
  refuseCertificate,
} from './certificate-values.js';
import type { Examination, Item } from './examination.js';
import { checkRoom } from './value-lengths.js';

/** A certificate that cannot be read, and why. */
interface Unreadable {
  spot?: string;
  reason: string;
}

/**
 * The trust anchors of a value. While one of them is usable, it costs nothing that another is outside its dates or cannot be
 * read: that is a warning.
 *
 * @returns those that can be read; undefined when the value is something else
 */
export function rootsOf(item: Item, text: string, examination: Examination): Certificate[] | undefined {
  const der = certificateBytes(item, text, examination);
  if (!der) return undefined;
  const found = splitDer(der).map(read);
  const now = examination.options.now.getTime();
  const severity = found.some((root) => isUsable(root, now)) ? 'warning' : 'error';
  checkCount(item, found.length, examination);
  found.forEach((root, index) => {
    const spot = found.length > 1 ? `certificate ${index + 1}` : undefined;
    if ('reason' in root)
      refuseCertificate(item, { spot: spot ?? root.spot, reason: root.reason, severity }, examination);
    else checkDates(item, root.info, { spot, severity }, examination);
  });
  checkRoom(item, der.length, examination);
  return found.filter((root): root is Certificate => !('reason' in root));
}

/**
 * The roots that a device can use: without those that are outside their dates or break a rule of their standard.
 *
 * @param roots DER
 * @param now milliseconds since 1970
 * @returns all of them when none is usable, for the checks to refuse
 */
export function usableRoots(roots: readonly Uint8Array[], now: number): Uint8Array[] {
  const found = roots.map((der) => ({ der, root: read(der) }));
  if (!found.some(({ root }) => isUsable(root, now))) return [...roots];
  return found.flatMap(({ der, root }) => (!('reason' in root) && isCurrent(root, now) ? [der] : []));
}

/** Trust anchors must be certificates of CAs, and not the device's own. */
export function checkRoots(item: Item, roots: Certificate[], own: Certificate | undefined, examination: Examination) {
  roots.forEach((root, index) => {
    if (isAuthority(root)) return;
    const isOwn = own?.x509.raw.equals(root.x509.raw);
    examination.add(item, {
      severity: isOwn ? 'error' : 'warning',
      trap: 'root-is-no-ca',
      spot: roots.length > 1 ? `certificate ${index + 1}` : undefined,
      what: isOwn
        ? "The certificate is the device's own, not that of a CA."
        : `The certificate ${nameOf(root.info)} is not that of a CA.`,
      why: isOwn
        ? 'The device trusts no broker with it.'
        : 'At best the device trusts a broker that has this very certificate, and only until it is renewed.',
      remedy: `${examination.provision('root-CA')}, with the certificate of the CA that issued the broker's`,
    });
  });
}

function read(der: Uint8Array): Certificate | Unreadable {
  try {
    const info = readCertificate(der);
    if (info.length < der.length) return { spot: `byte offset ${info.length}`, reason: 'other bytes follow it' };
    return { info, x509: new X509Certificate(der) };
  } catch (error) {
    if (!(error instanceof DerError)) return { reason: 'OpenSSL does not accept it' };
    return { spot: `byte offset ${error.byteOffset}`, reason: describeResult(error.code) };
  }
}

/** Whether a broker can be trusted with it now. */
function isUsable(root: Certificate | Unreadable, now: number): boolean {
  return !('reason' in root) && isCurrent(root, now) && isAuthority(root);
}

function isCurrent({ info }: Certificate, now: number): boolean {
  return now >= info.notBefore.getTime() && now <= info.notAfter.getTime();
}

/** Certificates of version 1 have no basicConstraints: one that is its own issuer is taken for a CA. */
function isAuthority({ info, x509 }: Certificate): boolean {
  return x509.ca || (info.version === 1 && x509.checkIssued(x509));
}
