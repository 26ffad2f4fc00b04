import { randomBytes, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { checkDer, hexDecode, hexEncode, readCertificate } from '../core/index.js';
import { keep, type Row } from './measure.js';

/** The parts of the peers that the rows call; a peer that is not installed is undefined. */
export interface DerPeers {
  'node-forge'?: {
    asn1: { fromDer(der: object): object };
    util: { createBuffer(der: Buffer): object };
    pki: { certificateFromAsn1(asn1: object): ForgeCertificate };
  };
  '@peculiar/x509'?: { X509Certificate: new (der: Buffer) => PeculiarCertificate };
  asn1js?: { fromBER(der: Buffer): { offset: number } };
}

interface ForgeCertificate {
  serialNumber: string;
  subject: { getField(name: string): { value: string } | null };
  issuer: { getField(name: string): { value: string } | null };
  validity: { notBefore: Date; notAfter: Date };
  publicKey: { n?: { bitLength(): number } };
}

interface PeculiarCertificate {
  serialNumber: string;
  subject: string;
  issuer: string;
  notBefore: Date;
  notAfter: Date;
  publicKey: { algorithm: object };
}

/** A root that Node trusts, so that every machine has the same bytes: RSA with 4096 bits, EC with P-384. */
function root(commonName: string): Buffer {
  for (const pem of rootCertificates) {
    const { subject, raw } = new X509Certificate(pem);
    if (subject.split('\n').includes(`CN=${commonName}`)) return raw;
  }
  throw new Error(`${commonName} is not among the roots of this Node`);
}

/** Reads the fields that every peer has: serial number, names, dates, and the kind of key. */
function ourFields(der: Buffer): void {
  const { serialNumber, subjectCN, issuerCN, notBefore, notAfter, publicKeyAlgorithm, publicKeyBits } =
    readCertificate(der);
  keep(serialNumber.length + (subjectCN?.length ?? 0) + (issuerCN?.length ?? 0) + publicKeyAlgorithm.length);
  keep(notBefore.getTime() + notAfter.getTime() + publicKeyBits);
}

function nodeFields(der: Buffer): void {
  const { serialNumber, subject, issuer, validFrom, validTo, publicKey } = new X509Certificate(der);
  keep(serialNumber.length + subject.length + issuer.length + (publicKey.asymmetricKeyType?.length ?? 0));
  keep(validFrom.length + validTo.length);
}

function forgeFields(forge: NonNullable<DerPeers['node-forge']>, der: Buffer): void {
  const parsed = forge.pki.certificateFromAsn1(forge.asn1.fromDer(forge.util.createBuffer(der)));
  const { serialNumber, subject, issuer, validity, publicKey } = parsed;
  keep(serialNumber.length + (subject.getField('CN')?.value.length ?? 0) + (issuer.getField('CN')?.value.length ?? 0));
  keep(validity.notBefore.getTime() + validity.notAfter.getTime() + (publicKey.n?.bitLength() ?? 0));
}

function peculiarFields(x509: NonNullable<DerPeers['@peculiar/x509']>, der: Buffer): void {
  const { serialNumber, subject, issuer, notBefore, notAfter, publicKey } = new x509.X509Certificate(der);
  keep(serialNumber.length + subject.length + issuer.length + Object.keys(publicKey.algorithm).length);
  keep(notBefore.getTime() + notAfter.getTime());
}

/** Certificates: fields, and a walk over every element. node-forge reads no EC keys. */
export function derRows(peers: DerPeers): Row[] {
  const rsa = root('ISRG Root X1');
  const ec = root('ISRG Root X2');
  const row = (bench: string, peer: string, target: number | null, ours: () => void, theirs: () => void): Row => ({
    bench,
    peer,
    target,
    units: 1,
    ours,
    theirs,
  });
  const rows: Row[] = [];
  for (const [name, der] of [
    ['der.fields.rsa', rsa],
    ['der.fields.ec', ec],
  ] as const) {
    const ours = () => ourFields(der);
    rows.push(row(name, 'X509Certificate', 25, ours, () => nodeFields(der)));
    const { 'node-forge': forge, '@peculiar/x509': x509 } = peers;
    if (forge && der === rsa) rows.push(row(name, 'node-forge', 10, ours, () => forgeFields(forge, der)));
    if (x509) rows.push(row(name, '@peculiar/x509', null, ours, () => peculiarFields(x509, der)));
  }
  const walk = () => keep(checkDer(rsa));
  const { 'node-forge': forge, asn1js } = peers;
  rows.push(row('der.walk.rsa', 'X509Certificate', null, walk, () => keep(new X509Certificate(rsa).raw.length)));
  if (forge) {
    const theirs = () => keep(Object.keys(forge.asn1.fromDer(forge.util.createBuffer(rsa))).length);
    rows.push(row('der.walk.rsa', 'node-forge', null, walk, theirs));
  }
  if (asn1js) rows.push(row('der.walk.rsa', 'asn1js', null, walk, () => keep(asn1js.fromBER(rsa).offset)));
  return rows;
}

const SIZES = [
  ['1k', 1 << 10, true],
  ['64k', 1 << 16, false],
  ['1m', 1 << 20, true],
] as const;

/** Hex from bytes to a string and back, against Buffer, which does not report bad digits. */
export function hexRows(): Row[] {
  return SIZES.flatMap(([name, size, hasTarget]) => {
    const bytes = randomBytes(size);
    const text = bytes.toString('hex');
    const row = (kind: string, target: number, ours: () => void, theirs: () => void): Row => ({
      bench: `hex.${kind}.${name}`,
      peer: 'Buffer',
      target: hasTarget ? target : null,
      units: 1,
      ours,
      theirs,
    });
    return [
      row(
        'encode',
        3,
        () => keep(hexEncode(bytes).length),
        () => keep(bytes.toString('hex').length),
      ),
      row(
        'decode',
        1.6,
        () => keep(hexDecode(text).length),
        () => keep(Buffer.from(text, 'hex').length),
      ),
    ];
  });
}
