import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import {
  identifyKey,
  readCertificate,
  readCertificateRequest,
  readCrl,
  readPrivateKey,
} from '../../../host/core/index.js';
import { hasOtherType } from '../../host/core/support/attribute-types.js';
import { type SampleKind, samples } from '../../interop/corpus.js';
import { readWithOpenssl } from '../../interop/openssl-reader.js';
import { mutated } from './der-tree.js';
import { Difference, judge, type Outcome, type Subject, type Verdict, verdictOf } from './subject.js';

/** Larger ones show nothing more, and take longer. */
const LARGEST = 3_000;

/** What both sides accept of the corpus. */
const bases = (kind: SampleKind, accepts: (der: Buffer) => boolean): Buffer[] =>
  samples
    .filter((sample) => sample.kind === kind && sample.der.length < LARGEST && accepts(sample.der))
    .map(({ der }) => der);

const isAccepted = (read: (der: Buffer) => unknown) => (der: Buffer) => verdictOf(() => read(der)) === undefined;

/** The one thing about a structure with names that OpenSSL refuses. */
const nameNote = (ours: Verdict, der: Buffer) =>
  ours === undefined && hasOtherType(der) ? 'other types in names' : undefined;

/** For us the next certificate of a chain may follow; Node ignores it. */
const firstOf = (der: Buffer): Buffer => {
  const octets = der[1] > 0x80 && der[1] < 0x85 ? der[1] - 0x80 : 0;
  if (der.length < 2 + octets) return der;
  return der.subarray(0, 2 + octets + (octets === 0 ? der[1] : der.readUIntBE(2, octets)));
};

/** A serial number as both show it: hex digits, with a minus when it is negative. */
const serialOf = (text: string) => (text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`));

/** Seconds: Node shows the dates of a certificate as text. */
const instant = (date: Date) => date.getTime();

function sameCertificate(der: Buffer): void {
  const ours = readCertificate(der);
  const theirs = new X509Certificate(der);
  const pairs = {
    serialNumber: [serialOf(ours.serialNumber), serialOf(theirs.serialNumber)],
    notBefore: [instant(ours.notBefore), instant(new Date(theirs.validFrom))],
    notAfter: [instant(ours.notAfter), instant(new Date(theirs.validTo))],
  };
  for (const [field, [one, other]] of Object.entries(pairs)) {
    if (one !== other && !(Number.isNaN(other) || Number.isNaN(one)))
      throw new Difference(`certificate: ${field}: ours ${one}, the peer ${other}: ${der.toString('hex')}`);
  }
}

export const certificates: Subject<Buffer> = {
  name: 'certificate',
  peer: 'node:crypto X509Certificate',
  runs: 3_000,
  expects: ['both accept', 'both refuse', 'listed: '],
  arbitrary: mutated(bases('x509', isAccepted(readCertificate))),
  compare(der) {
    const whole = firstOf(der);
    const ours = verdictOf(() => readCertificate(whole));
    const outcome = judge(
      'certificate',
      ours,
      verdictOf(() => new X509Certificate(whole)),
      whole,
      nameNote(ours, whole),
    );
    if (outcome === 'both accept') sameCertificate(whole);
    return outcome;
  },
};

/** A TLS context is the only way to OpenSSL's reader of CRLs that Node has. */
function nodeReadsCrl(der: Buffer): Verdict {
  const lines =
    der
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n') ?? '';
  return verdictOf(() => createSecureContext({ crl: `-----BEGIN X509 CRL-----\n${lines}\n-----END X509 CRL-----\n` }));
}

export const crls: Subject<Buffer> = {
  name: 'crl',
  peer: 'node:tls createSecureContext',
  runs: 1_500,
  expects: ['both accept', 'both refuse', 'listed: '],
  arbitrary: mutated(bases('crl', isAccepted(readCrl))),
  compare(der) {
    const whole = firstOf(der);
    const ours = verdictOf(() => readCrl(whole));
    return judge('crl', ours, nodeReadsCrl(whole), whole, nameNote(ours, whole));
  },
};

const FORMATS = { pkcs8: 'pkcs8', pkcs1: 'pkcs1', sec1: 'sec1' } as const;

/** Node must be told the format, and then reads nothing else. */
const formatOf = (der: Buffer) => FORMATS[identifyKey(der) as keyof typeof FORMATS];

/** Keys of the corpus in a format that Node reads. */
function readsKey(der: Buffer): void {
  readPrivateKey(der);
  createPrivateKey({ key: der, format: 'der', type: formatOf(der) });
}

/** Keys of other algorithms are only named. */
const LOOKED_INTO: readonly string[] = ['rsa', 'ec', 'ed25519'];

/** What is special about a key that we accept, in the words of the list. */
function keyNote(der: Buffer): string {
  const { algorithm, curve } = readPrivateKey(der);
  if (!LOOKED_INTO.includes(algorithm)) return 'unknown algorithm';
  return algorithm === 'ec' && curve === undefined ? 'unknown curve' : 'known algorithm';
}

/** OpenSSL's names of the curves that we know. */
const CURVES: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

function sameKey(der: Buffer, key: KeyObject): void {
  const { algorithm, bits, curve } = readPrivateKey(der);
  if (!LOOKED_INTO.includes(algorithm)) return;
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const theirs = [key.asymmetricKeyType, modulusLength, CURVES[namedCurve ?? '']];
  const mine = [algorithm, algorithm === 'rsa' ? bits : undefined, curve];
  if (String(mine) !== String(theirs))
    throw new Difference(`key: ours ${mine}, the peer ${theirs}: ${der.toString('hex')}`);
}

export const keys: Subject<Buffer> = {
  name: 'key',
  peer: 'node:crypto createPrivateKey',
  runs: 2_000,
  expects: ['both accept', 'both refuse', 'listed: '],
  arbitrary: mutated(bases('pkey', isAccepted(readsKey))),
  compare(der): Outcome {
    const format = formatOf(der);
    if (!format) return 'both refuse';
    const ours = verdictOf(() => readPrivateKey(der));
    const peer = verdictOf(() => createPrivateKey({ key: der, format: 'der', type: format }));
    const outcome = judge('key', ours, peer, der, ours === undefined ? keyNote(der) : undefined);
    if (outcome === 'both accept') sameKey(der, createPrivateKey({ key: der, format: 'der', type: format }));
    return outcome;
  },
};

/** Node has no reader of requests: a process for each. */
export const requests: Subject<Buffer> = {
  name: 'request',
  peer: 'openssl req',
  runs: 60,
  expects: ['both refuse'],
  arbitrary: mutated(bases('req', isAccepted(readCertificateRequest))),
  async compare(der) {
    const whole = firstOf(der);
    const sample = { file: '', kind: 'req', der: whole, isEncrypted: false } as const;
    const reading = (await readWithOpenssl([sample])).get(sample);
    const ours = verdictOf(() => readCertificateRequest(whole));
    return judge('request', ours, reading?.accepts ? undefined : 'refuses', whole, nameNote(ours, whole));
  },
};
