import {
  curveWithoutScheme,
  isForClients,
  isNamedAsIssuer,
  lacksDigitalSignature,
  modulusBits,
  weakDigest,
} from '../credentials/index.js';
import { type Cause, CERTIFICATE, USER } from './cause.js';
import { type ConnectCase, issuerOf, subjectOf } from './connect-case.js';
import { TlsAlert } from './tls-alerts.js';

/** How brokers refuse a certificate, or the lack of one: these alerts, or no word at all. */
const REFUSALS: readonly number[] = [
  TlsAlert.handshakeFailure,
  TlsAlert.badCertificate,
  TlsAlert.unsupportedCertificate,
  TlsAlert.certificateExpired,
  TlsAlert.certificateUnknown,
  TlsAlert.illegalParameter,
  TlsAlert.unknownCa,
  TlsAlert.accessDenied,
  TlsAlert.decryptError,
  TlsAlert.insufficientSecurity,
  TlsAlert.certificateRequired,
];

/** Whether the broker may have refused the device's certificate. */
function isRefused({ own, evidence, code, failure, isUnanswered }: ConnectCase): boolean {
  if (own.length === 0) return false;
  if (evidence.alert !== undefined) return REFUSALS.includes(evidence.alert);
  const isClosed = /ECONNRESET|EPIPE/.test(code) || /closed the connection|was closed during/.test(failure.detail);
  return isClosed && (isUnanswered ? evidence.answer.length === 0 : true);
}

const ownIs = (isAtFault: (failed: ConnectCase) => boolean) => (failed: ConnectCase) =>
  isRefused(failed) && isAtFault(failed);

const again = (how: string) => `have one issued ${how}, and store it in ${CERTIFICATE}`;
const name = ({ own }: ConnectCase) => subjectOf(own[0]);

/** What OpenSSL says of the device's own chain before it connects, unless its version leaves that to the broker. */
const OWN_KEY = /ee key too small|ca key too small/;
const OWN_DIGEST = /ca md too weak|md too weak/;
const SMALLEST_MODULUS = 2048;

const smallKey = ({ own }: ConnectCase) =>
  own.find((certificate) => (modulusBits(certificate) ?? Number.POSITIVE_INFINITY) < SMALLEST_MODULUS);
const weaklySigned = ({ own }: ConnectCase) => own.find((certificate) => weakDigest(certificate) !== undefined);

/** OpenSSL on this side refused the chain with these words, or the broker refused what is wrong with it. */
const isRefusedFor =
  (words: RegExp, isAtFault: (failed: ConnectCase) => boolean) =>
  (failed: ConnectCase): boolean =>
    (!failed.evidence.secure && words.test(failed.failure.detail)) || ownIs(isAtFault)(failed);

/** The device's certificate: seen in it what makes TLS or a broker refuse it. */
export const OWN_CERTIFICATE_CAUSES: readonly Cause[] = [
  {
    trap: 'key-of-another-certificate',
    fits: ({ failure }) => failure.detail.includes('private key does not belong'),
    reason: 'does not belong to the certificate in cert',
    advice: 'store the key that the certificate was made for',
  },
  {
    trap: 'small-rsa-key',
    fits: isRefusedFor(OWN_KEY, (failed) => smallKey(failed) !== undefined),
    reason: (failed) => {
      const small = smallKey(failed);
      return small
        ? `the key of the device's certificate ${subjectOf(small)} has ${modulusBits(small)} bits, which TLS refuses`
        : "the key of the device's certificate is too small for TLS";
    },
    advice: again('for a key of type EC P-256 or RSA 2048'),
  },
  {
    trap: 'weak-signature',
    fits: isRefusedFor(OWN_DIGEST, (failed) => weaklySigned(failed) !== undefined),
    reason: (failed) => {
      const weak = weaklySigned(failed);
      return weak
        ? `the device's certificate ${subjectOf(weak)} is signed with ${weakDigest(weak)}, which TLS refuses`
        : "the device's certificate is signed with a digest that TLS refuses";
    },
    advice: again('with SHA-256'),
  },
  {
    trap: 'unusable-credentials',
    fits: ({ failure: { requestState, detail } }) =>
      requestState === 'INVALIDPARAMETERS' && /certificate|private key/.test(detail),
    reason: ({ failure }) => failure.detail,
    advice: 'check the configs root-CA and cert and the secret private_key (--root-ca, --cert, --key)',
  },
  {
    trap: 'unusable-values',
    fits: ({ failure }) => failure.requestState === 'INVALIDPARAMETERS',
    reason: ({ failure }) => `MQTT does not allow what the device asks for: ${failure.detail}`,
    advice: `check the config client-id (--client-id), and ${USER}`,
  },
  {
    trap: 'own-certificate-expired',
    fits: ownIs(({ own: [own], now }) => now > new Date(own.x509.validTo)),
    reason: (failed) => `the broker refused the device's certificate ${name(failed)}, which has expired`,
    advice: `have it renewed by its CA, and store it in ${CERTIFICATE}`,
  },
  {
    trap: 'curve-without-scheme',
    fits: ownIs(({ own: [own] }) => curveWithoutScheme(own) !== undefined),
    reason: (failed) =>
      `the key of the device's certificate is on the curve ${curveWithoutScheme(failed.own[0])}, for which TLS 1.3 has no signature scheme, so the broker got no certificate`,
    advice: again('for a key of type EC P-256'),
  },
  {
    trap: 'not-for-clients',
    fits: ownIs(({ own: [own] }) => !isForClients(own)),
    reason: (failed) =>
      `the broker refused the device's certificate ${name(failed)}, which was not issued for TLS clients (no clientAuth in its extended key usage)`,
    advice: again('with extendedKeyUsage=clientAuth'),
  },
  {
    trap: 'no-digital-signature',
    fits: ownIs(({ own: [own] }) => lacksDigitalSignature(own)),
    reason: (failed) =>
      `the broker refused the device's certificate ${name(failed)}, whose keyUsage does not have digitalSignature`,
    advice: again('with keyUsage=digitalSignature'),
  },
  {
    trap: 'named-as-issuer',
    fits: ownIs(({ own: [own] }) => isNamedAsIssuer(own)),
    reason: (failed) =>
      `the broker refused the device's certificate, which has the same subject as its CA, ${name(failed)}`,
    advice: again('with a subject of its own'),
  },
  {
    trap: 'client-ca-unknown',
    fits: ({ evidence }) => evidence.alert === TlsAlert.unknownCa,
    reason: 'the broker does not know the CA of the client certificate',
    advice: ({ own }) =>
      `${own.length > 0 ? `${issuerOf(own[own.length - 1])} issued it; ` : ''}take a certificate of a CA that the broker trusts, in ${CERTIFICATE}`,
  },
  {
    trap: 'client-certificate-missing',
    fits: ({ evidence, own }) => evidence.alert === TlsAlert.certificateRequired && own.length === 0,
    reason: 'the broker demands a client certificate',
    advice: `give one in ${CERTIFICATE}`,
  },
  {
    trap: 'client-certificate-not-asked-for',
    fits: ({ evidence }) => evidence.alert === TlsAlert.certificateRequired,
    reason: (failed) =>
      `the broker demands a client certificate, but takes no signature of the key of ${name(failed)}, so it got none`,
    advice: again('for a key of type EC P-256 or RSA 2048'),
  },
  {
    trap: 'client-certificate-revoked',
    fits: ({ evidence }) => evidence.alert === TlsAlert.certificateRevoked,
    reason: 'the broker says that the client certificate was revoked',
    advice: again('for the device'),
  },
  {
    trap: 'client-certificate-expired',
    fits: ({ evidence }) => evidence.alert === TlsAlert.certificateExpired,
    reason: 'the broker says that the client certificate has expired',
    advice: ({ own: [own] }) =>
      own
        ? `it ends on ${new Date(own.x509.validTo).toISOString()} by its dates: check the broker's clock, and each certificate of ${CERTIFICATE}`
        : `check ${CERTIFICATE}`,
  },
  {
    trap: 'client-certificate-refused',
    fits: ({ evidence: { alert } }) =>
      alert === TlsAlert.badCertificate ||
      alert === TlsAlert.unsupportedCertificate ||
      alert === TlsAlert.certificateUnknown ||
      alert === TlsAlert.accessDenied,
    reason: (failed) =>
      `the broker refused the client certificate${failed.own.length > 0 ? ` ${name(failed)}, issued by ${issuerOf(failed.own[failed.own.length - 1])}` : ''} (TLS alert ${failed.evidence.alert})`,
    advice: `see the broker's log for the reason, then check ${CERTIFICATE}`,
  },
  {
    trap: 'signature-refused',
    fits: ({ evidence }) => evidence.alert === TlsAlert.decryptError,
    reason: "the broker could not verify the handshake with the device's certificate (decrypt_error)",
    advice: `check that ${CERTIFICATE} are those of the device, and that no proxy stands between`,
  },
];
