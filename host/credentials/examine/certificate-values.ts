import { X509Certificate } from 'node:crypto';
import { type CertificateInfo, DerError, describeResult } from '../../core/index.js';
import { CONTENT_NAMES } from '../read/content-names.js';
import { type DerKind, derKind, sequenceEnd } from '../read/der-shapes.js';
import { endOfSequences, splitCertificates } from '../read/pem-and-der.js';
import type { Examination, Item } from './examination.js';
import type { Severity } from './finding.js';
import { bytesOf } from './hex-values.js';
import { MAX_CERTIFICATES } from './store-keys.js';
import { isForClients } from './tls-fitness.js';
import { checkRoom } from './value-lengths.js';

const DAY = 86_400_000;

/** What happens when one root of several cannot be used. */
export const GOES_ON = 'It is of no use to the device, which goes on with the other certificates.';

/** One certificate of a value. */
export interface Certificate {
  info: CertificateInfo;
  x509: X509Certificate;
}

/** Kinds of private keys. */
const KEYS: readonly (DerKind | undefined)[] = ['pkcs8', 'pkcs8-encrypted', 'pkcs1', 'sec1', 'tss2-key'];

/** The DER of a value that holds certificates. What else it may hold is noted; undefined then. */
export function certificateBytes(item: Item, text: string, examination: Examination): Buffer | undefined {
  const bytes = bytesOf(item, text, examination);
  if (!bytes) return undefined;
  const der = Buffer.from(bytes);
  if (isPrivateKey(der)) {
    refuseKey(item, undefined, examination);
    return undefined;
  }
  const kind = derKind(der);
  const end = endOfSequences(der);
  // A bundle of roots may have something odd before a root that can be used.
  if (kind && kind !== 'certificate' && !(item.key === 'root-CA' && (sequenceEnd(der) ?? 0) < end)) {
    const found = CONTENT_NAMES[kind];
    const isStored = kind === 'pkcs7' ? 'are stored' : 'is stored';
    examination.add(item, {
      trap: 'not-a-certificate',
      what: `${found[0].toUpperCase()}${found.slice(1)} ${isStored} where a certificate belongs.`,
      why: 'The device finds no certificate and refuses it.',
      remedy: `${examination.provision(item.key)}, with the certificate that the CA issued`,
    });
    return undefined;
  }
  if (kind && end < der.length && der[end] !== 0x30) {
    const rest = der.length - end;
    const reason = rest === 1 ? '1 byte follows it' : `${rest} bytes follow it`;
    refuseCertificate(item, { reason }, examination);
    return undefined;
  }
  return der;
}

/** Whether a private key begins here, in any form. */
export function isPrivateKey(der: Uint8Array): boolean {
  return KEYS.includes(derKind(der));
}

/** Notes a private key among the certificates. */
export function refuseKey(item: Item, spot: string | undefined, examination: Examination): void {
  examination.add(item, {
    trap: 'key-as-certificate',
    spot,
    what: 'A private key is stored where a certificate belongs.',
    why: 'The device finds no certificate; everyone with the account can read configs, so the key is no longer secret.',
    remedy: `${examination.provision(item.key)}, with a new key and its certificate`,
  });
}

/** The device's chain of a value. What is wrong with it, or with the value, is noted; undefined if it cannot be read. */
export function certificatesOf(item: Item, text: string, examination: Examination): Certificate[] | undefined {
  const der = certificateBytes(item, text, examination);
  const chain = der && read(item, der, examination);
  if (!chain) return undefined;
  checkCount(item, chain.length, examination);
  chain.forEach(({ info }, index) => {
    const spot = chain.length > 1 ? `certificate ${index + 1}` : undefined;
    checkDates(item, info, { spot }, examination);
  });
  checkRoom(item, der.length, examination);
  return chain;
}

export function checkCount(item: Item, count: number, examination: Examination): void {
  if (count <= MAX_CERTIFICATES) return;
  examination.add(item, {
    trap: 'too-many-certificates',
    what: `There are ${count} certificates, and Microvisor takes ${MAX_CERTIFICATES}.`,
    why: 'The connect request is refused.',
    remedy: `${examination.provision(item.key)}, with only the certificates that are needed`,
  });
}

/** Notes a certificate that cannot be read. */
export function refuseCertificate(
  item: Item,
  { spot, reason, severity = 'error' }: { spot?: string; reason: string; severity?: Severity },
  examination: Examination,
): void {
  examination.add(item, {
    severity,
    trap: 'bad-certificate',
    spot,
    what: `The ${severity === 'error' ? 'value' : 'certificate'} is not a valid certificate: ${reason}.`,
    why: severity === 'error' ? 'The device refuses it, or its TLS does.' : GOES_ON,
    remedy: `${examination.provision(item.key)}, with the whole file that the CA issued`,
  });
}

function read(item: Item, der: Uint8Array, examination: Examination): Certificate[] | undefined {
  try {
    return splitCertificates(der).map(({ info, der: own }) => ({ info, x509: new X509Certificate(own) }));
  } catch (error) {
    const fault =
      error instanceof DerError
        ? { spot: `byte offset ${error.byteOffset}`, reason: describeResult(error.code) }
        : { reason: 'OpenSSL does not accept it' };
    refuseCertificate(item, fault, examination);
    return undefined;
  }
}

/** Notes a certificate that is outside its dates or ends soon. @param severity for one outside its dates */
export function checkDates(
  item: Item,
  info: CertificateInfo,
  { spot, severity = 'error' }: { spot?: string; severity?: Severity },
  examination: Examination,
): void {
  const { now, warnDays } = examination.options;
  const remedy = `have it renewed by its CA, then ${examination.provision(item.key)}`;
  const goesOn = severity === 'warning';
  if (now > info.notAfter) {
    const refusal = item.key === 'root-CA' ? 'The device trusts no broker with it.' : 'The broker refuses the device.';
    examination.add(item, {
      severity,
      trap: 'certificate-expired',
      spot,
      what: `The certificate ${nameOf(info)} expired on ${info.notAfter.toISOString()}.`,
      why: goesOn ? GOES_ON : refusal,
      remedy: goesOn ? `${examination.provision(item.key)}, with a file without it` : remedy,
    });
  } else if (now < info.notBefore) {
    examination.add(item, {
      severity,
      trap: 'certificate-not-yet-valid',
      spot,
      what: `The certificate ${nameOf(info)} is not valid before ${info.notBefore.toISOString()}.`,
      why: goesOn ? GOES_ON : 'Until then the device cannot connect.',
      remedy: `check the clock of this machine and of the machine that made it; else ${remedy}`,
    });
  } else if (info.notAfter.getTime() - now.getTime() < warnDays * DAY) {
    examination.add(item, {
      severity: 'warning',
      trap: 'certificate-expires-soon',
      spot,
      what: `The certificate ${nameOf(info)} expires soon, on ${info.notAfter.toISOString()}.`,
      why: 'After that the device cannot connect.',
      remedy,
    });
  }
}

/** The device's own certificate must be made for clients, be followed by its issuers, and lead to a CA. */
export function checkChain(item: Item, chain: Certificate[], roots: Certificate[], examination: Examination): void {
  const [{ x509: own, info }] = chain;
  if (own.ca) {
    examination.add(item, {
      severity: 'warning',
      trap: 'ca-as-certificate',
      what: `The certificate ${nameOf(info)} is that of a CA.`,
      why: 'Whoever takes the key out of one device can issue certificates for all.',
      remedy: `have a certificate issued for the device alone, then ${examination.provision('cert')}`,
    });
  } else if (!isForClients(chain[0])) {
    examination.add(item, {
      severity: 'warning',
      trap: 'not-for-clients',
      what: `The certificate ${nameOf(info)} was not issued for TLS clients (no clientAuth in its extended key usage).`,
      why: 'Most brokers refuse it.',
      remedy: `have one issued with extendedKeyUsage=clientAuth, then ${examination.provision('cert')}`,
    });
  }
  for (let index = 1; index < chain.length; index++) {
    if (isIssuedBy(chain[index - 1], chain[index])) continue;
    examination.add(item, {
      trap: 'broken-chain',
      spot: `certificate ${index + 1}`,
      what: `Certificate ${index + 1} (${nameOf(chain[index].info)}) did not issue certificate ${index} (${nameOf(chain[index - 1].info)}).`,
      why: 'The broker cannot follow the chain and refuses the device.',
      remedy: `${examination.provision('cert')}, with the device's certificate first in the file, then each issuer`,
    });
    return;
  }
  checkEnd(item, chain.at(-1)!, roots, examination);
}

/** A broker may know a CA that is not stored here, so this is only a warning. */
function checkEnd(item: Item, last: Certificate, roots: Certificate[], examination: Examination): void {
  if (roots.length === 0 || last.x509.checkIssued(last.x509)) return;
  if (roots.some((root) => isIssuedBy(last, root))) return;
  const namesake = roots.some(({ x509 }) => x509.subject === last.x509.issuer);
  const issuer = last.info.issuerCN ?? last.x509.issuer.replaceAll('\n', ', ');
  examination.add(item, {
    severity: 'warning',
    trap: 'missing-chain',
    what: namesake
      ? `The issuer ${JSON.stringify(issuer)} has the name of the CA in root-CA, but another key.`
      : `The issuer ${JSON.stringify(issuer)} is neither in cert nor in root-CA.`,
    why: namesake
      ? 'A CA that was made again is a different CA: the broker or the device refuses what the old one issued.'
      : 'The broker lets the device in only if it knows this CA already.',
    remedy: namesake
      ? `have the certificate issued by the new CA, then ${examination.provision('cert')}`
      : `append the CA's certificate to the file, then ${examination.provision('cert')}; do nothing if the broker knows the CA`,
  });
}

function isIssuedBy({ x509 }: Certificate, issuer: Certificate): boolean {
  return x509.checkIssued(issuer.x509) && x509.verify(issuer.x509.publicKey);
}

/** The name of a certificate's subject, quoted. */
export function nameOf(info: CertificateInfo): string {
  return JSON.stringify(info.subjectCN ?? `with serial number ${info.serialNumber}`);
}
