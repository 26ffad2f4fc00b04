import { ReasonCode } from '../../../host/core/index.js';
import { REFUSALS } from '../../../host/diagnosis/connack-meanings.js';
import type { DiagnosisCase } from './diagnosis-case.js';

const hex = (text: string) => Buffer.from(text).toString('hex');
const identity = { requireCertificate: true, anonymous: false, lines: ['use_identity_as_username true'] };
/** Those that a device with a user name is told, one for each reason code of CONNACK. */
const refusals = Object.keys(REFUSALS).map((text): DiagnosisCase => {
  const code = Number(text);
  const name = Object.entries(ReasonCode).find(([, value]) => value === code)?.[0];
  const { trap } = REFUSALS[code];
  return {
    case: `CONNACK with ${name}`,
    trap,
    set: async (rig) => ({
      ...(await rig.tls(['server'], `200300${code.toString(16)}00`)),
      userName: 'ann',
      password: 'guess',
    }),
    says: new RegExp(`refused with reason code 0x${code.toString(16)}: .{10,}; .{10,}`),
  };
});

export const ANSWER_CASES: DiagnosisCase[] = [
  {
    case: 'a broker of MQTT 3.1.1 only',
    trap: 'mqtt-3-only',
    set: (rig) => rig.tls(['server'], '20020001'),
    says: /answers MQTT 5 as one that speaks MQTT 3\.1\.1 only does \(20020001\); choose MQTT 3\.1\.1 with --protocol 3\.1\.1$/,
  },
  {
    case: 'a broker of MQTT 5 only',
    trap: 'protocol-refused',
    set: async (rig) => ({ ...(await rig.tls(['server'], '2003008400')), protocolVersion: 4 }),
    says: /reason code 0x84: it does not speak this protocol version; choose the other with --protocol 5$/,
  },
  {
    case: 'return code 1 of MQTT 3.1.1',
    trap: 'protocol-refused',
    set: async (rig) => ({ ...(await rig.tls(['server'], '20020001')), protocolVersion: 4 }),
    says: /return code 1: .*; choose the other with --protocol 5$/,
  },
  {
    case: 'a reason code of MQTT 5 in a CONNACK of MQTT 3.1.1',
    trap: 'not-authorized',
    set: async (rig) => ({ ...(await rig.tls(['server'], '20020087')), userName: 'ann', password: 'guess' }),
    says: /refused with reason code 0x87: it does not authorize this client; check the config username/,
  },
  {
    case: 'use_identity_as_username, and a certificate without CN, under MQTT 5',
    trap: 'no-common-name',
    set: async (rig) => ({ ...(await rig.mosquitto(identity)), ...rig.device('no-name') }),
    says: /reason code 0x86: it takes the user name from the certificate \(mosquitto: use_identity_as_username\), and "O=Pumps" has no CN; have the certificate issued with a CN/,
  },
  {
    case: 'use_identity_as_username, and a certificate without CN, under MQTT 3.1.1',
    trap: 'no-common-name',
    set: async (rig) => ({ ...(await rig.mosquitto(identity)), ...rig.device('no-name'), protocolVersion: 4 }),
    says: /return code 4: .*"O=Pumps" has no CN/,
  },
  {
    case: 'a certificate whose CN the broker does not know',
    trap: 'identity-refused',
    set: async (rig) => ({ ...(await rig.tls(['server'], '2003008600')), ...rig.device('device') }),
    says: /the one of the certificate, "device"; have the broker know this name/,
  },
  {
    case: 'mosquitto 2 without allow_anonymous, under MQTT 5',
    trap: 'user-name-missing',
    set: (rig) => rig.mosquitto({ anonymous: false }),
    says: /reason code 0x87: it does not let in clients without user name \(mosquitto 2: allow_anonymous is false\); give the config username/,
  },
  {
    case: 'mosquitto 2 without allow_anonymous, under MQTT 3.1.1',
    trap: 'user-name-missing',
    set: async (rig) => ({ ...(await rig.mosquitto({ anonymous: false })), protocolVersion: 4 }),
    says: /return code 5: it does not let in clients without user name/,
  },
  {
    case: 'a certificate where a user name is wanted',
    trap: 'not-authorized',
    set: async (rig) => ({
      ...(await rig.mosquitto({ anonymous: false, requireCertificate: true })),
      ...rig.device('device'),
    }),
    says: /the certificate alone does not let the device in: .*use_identity_as_username true/,
  },
  {
    case: 'a DISCONNECT in place of CONNACK, as another device has the client id',
    trap: 'client-id-in-use',
    set: (rig) => rig.tls(['server'], 'e0018e'),
    says: /another device uses this client id; choose another with --client-id/,
  },
  ...refusals,
  {
    case: 'a port that speaks another protocol over TLS',
    trap: 'not-mqtt',
    set: (rig) => rig.tls(['server'], hex('HTTP/1.1 400 Bad Request\r\n\r\n')),
    says: /does not speak MQTT: it sent "HTTP\/1\.1 400 Bad"; give the TLS port/,
  },
  {
    case: 'a broker that wants enhanced authentication',
    trap: 'wants-authentication',
    set: (rig) => rig.tls(['server'], 'f00618041500016d'),
    says: /wants enhanced authentication \(AUTH\)/,
  },
  {
    case: 'a broker that does not answer CONNECT',
    trap: 'no-connack',
    set: async (rig) => ({ ...(await rig.tls(['server'])), timeout: 500 }),
    says: /does not answer CONNECT \(no CONNACK within 500 ms\); see the log/,
  },
  {
    case: 'a TLS port that closes',
    trap: 'closed-before-connack',
    set: (rig) => rig.tls(['server'], 'close'),
    says: /closed the connection before it answered \(it may want a client certificate\); check that the port is one of MQTT, try --protocol 3\.1\.1/,
  },
];
