import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import files from '../../tools/test/debian-files.json' with { type: 'json' };

/** What openssl calls the command that reads it; `pkey` is a private key. */
export type SampleKind = 'x509' | 'crl' | 'req' | 'pkey';

/** One structure of the corpus. */
export interface Sample {
  /** The file in the package; "#2" is its second structure. */
  file: string;
  kind: SampleKind;
  der: Buffer;
  /** An encrypted PKCS#8 key: what is in it cannot be read without its password. */
  isEncrypted: boolean;
}

const PKITS = 'x509/PKITS_data/';
/** Folders that hold none of the structures that are read here, but others that are like them. */
const FOREIGN = [`${PKITS}pkcs12/`, `${PKITS}smime/`, 'x509/ocsp/', 'pkcs12/', 'pkcs7/'];
const FOLDERS = ['x509', 'asymmetric', 'pkcs12', 'pkcs7'];

const LABELS: Readonly<Record<string, SampleKind>> = {
  CERTIFICATE: 'x509',
  'X509 CERTIFICATE': 'x509',
  'X509 CRL': 'crl',
  'CERTIFICATE REQUEST': 'req',
  'NEW CERTIFICATE REQUEST': 'req',
  'PRIVATE KEY': 'pkey',
  'ENCRYPTED PRIVATE KEY': 'pkey',
  'RSA PRIVATE KEY': 'pkey',
  'EC PRIVATE KEY': 'pkey',
  'DSA PRIVATE KEY': 'pkey',
};

function read(file: string): Buffer {
  return readFileSync(join(files['cryptography-vectors'], file));
}

function listFiles(folder: string): string[] {
  return readdirSync(join(files['cryptography-vectors'], folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(files['cryptography-vectors'].length + 1))
    .sort();
}

/** What a DER file holds goes by its folder and its name; undefined for public keys, parameters and parts. */
function kindOfDer(file: string): SampleKind | undefined {
  if (file.includes('/requests/')) return 'req';
  if (file.endsWith('.crl') || file.includes('/crl_')) return 'crl';
  if (file.startsWith('x509/')) return 'x509';
  return /pub|dhp|\/dsa\./.test(file) ? undefined : 'pkey';
}

/** The parts of PEM text with their labels (RFC 7468). */
export function pemParts(text: string): { label: string; der: Buffer }[] {
  const parts = text.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----$([^-]+)^-----END \1-----$/gm);
  return Array.from(parts, ([, label, body]) => ({ label, der: Buffer.from(body.replace(/^.*:.*$/gm, ''), 'base64') }));
}

/** The certificates of a CertificatePair (X.509 11.2.3): [0] and [1] around each. */
function pairParts(pair: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  const inside = (at: number) => {
    const octets = pair[at + 1] > 0x7f ? pair[at + 1] & 0x7f : 0;
    const start = at + 2 + octets;
    return { start, end: start + (octets === 0 ? pair[at + 1] : pair.readUIntBE(at + 2, octets)) };
  };
  for (let at = inside(0).start; at < pair.length; ) {
    const { start, end } = inside(at);
    parts.push(pair.subarray(start, end));
    at = end;
  }
  return parts;
}

function samplesOf(file: string): Sample[] {
  const bytes = read(file);
  if (file.endsWith('.cp')) {
    return pairParts(bytes).map((der, index) => ({
      file: `${file}#${index + 1}`,
      kind: 'x509',
      der,
      isEncrypted: false,
    }));
  }
  if (bytes[0] === 0x30) {
    const kind = kindOfDer(file);
    return kind ? [{ file, kind, der: bytes, isEncrypted: kind === 'pkey' && /[/_-]enc/.test(file) }] : [];
  }
  const parts = pemParts(bytes.toString('latin1')).flatMap(({ label, der }) => {
    const kind = LABELS[label];
    return kind ? [{ kind, der, isEncrypted: label.startsWith('ENCRYPTED') }] : [];
  });
  return parts.map((part, index) => ({ file: index === 0 ? file : `${file}#${index + 1}`, ...part }));
}

const all = FOLDERS.flatMap(listFiles);

/** Every certificate, CRL, certification request and private key of the package, as DER. */
export const samples: Sample[] = all
  .filter((file) => !FOREIGN.some((folder) => file.startsWith(folder)))
  .flatMap(samplesOf);

/** All other files in the folders of certificates and keys: PKCS#12, OCSP, S/MIME, public keys, texts. */
export const foreigners: { file: string; bytes: Buffer }[] = all
  .filter((file) => !samples.some((sample) => sample.file.replace(/#\d+$/, '') === file))
  .map((file) => ({ file, bytes: read(file) }));
