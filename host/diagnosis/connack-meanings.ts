import { ReasonCode } from '../core/index.js';
import { type Cause, USER } from './cause.js';

/** What a broker means by a reason code, and what to do. */
type Meaning = Omit<Cause, 'fits'>;

const OTHER_ID = 'choose another with --client-id or the config client-id';
const LATER = 'try again later';
const OPERATOR = 'ask its operator';
const LOG = "see the broker's log";

/** What a broker means by the reason codes of CONNACK (MQTT 5 3.2.2.2). Return codes of 3.1.1 are translated before. */
export const REFUSALS: Record<number, Meaning> = {
  [ReasonCode.unspecifiedError]: { trap: 'refused', reason: 'it does not say why', advice: LOG },
  [ReasonCode.malformedPacket]: {
    trap: 'connect-malformed',
    reason: 'it cannot read the CONNECT',
    advice: `${LOG}, and try the other version with --protocol`,
  },
  [ReasonCode.protocolError]: {
    trap: 'connect-malformed',
    reason: 'it takes the CONNECT for a protocol error',
    advice: `${LOG}, and try the other version with --protocol`,
  },
  [ReasonCode.implementationSpecificError]: {
    trap: 'refused',
    reason: 'it has a reason that MQTT has no code for',
    advice: LOG,
  },
  [ReasonCode.unsupportedProtocolVersion]: {
    trap: 'protocol-refused',
    reason: 'it does not speak this protocol version',
    advice: ({ evidence }) => `choose the other with --protocol ${evidence.protocolVersion === 5 ? '3.1.1' : '5'}`,
  },
  [ReasonCode.clientIdentifierNotValid]: {
    trap: 'client-id-refused',
    reason: 'it does not accept the client id',
    advice: OTHER_ID,
  },
  [ReasonCode.serverUnavailable]: {
    trap: 'broker-unavailable',
    reason: 'its MQTT service is not available',
    advice: LATER,
  },
  [ReasonCode.serverBusy]: { trap: 'broker-unavailable', reason: 'it is busy', advice: LATER },
  [ReasonCode.badUserNameOrPassword]: {
    trap: 'bad-user-name-or-password',
    reason: 'user name or password is wrong',
    advice: `check ${USER}`,
  },
  [ReasonCode.notAuthorized]: {
    trap: 'not-authorized',
    reason: 'it does not authorize this client',
    advice: ({ evidence, own }) => {
      if (evidence.userName !== undefined) {
        return `check ${USER}, or the certificate and the rules of the broker`;
      }
      if (own.length === 0) return `give ${USER}`;
      return `the certificate alone does not let the device in: have the broker take the user name from it (mosquitto: use_identity_as_username true), or give ${USER}`;
    },
  },
  [ReasonCode.banned]: { trap: 'banned', reason: 'it has banned this client', advice: OPERATOR },
  [ReasonCode.badAuthenticationMethod]: {
    trap: 'authentication-method',
    reason: 'it wants enhanced authentication, which the device does not have',
    advice: `have its operator allow user name or certificate, and give ${USER}`,
  },
  [ReasonCode.sessionTakenOver]: {
    trap: 'client-id-in-use',
    reason: 'another device uses this client id',
    advice: OTHER_ID,
  },
  [ReasonCode.topicNameInvalid]: {
    trap: 'will-refused',
    reason: 'it does not accept the topic of the will',
    advice: "change the will's topic in the application",
  },
  [ReasonCode.packetTooLarge]: {
    trap: 'connect-too-large',
    reason: 'the CONNECT is too large for it',
    advice: 'choose a shorter client id, user name, password or will',
  },
  [ReasonCode.quotaExceeded]: {
    trap: 'quota-exceeded',
    reason: 'a quota is used up',
    advice: `${OPERATOR}, or see how many devices connect with this account`,
  },
  [ReasonCode.payloadFormatInvalid]: {
    trap: 'will-refused',
    reason: 'the payload of the will is not of the format that it names',
    advice: "change the will's payload in the application",
  },
  [ReasonCode.retainNotSupported]: {
    trap: 'will-refused',
    reason: 'it keeps no retained messages, and the will is one',
    advice: 'take the retain flag from the will in the application',
  },
  [ReasonCode.qosNotSupported]: {
    trap: 'will-refused',
    reason: 'it does not support the QoS of the will',
    advice: 'give the will a lower QoS in the application',
  },
  [ReasonCode.useAnotherServer]: {
    trap: 'moved',
    reason: 'this client is to use another server for now',
    advice: `${OPERATOR} which, and give it in the config broker-host (--broker-host)`,
  },
  [ReasonCode.serverMoved]: {
    trap: 'moved',
    reason: 'the server has moved for good',
    advice: `${OPERATOR} where to, and give it in the config broker-host (--broker-host)`,
  },
  [ReasonCode.connectionRateExceeded]: {
    trap: 'rate-exceeded',
    reason: 'there are too many connections in a short time',
    advice: 'wait, and see whether two devices use this client id',
  },
};
