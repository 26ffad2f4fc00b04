import { X509Certificate } from 'node:crypto';
import { DerError, describeResult, readCertificate, splitDer } from '../../core/index.js';
import {
  type Certificate,
  certificateBytes,
  checkCount,
  checkDates,
  GOES_ON,
  isPrivateKey,
  nameOf,
  refuseCertificate,
  refuseKey,
} from './certificate-values.js';
import type { Examination, Item } from './examination.js';
import { checkRoom } from './value-lengths.js';

/** A certificate that cannot be read, and why. */
interface Unreadable {
  spot?: string;
  reason: string;
}

/** One root, and whether it can be read. */
interface Judged {
  der: Uint8Array;
  root: Certificate | Unreadable;
}

/**
 * The trust anchors of a value. While one of them is usable, it costs nothing that another is outside its dates or cannot be
 * read: that is a warning. So it is in the device application (`readRoots` in assembly/app/credentials.ts).
 *
 * @returns those that can be read; undefined when the value is something else
 */
export function rootsOf(item: Item, text: string, examination: Examination): Certificate[] | undefined {
  const der = certificateBytes(item, text, examination);
  if (!der) return undefined;
  const found = judged(splitDer(der));
  const now = examination.options.now.getTime();
  const usable = found.filter(({ root }) => isUsable(root, now));
  const severity = usable.length > 0 ? 'warning' : 'error';
  checkCount(item, (usable.length > 0 ? usable : found).length, examination);
  found.forEach(({ der: own, root }, index) => {
    const spot = found.length > 1 ? `certificate ${index + 1}` : undefined;
    if (!('reason' in root)) checkDates(item, root.info, { spot, severity }, examination);
    else if (isPrivateKey(own)) refuseKey(item, spot, examination);
    else refuseCertificate(item, { spot: spot ?? root.spot, reason: root.reason, severity }, examination);
  });
  const { [item.key]: stored } = examination.options.stored ?? {};
  checkRoom(item, stored === undefined ? der.length : stored.length / 2, examination);
  return found.flatMap(({ root }) => ('reason' in root ? [] : [root]));
}

/**
 * The roots that a device can use: without those that are outside their dates or break a rule of their standard.
 *
 * @param roots DER
 * @param now milliseconds since 1970
 * @returns all of them when none is usable, for the checks to refuse
 */
export function usableRoots(roots: readonly Uint8Array[], now: number): Uint8Array[] {
  const usable = judged(roots).filter(({ root }) => isUsable(root, now));
  return usable.length > 0 ? usable.map(({ der }) => der) : [...roots];
}

/** Trust anchors must be certificates of CAs. The device's own is an error when it is all that the device could use. */
export function checkRoots(item: Item, roots: Certificate[], own: Certificate | undefined, examination: Examination) {
  const now = examination.options.now.getTime();
  const isOwn = ({ x509 }: Certificate) => Boolean(own?.x509.raw.equals(x509.raw));
  const isAlone = !roots.some((root) => isUsable(root, now) && !isOwn(root));
  roots.forEach((root, index) => {
    if (isAuthority(root)) return;
    examination.add(item, {
      severity: isOwn(root) && isAlone ? 'error' : 'warning',
      trap: 'root-is-no-ca',
      spot: roots.length > 1 ? `certificate ${index + 1}` : undefined,
      what: isOwn(root)
        ? "The certificate is the device's own, not that of a CA."
        : `The certificate ${nameOf(root.info)} is not that of a CA.`,
      why: isOwn(root)
        ? isAlone
          ? 'The device trusts no broker with it.'
          : GOES_ON
        : 'At best the device trusts a broker that has this very certificate, and only until it is renewed.',
      remedy: `${examination.provision('root-CA')}, with the certificate of the CA that issued the broker's`,
    });
  });
}

function judged(roots: readonly Uint8Array[]): Judged[] {
  return roots.map((der) => ({ der, root: read(der) }));
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

/** Whether the device takes it. A certificate that is not that of a CA is trusted as it is, if a broker has this very one. */
function isUsable(root: Certificate | Unreadable, now: number): boolean {
  return !('reason' in root) && now >= root.info.notBefore.getTime() && now <= root.info.notAfter.getTime();
}

/** Certificates of version 1 have no basicConstraints: one that is its own issuer is taken for a CA. */
function isAuthority({ info, x509 }: Certificate): boolean {
  return x509.ca || (info.version === 1 && x509.checkIssued(x509));
}
