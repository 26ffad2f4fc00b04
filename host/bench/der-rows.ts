import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { checkDer, readCertificate } from '../core/index.js';
import { keep, type Row } from './measure.js';
import { loadPeer } from './peer-packages.js';

/** Reads a certificate, by us or a peer. */
type Read = (der: Buffer) => void;

// The parts of the peers that the rows call.

interface Forge {
  asn1: { fromDer(der: object): object };
  util: { createBuffer(der: Buffer): object };
  pki: { certificateFromAsn1(asn1: object): ForgeCertificate };
}

interface Peculiar {
  X509Certificate: new (der: Buffer) => PeculiarCertificate;
}

interface Asn1js {
  fromBER(der: Buffer): { offset: number };
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

const forgeFields = (forge: Forge) => (der: Buffer) => {
  const parsed = forge.pki.certificateFromAsn1(forge.asn1.fromDer(forge.util.createBuffer(der)));
  const { serialNumber, subject, issuer, validity, publicKey } = parsed;
  keep(serialNumber.length + (subject.getField('CN')?.value.length ?? 0) + (issuer.getField('CN')?.value.length ?? 0));
  keep(validity.notBefore.getTime() + validity.notAfter.getTime() + (publicKey.n?.bitLength() ?? 0));
};

const peculiarFields = (x509: Peculiar) => (der: Buffer) => {
  const { serialNumber, subject, issuer, notBefore, notAfter, publicKey } = new x509.X509Certificate(der);
  keep(serialNumber.length + subject.length + issuer.length + Object.keys(publicKey.algorithm).length);
  keep(notBefore.getTime() + notAfter.getTime());
};

/** Certificates: fields, and a walk over every element. node-forge reads no EC keys. */
export function derRows(): Row[] {
  const row = (bench: string, peer: string, commonName: string, ours: Read, theirs: () => Promise<Read>): Row => ({
    bench,
    peer,
    make: async () => {
      const der = root(commonName);
      const read = await theirs();
      return { units: 1, ours: () => ours(der), theirs: () => read(der) };
    },
  });
  const [rsa, ec] = ['ISRG Root X1', 'ISRG Root X2'];
  const node = async () => nodeFields;
  const forge = async () => forgeFields(await loadPeer<Forge>('node-forge'));
  const x509 = async () => peculiarFields(await loadPeer<Peculiar>('@peculiar/x509'));
  const walk = (der: Buffer) => keep(checkDer(der));
  return [
    row('der.fields.rsa', 'X509Certificate', rsa, ourFields, node),
    row('der.fields.rsa', 'node-forge', rsa, ourFields, forge),
    row('der.fields.rsa', '@peculiar/x509', rsa, ourFields, x509),
    row('der.fields.ec', 'X509Certificate', ec, ourFields, node),
    row('der.fields.ec', '@peculiar/x509', ec, ourFields, x509),
    row('der.walk.rsa', 'X509Certificate', rsa, walk, async () => (der) => keep(new X509Certificate(der).raw.length)),
    row('der.walk.rsa', 'node-forge', rsa, walk, async () => {
      const { asn1, util } = await loadPeer<Forge>('node-forge');
      return (der) => keep(Object.keys(asn1.fromDer(util.createBuffer(der))).length);
    }),
    row('der.walk.rsa', 'asn1js', rsa, walk, async () => {
      const { fromBER } = await loadPeer<Asn1js>('asn1js');
      return (der) => keep(fromBER(der).offset);
    }),
  ];
}
