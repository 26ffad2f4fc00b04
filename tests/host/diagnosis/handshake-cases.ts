import { TlsAlert } from '../../../host/diagnosis/tls-alerts.js';
import type { DiagnosisCase } from './diagnosis-case.js';

const on443: DiagnosisCase['evidence'] = (failure) => ({ ...failure, port: 443 });
const TLS_PORT = /give the TLS port of the broker \(usually 8883\) in the config broker-port/;

export const HANDSHAKE_CASES: DiagnosisCase[] = [
  {
    case: 'TLS 1.1 only',
    trap: 'tls-too-old',
    set: (rig) => rig.tls(['server'], '', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }),
    says: /speaks only TLS 1\.1 or older, and the device needs TLS 1\.2 or newer; have .* allow TLS 1\.2/,
  },
  {
    case: 'a ServerHello of TLS 1.1, without an alert',
    trap: 'tls-too-old',
    set: (rig) => {
      const random = Buffer.alloc(32, 7);
      const hello = Buffer.concat([Buffer.from([2, 0, 0, 38, 3, 2]), random, Buffer.from([0, 0xc0, 0x14, 0])]);
      return rig.alert(Buffer.concat([Buffer.from([0x16, 3, 2, 0, hello.length]), hello]));
    },
    says: /needs TLS 1\.2 or newer/,
  },
  {
    case: 'a name that the broker does not know',
    trap: 'sni-refused',
    set: (rig) => rig.alert(TlsAlert.unrecognizedName),
    says: /no certificate for the name localhost \(unrecognized name\); give the name under which the broker serves MQTT/,
  },
  {
    case: 'an address where a name is needed',
    trap: 'sni-missing',
    set: async (rig) => ({ ...(await rig.alert(TlsAlert.missingExtension)), host: '127.0.0.1' }),
    says: /wants a host name in the handshake.*; give the broker's name in place of its address/,
  },
  {
    case: 'a broker that wants ALPN, with its alert',
    trap: 'port-needs-alpn',
    set: (rig) => rig.alert(TlsAlert.noApplicationProtocol),
    says: /by ALPN, which the managed client does not send; give 8883 in the config broker-port/,
  },
  {
    case: 'port 443, which answers as HTTPS does',
    trap: 'port-needs-alpn',
    set: (rig) => rig.tls(['server'], Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n').toString('hex')),
    evidence: on443,
    says: /tells MQTT on port 443 by ALPN, .*; give 8883/,
  },
  {
    case: 'port 443, which closes',
    trap: 'port-needs-alpn',
    set: (rig) => rig.tls(['server'], 'close'),
    evidence: on443,
    says: /on port 443 by ALPN/,
  },
  {
    case: 'ciphers that are too weak',
    trap: 'no-common-parameters',
    set: (rig) => rig.alert(TlsAlert.insufficientSecurity),
    says: /do not match in strength.*; have .* ECDHE with AES-GCM/,
  },
  {
    case: 'no certificate for a broker with TLS 1.2',
    trap: 'handshake-refused',
    set: (rig) => rig.tls(['server'], '', { requestCert: true, maxVersion: 'TLSv1.2', ca: rig.pki.read('ca.pem') }),
    says: /refused the handshake; it may demand a client certificate; give one in the config cert/,
  },
  {
    case: 'no cipher in common, with a good certificate',
    trap: 'handshake-refused',
    set: async (rig) => ({
      ...(await rig.tls(['server'], '', { ciphers: 'AES128-SHA', maxVersion: 'TLSv1.2' })),
      ...rig.device('device'),
    }),
    says: /takes none of the ciphers, curves or signatures that the device offers; see the broker's log/,
  },
  {
    case: 'a fault of the broker',
    trap: 'broker-fault',
    set: (rig) => rig.alert(TlsAlert.internalError),
    says: /a fault of its own in the handshake \(internal_error\); see the broker's log/,
  },
  {
    case: 'a port that speaks something else',
    trap: 'not-tls',
    set: (rig) => rig.alert(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
    says: TLS_PORT,
  },
  {
    case: 'a port that says nothing',
    trap: 'no-handshake',
    set: async (rig) => ({ ...(await rig.tcp(() => {})), timeout: 300 }),
    says: TLS_PORT,
  },
  {
    case: 'a port of MQTT without TLS, which closes',
    trap: 'closed-in-handshake',
    set: (rig) => rig.tcp((socket) => socket.once('data', () => socket.end())),
    says: /without an alert; give the TLS port .* as a port of MQTT without TLS closes so/,
  },
  {
    case: 'a broker that closes on a good certificate',
    trap: 'closed-in-handshake',
    set: async (rig) => ({
      ...(await rig.tcp((socket) => socket.once('data', () => socket.end()))),
      ...rig.device('device'),
    }),
    says: /the broker may refuse the config cert with the secret private_key/,
  },
];
