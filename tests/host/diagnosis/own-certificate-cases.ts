import { TlsAlert } from '../../../host/diagnosis/tls-alerts.js';
import type { DiagnosisCase } from './diagnosis-case.js';
import type { DiagnosisRig } from './diagnosis-rig.js';

/** mosquitto demands a certificate, and gets this one. */
const demanded = (name: string) => async (rig: DiagnosisRig) => ({
  ...(await rig.mosquitto({ requireCertificate: true })),
  ...rig.device(name),
});

/** A broker that answers the handshake with this alert. */
const alerted =
  (alert: number, name = 'device') =>
  async (rig: DiagnosisRig) => ({ ...(await rig.alert(alert)), ...rig.device(name) });

export const OWN_CERTIFICATE_CASES: DiagnosisCase[] = [
  {
    case: 'the key of another certificate',
    trap: 'key-of-another-certificate',
    set: async (rig) => ({
      ...(await rig.mosquitto()),
      ...rig.device('device'),
      clientKey: rig.device('no-name').clientKey,
    }),
    says: /does not belong to the certificate in cert; store the key that the certificate was made for/,
  },
  {
    case: 'an RSA key of 512 bits',
    trap: 'small-rsa-key',
    set: demanded('device-512'),
    says: /"CN=device-512" has 512 bits, which TLS refuses; have one issued for a key of type EC P-256/,
  },
  {
    case: 'a signature with SHA-1',
    trap: 'weak-signature',
    set: demanded('device-sha1'),
    says: /"CN=device-sha1" is signed with SHA-1, which TLS refuses; have one issued with SHA-256/,
  },
  {
    case: 'a signature with MD5',
    trap: 'weak-signature',
    set: async (rig) => ({
      ...(await rig.mosquitto({ requireCertificate: true })),
      ...rig.device('device-md5', rig.rsa),
    }),
    says: /signed with MD5/,
  },
  {
    case: 'a root CA that is not DER',
    trap: 'unusable-credentials',
    set: async (rig) => ({ ...(await rig.mosquitto()), ca: Buffer.from('3003020101', 'hex') }),
    says: /CA certificate 1 is not a DER certificate.*; check the configs root-CA and cert/,
  },
  {
    case: 'a client id that MQTT does not allow',
    trap: 'unusable-values',
    set: async (rig) => ({ ...(await rig.mosquitto()), clientId: 'a\u0000b' }),
    says: /MQTT does not allow what the device asks for: .*; check the config client-id/,
  },
  {
    case: 'a device certificate that has expired',
    trap: 'own-certificate-expired',
    set: demanded('device-old'),
    says: /refused the device's certificate "CN=device-old", which has expired; have it renewed/,
  },
  ...[
    ['device-k1', 'secp256k1'],
    ['device-p224', 'secp224r1'],
    ['device-brainpool', 'brainpoolP256r1'],
  ].map(
    ([name, curve]): DiagnosisCase => ({
      case: `a key on ${curve}`,
      trap: 'curve-without-scheme',
      set: demanded(name),
      says: new RegExp(
        `on the curve ${curve}, for which TLS 1.3 has no signature scheme.*; have one issued for a key of type EC P-256`,
      ),
    }),
  ),
  {
    case: 'a certificate for servers',
    trap: 'not-for-clients',
    set: demanded('for-servers'),
    says: /"CN=for-servers", which was not issued for TLS clients .*extendedKeyUsage=clientAuth/,
  },
  {
    case: 'a key usage without digitalSignature',
    trap: 'no-digital-signature',
    set: demanded('no-signing'),
    says: /"CN=no-signing", whose keyUsage does not have digitalSignature; .*keyUsage=digitalSignature/,
  },
  {
    case: 'a device certificate with the subject of its CA',
    trap: 'named-as-issuer',
    set: demanded('namesake'),
    says: /has the same subject as its CA, "CN=Interop CA"; have one issued with a subject of its own/,
  },
  {
    case: 'a certificate of a CA that the broker does not know',
    trap: 'client-ca-unknown',
    set: async (rig) => ({
      ...(await rig.mosquitto({ requireCertificate: true })),
      ...rig.device('ca', rig.foreign),
    }),
    says: /does not know the CA of the client certificate; "CN=Another CA" issued it; take a certificate of a CA that the broker trusts/,
  },
  {
    case: 'no certificate for a broker that demands one',
    trap: 'client-certificate-missing',
    set: (rig) => rig.mosquitto({ requireCertificate: true }),
    says: /demands a client certificate; give one in the config cert/,
  },
  {
    case: 'a broker that takes no signature of the key',
    trap: 'client-certificate-not-asked-for',
    set: async (rig) => {
      const options = { requestCert: true, ca: rig.pki.read('ca.pem'), sigalgs: 'ed25519:ecdsa_secp256r1_sha256' };
      return { ...(await rig.tls(['server'], '', options)), ...rig.device('device-rsa') };
    },
    says: /takes no signature of the key of "CN=device-rsa", so it got none/,
  },
  {
    case: 'a certificate that was revoked',
    trap: 'client-certificate-revoked',
    set: alerted(TlsAlert.certificateRevoked),
    says: /says that the client certificate was revoked; have one issued for the device/,
  },
  {
    case: 'a broker whose clock is wrong',
    trap: 'client-certificate-expired',
    set: alerted(TlsAlert.certificateExpired),
    says: /says that the client certificate has expired; it ends on 2080-01-01T00:00:00.000Z by its dates: check the broker's clock/,
  },
  ...[TlsAlert.badCertificate, TlsAlert.unsupportedCertificate, TlsAlert.certificateUnknown, TlsAlert.accessDenied].map(
    (alert): DiagnosisCase => ({
      case: `a refusal with alert ${alert}`,
      trap: 'client-certificate-refused',
      set: alerted(alert),
      says: new RegExp(
        `refused the client certificate "CN=device", issued by "CN=Interop CA" \\(TLS alert ${alert}\\); see the broker's log`,
      ),
    }),
  ),
  {
    case: 'a signature that the broker cannot verify',
    trap: 'signature-refused',
    set: alerted(TlsAlert.decryptError),
    says: /could not verify the handshake .*\(decrypt_error\); check that .* are those of the device/,
  },
];
