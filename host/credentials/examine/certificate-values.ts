import { X509Certificate } from 'node:crypto';
import { type CertificateInfo, DerError, describeResult, identifyKey } from '../../core/index.js';
import { FORMAT_NAMES } from '../read/format-names.js';
import { splitCertificates } from '../read/pem-and-der.js';
import type { Examination, Item } from './examination.js';
import { bytesOf } from './hex-values.js';
import { MAX_CERTIFICATES } from './store-keys.js';
import { checkRoom } from './value-lengths.js';

const DAY = 86_400_000;
/** id-kp-clientAuth and anyExtendedKeyUsage (RFC 5280 4.2.1.12). */
const FOR_CLIENTS = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'];

/** One certificate of a value. */
export interface Certificate {
  info: CertificateInfo;
  x509: X509Certificate;
}

/** The certificates of a value. What is wrong with them, or with the value, is noted; undefined if it cannot be read. */
export function certificatesOf(item: Item, text: string, examination: Examination): Certificate[] | undefined {
  const der = bytesOf(item, text, examination);
  if (!der) return undefined;
  const remedy = examination.provision(item.key);
  const format = identifyKey(der);
  if (format === 'pkcs8' || format === 'pkcs8-encrypted' || format === 'pkcs1' || format === 'sec1') {
    examination.add(item, {
      trap: 'key-as-certificate',
      what: 'A private key is stored where a certificate belongs.',
      why: 'The device finds no certificate; everyone with the account can read configs, so the key is no longer secret.',
      remedy: `${remedy}, with a new key and its certificate`,
    });
    return undefined;
  }
  if (format === 'certificate-request' || format === 'public-key' || format === 'crl') {
    const found = FORMAT_NAMES[format];
    examination.add(item, {
      trap: 'not-a-certificate',
      what: `${found[0].toUpperCase()}${found.slice(1)} is stored where a certificate belongs.`,
      why: 'The device finds no certificate and refuses it.',
      remedy: `${remedy}, with the certificate that the CA issued`,
    });
    return undefined;
  }
  const chain = read(item, der, examination);
  if (!chain) return undefined;
  if (chain.length > MAX_CERTIFICATES) {
    examination.add(item, {
      trap: 'too-many-certificates',
      what: `There are ${chain.length} certificates, and Microvisor takes ${MAX_CERTIFICATES}.`,
      why: 'The connect request is refused.',
      remedy: `${remedy}, with only the certificates that are needed`,
    });
  }
  chain.forEach((certificate, index) => {
    checkDates(item, certificate.info, chain.length > 1 ? `certificate ${index + 1}` : undefined, examination);
  });
  checkRoom(item, der.length, examination);
  return chain;
}

function read(item: Item, der: Uint8Array, examination: Examination): Certificate[] | undefined {
  const refuse = (spot: string | undefined, reason: string) => {
    examination.add(item, {
      trap: 'bad-certificate',
      spot,
      what: `The value is not a valid certificate: ${reason}.`,
      why: 'The device refuses it, or its TLS does.',
      remedy: `${examination.provision(item.key)}, with the whole file that the CA issued`,
    });
    return undefined;
  };
  try {
    return splitCertificates(der).map(({ info, der: own }) => ({ info, x509: new X509Certificate(own) }));
  } catch (error) {
    if (error instanceof DerError) {
      return refuse(`byte offset ${error.byteOffset}`, describeResult(error.code));
    }
    return refuse(undefined, 'OpenSSL does not accept it');
  }
}

function checkDates(item: Item, info: CertificateInfo, spot: string | undefined, examination: Examination): void {
  const { now, warnDays } = examination.options;
  const remedy = `have it renewed by its CA, then ${examination.provision(item.key)}`;
  if (now > info.notAfter) {
    examination.add(item, {
      trap: 'certificate-expired',
      spot,
      what: `The certificate ${nameOf(info)} expired on ${info.notAfter.toISOString()}.`,
      why: item.key === 'root-CA' ? 'The device trusts no broker with it.' : 'The broker refuses the device.',
      remedy,
    });
  } else if (now < info.notBefore) {
    examination.add(item, {
      trap: 'certificate-not-yet-valid',
      spot,
      what: `The certificate ${nameOf(info)} is not valid before ${info.notBefore.toISOString()}.`,
      why: 'Until then the device cannot connect.',
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

/** Trust anchors must be certificates of CAs, and not the device's own. */
export function checkRoots(item: Item, roots: Certificate[], own: Certificate | undefined, examination: Examination) {
  roots.forEach(({ info, x509 }, index) => {
    if (x509.ca || (info.version === 1 && x509.checkIssued(x509))) return;
    const isOwn = own?.x509.raw.equals(x509.raw);
    examination.add(item, {
      severity: isOwn ? 'error' : 'warning',
      trap: 'root-is-no-ca',
      spot: roots.length > 1 ? `certificate ${index + 1}` : undefined,
      what: isOwn
        ? "The certificate is the device's own, not that of a CA."
        : `The certificate ${nameOf(info)} is not that of a CA.`,
      why: isOwn
        ? 'The device trusts no broker with it.'
        : 'At best the device trusts a broker that has this very certificate, and only until it is renewed.',
      remedy: `${examination.provision('root-CA')}, with the certificate of the CA that issued the broker's`,
    });
  });
}

/** The device's own certificate must be made for clients, be followed by its issuers, and lead to a CA. */
export function checkChain(item: Item, chain: Certificate[], roots: Certificate[], examination: Examination): void {
  const [{ x509: own, info }] = chain;
  const usage = own.keyUsage as string[] | undefined;
  if (own.ca) {
    examination.add(item, {
      severity: 'warning',
      trap: 'ca-as-certificate',
      what: `The certificate ${nameOf(info)} is that of a CA.`,
      why: 'Whoever takes the key out of one device can issue certificates for all.',
      remedy: `have a certificate issued for the device alone, then ${examination.provision('cert')}`,
    });
  } else if (usage && !usage.some((oid) => FOR_CLIENTS.includes(oid))) {
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

function nameOf(info: CertificateInfo): string {
  return JSON.stringify(info.subjectCN ?? `with serial number ${info.serialNumber}`);
}
