import { isIP } from 'node:net';
import {
  isForServers,
  isNamedAsIssuer,
  isSignedBy,
  modulusBits,
  type TlsCertificate,
  weakDigest,
} from '../credentials/index.js';
import { type Cause, HOST, ROOT } from './cause.js';
import { type ConnectCase, issuerOf, subjectOf } from './connect-case.js';

const OPERATOR = 'the operator of the broker';
/** What OpenSSL says when it finds no issuer that it trusts. */
const NO_ISSUER = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
];
const SELF_SIGNED = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'];
const ALTNAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Faults without a code of their own in Node are told by the words of OpenSSL. */
const says = (words: RegExp) => (failed: ConnectCase) => words.test(failed.failure.detail);
const hasCode =
  (...codes: string[]) =>
  ({ code }: ConnectCase) =>
    codes.includes(code);

/** The certificate of the broker and those above it, as far as they are known. */
const chainOf = ({ shown, roots }: ConnectCase) => [...shown, ...roots];
const last = ({ shown }: ConnectCase) => shown[shown.length - 1];
const isCurrentCa = ({ x509 }: TlsCertificate) => x509.ca;

/** A certificate in words: the broker's own, or the one of an issuer. */
function wordsOf(certificate: TlsCertificate | undefined, failed: ConnectCase): string {
  if (!certificate || certificate === failed.shown[0]) return "the broker's certificate";
  return `the certificate ${subjectOf(certificate)} above the broker's`;
}

/** The first certificate of the chain for which a fault is seen. */
function culprit(failed: ConnectCase, isAtFault: (certificate: TlsCertificate) => boolean): TlsCertificate | undefined {
  return chainOf(failed).find(isAtFault);
}

const expired = (failed: ConnectCase) => culprit(failed, ({ x509 }) => failed.now > new Date(x509.validTo));
const early = (failed: ConnectCase) => culprit(failed, ({ x509 }) => failed.now < new Date(x509.validFrom));
const weak = (failed: ConnectCase) => culprit(failed, (certificate) => weakDigest(certificate) !== undefined);
const noSigner = (failed: ConnectCase) =>
  culprit(failed, (certificate) => certificate !== failed.shown[0] && lacksCertSign(certificate));
const noCa = (failed: ConnectCase) =>
  failed.shown.slice(1).find((certificate) => !isCurrentCa(certificate) && certificate.info?.version !== 1);

function lacksCertSign({ info }: TlsCertificate): boolean {
  return info?.keyUsage?.includes('keyCertSign') === false;
}

/** A trusted CA with the name of the broker's CA, but with another key. */
function namesake(failed: ConnectCase): TlsCertificate | undefined {
  const end = last(failed);
  return end && failed.roots.find(({ x509 }) => x509.subject === end.x509.issuer && !isSignedBy(end.x509, x509));
}

/** The broker's certificate has the host as a name, where an address does not count (RFC 2818 3.1, RFC 6125). */
function namesAddressAsText({ failure: { host }, shown: [own] }: ConnectCase): boolean {
  const { subject = '', subjectAltName = '' } = own?.x509 ?? {};
  return subjectAltName.split(', ').includes(`DNS:${host}`) || subject.split('\n').includes(`CN=${host}`);
}

/** What the broker's certificate is made out to. */
function namesOf({ failure, shown: [own] }: ConnectCase): string {
  const said = /is not (?:in the )?cert's (?:altnames|list|CN): (.+?)(?: \[ERR_|$)/.exec(failure.detail)?.[1];
  return own?.x509.subjectAltName ?? said ?? (own ? subjectOf(own) : 'another name');
}

/** The broker is not trusted: seen in its certificates, before anything is sent. */
export const BROKER_CERTIFICATE_CAUSES: readonly Cause[] = [
  {
    trap: 'broker-certificate-expired',
    fits: hasCode('CERT_HAS_EXPIRED'),
    reason: (failed) => `${wordsOf(expired(failed), failed)} has expired`,
    advice: (failed) =>
      failed.roots.includes(expired(failed) as TlsCertificate)
        ? `store the CA's new certificate in ${ROOT}`
        : "have it renewed, or check this machine's clock",
  },
  {
    trap: 'broker-certificate-not-yet-valid',
    fits: hasCode('CERT_NOT_YET_VALID'),
    reason: (failed) => `${wordsOf(early(failed), failed)} is not yet valid`,
    advice: "check its dates and this machine's clock",
  },
  {
    trap: 'broker-named-as-issuer',
    fits: (failed) =>
      [...SELF_SIGNED, ...NO_ISSUER].includes(failed.code) && !!failed.shown[0] && isNamedAsIssuer(failed.shown[0]),
    reason: ({ shown: [own] }) =>
      `the broker's certificate has the same subject as its CA, ${subjectOf(own)}, and so is taken for one that signed itself`,
    advice: `have ${OPERATOR} make one of the two again with another subject, for example another CN`,
  },
  {
    trap: 'remade-ca',
    fits: (failed) => [...SELF_SIGNED, ...NO_ISSUER].includes(failed.code) && namesake(failed) !== undefined,
    reason: (failed) =>
      `the CA ${issuerOf(last(failed))} in root-CA has the name of the broker's CA, but another key: the CA was made again`,
    advice: `store the certificate that the broker's CA has now in ${ROOT}`,
  },
  {
    trap: 'broker-self-signed',
    fits: ({ code, shown }) => code === 'DEPTH_ZERO_SELF_SIGNED_CERT' && shown.length > 0,
    reason: (failed) =>
      `the broker's certificate ${subjectOf(failed.shown[0])} signed itself, and is not in ${failed.trust}`,
    advice: `have ${OPERATOR} take one that a CA issued, or store this certificate itself in ${ROOT}`,
  },
  {
    trap: 'missing-intermediate',
    fits: (failed) => NO_ISSUER.includes(failed.code) && last(failed) !== undefined,
    reason: (failed) =>
      `the broker's chain ends with ${subjectOf(last(failed))}; its issuer ${issuerOf(last(failed))} is neither shown nor in ${failed.trust}`,
    advice: (failed) =>
      `if ${issuerOf(last(failed))} is an intermediate CA, have the broker send its certificate too; if it is the root, store it in ${ROOT}`,
  },
  {
    trap: 'unknown-ca',
    fits: (failed) =>
      [...SELF_SIGNED, ...NO_ISSUER].includes(failed.code) || ['CERT_UNTRUSTED', 'CERT_REJECTED'].includes(failed.code),
    reason: (failed) =>
      `the broker's certificate was not signed by a trusted CA${last(failed) ? `: its root ${issuerOf(last(failed))} is not in ${failed.trust}` : ''}`,
    advice: "store the broker's root CA in the config root-CA (--root-ca FILE)",
  },
  {
    trap: 'address-as-name',
    fits: (failed) => failed.code === ALTNAME && isIP(failed.failure.host) > 0 && namesAddressAsText(failed),
    reason: ({ failure: { host } }) =>
      `the broker's certificate has ${host} as a name, but an address counts only as an iPAddress in subjectAltName`,
    advice: ({ failure: { host } }) =>
      `have it issued with subjectAltName=IP:${host}, or connect by a name that it has, in ${HOST}`,
  },
  {
    trap: 'wrong-host-name',
    fits: hasCode(ALTNAME, 'HOSTNAME_MISMATCH'),
    reason: (failed) => `the broker's certificate is for ${namesOf(failed)}, not for ${failed.failure.host}`,
    advice: ({ failure: { host } }) =>
      isIP(host)
        ? `name the broker as its certificate does, in ${HOST}, or have it issued with subjectAltName=IP:${host}`
        : `name the broker as its certificate does, in ${HOST}`,
  },
  {
    trap: 'ca-may-not-sign',
    fits: says(/does not include certificate signing/),
    reason: (failed) =>
      `the keyUsage of the CA ${noSigner(failed) ? subjectOf(noSigner(failed)!) : issuerOf(last(failed))} does not have keyCertSign, so what it signed does not count`,
    advice: `have ${OPERATOR} make the CA again with keyUsage=keyCertSign`,
  },
  {
    trap: 'issuer-is-no-ca',
    fits: (failed) => failed.code === 'INVALID_CA' || (failed.code === 'INVALID_PURPOSE' && noCa(failed) !== undefined),
    reason: (failed) =>
      `the certificate ${noCa(failed) ? subjectOf(noCa(failed)!) : issuerOf(last(failed))}, which issued the broker's, is not that of a CA`,
    advice: `have ${OPERATOR} make it again with basicConstraints=CA:TRUE`,
  },
  {
    trap: 'broker-certificate-not-for-servers',
    fits: ({ code, shown: [own] }) => code === 'INVALID_PURPOSE' && own !== undefined && !isForServers(own),
    reason: "the broker's certificate was not issued for TLS servers (no serverAuth in its extended key usage)",
    advice: `have ${OPERATOR} get one with extendedKeyUsage=serverAuth`,
  },
  {
    trap: 'broker-key-usage',
    fits: ({ code, shown: [own] }) => code === 'INVALID_PURPOSE' && own?.info?.keyUsage !== undefined,
    reason: ({ shown: [own] }) =>
      `the keyUsage of the broker's certificate, ${own.info?.keyUsage?.join(', ')}, does not allow a TLS server`,
    advice: `have ${OPERATOR} get one with keyUsage=digitalSignature`,
  },
  {
    trap: 'broker-path-too-long',
    fits: hasCode('PATH_LENGTH_EXCEEDED', 'CERT_CHAIN_TOO_LONG'),
    reason: ({ shown }) =>
      `a CA above the broker's certificate allows fewer CAs below it than there are (${shown.map(subjectOf).join(', ')})`,
    advice: `have ${OPERATOR} take a certificate of a CA higher up, or raise pathlen in basicConstraints`,
  },
  {
    trap: 'name-constraints',
    fits: says(/subtree violation/),
    reason: (failed) =>
      `a CA above the broker's certificate may not issue for ${namesOf(failed)} (nameConstraints, ${failed.shown.slice(1).map(subjectOf).join(', ')})`,
    advice: `have ${OPERATOR} get a certificate for a name that the CA may issue for, or from another CA`,
  },
  {
    trap: 'critical-extension',
    fits: says(/unhandled critical extension/),
    reason: (failed) => {
      const found = culprit(failed, ({ info }) => info?.unknownCriticalOid !== undefined);
      return `${wordsOf(found, failed)} has a critical extension that TLS does not know${found ? ` (${found.info?.unknownCriticalOid})` : ''}`;
    },
    advice: `have ${OPERATOR} get one without it, or with the extension not critical (RFC 5280 4.2)`,
  },
  {
    trap: 'weak-broker-signature',
    fits: says(/signature digest algorithm too weak/),
    reason: (failed) =>
      `${wordsOf(weak(failed), failed)} is signed with ${weak(failed) ? weakDigest(weak(failed)!) : 'a broken digest'}, and such signatures can be forged`,
    advice: `have ${OPERATOR} get it issued again with SHA-256`,
  },
  {
    trap: 'weak-broker-key',
    fits: says(/certificate key too weak/),
    reason: (failed) => {
      const found = culprit(failed, (certificate) => (modulusBits(certificate) ?? Number.POSITIVE_INFINITY) < 2048);
      return `the key of ${wordsOf(found, failed)} is too small${found ? ` (${modulusBits(found)} bits)` : ''}`;
    },
    advice: `have ${OPERATOR} get one with a key of type EC P-256 or RSA 2048`,
  },
];
