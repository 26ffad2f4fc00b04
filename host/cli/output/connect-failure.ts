import { RETURN_CODES, ReasonCode } from '../../core/index.js';
import type { KernelEvent } from '../../microvisor/index.js';
import { printable } from './printable.js';

type ConnectFailed = Extract<KernelEvent, { event: 'connectFailed' }>;

/** Why a connection failed, and what to do. */
export interface ConnectExplanation {
  /** Stable name, kebab-case. */
  trap: string;
  reason: string;
  advice: string;
}

const USER = 'check the config username and the secret password (--username, --password-file)';

/** What a broker means by the reason codes of CONNACK (MQTT 5 3.2.2.2). */
const REFUSALS: Record<number, ConnectExplanation> = {
  [ReasonCode.unsupportedProtocolVersion]: {
    trap: 'protocol-refused',
    reason: 'it does not speak this protocol version',
    advice: 'choose the other with --protocol',
  },
  [ReasonCode.clientIdentifierNotValid]: {
    trap: 'client-id-refused',
    reason: 'it does not accept the client id',
    advice: 'choose another with --client-id or the config client-id',
  },
  [ReasonCode.serverUnavailable]: {
    trap: 'broker-unavailable',
    reason: 'its MQTT service is not available',
    advice: 'try again later',
  },
  [ReasonCode.badUserNameOrPassword]: {
    trap: 'bad-user-name-or-password',
    reason: 'user name or password is wrong',
    advice: USER,
  },
  [ReasonCode.notAuthorized]: {
    trap: 'not-authorized',
    reason: 'it does not authorize this client',
    advice: `${USER}, or the certificate and the rules of the broker`,
  },
  [ReasonCode.banned]: { trap: 'banned', reason: 'it has banned this client', advice: 'ask its operator' },
};

const HOST_AND_PORT = 'the configs broker-host and broker-port (--broker-host, --broker-port)';
const CERTIFICATE = 'the config cert with the secret private_key (--cert, --key)';

interface Rule extends Omit<ConnectExplanation, 'reason'> {
  /** Tested against the request state, the host and the detail, which has the error code of Node or OpenSSL. */
  when: RegExp;
  reason: string | ((failure: ConnectFailed) => string);
}

/** The first rule that fits counts. */
const RULES: Rule[] = [
  {
    trap: 'scheme-in-host',
    when: /^NXDOMAIN.*host (.*:\/\/|.*[/:]\d*$)/,
    reason: 'this is not a host name',
    advice: 'give only the name, without mqtts:// and port, in the config broker-host (--broker-host)',
  },
  {
    trap: 'host-not-found',
    when: /^NXDOMAIN/,
    reason: 'the host name does not resolve',
    advice: 'check the config broker-host (--broker-host) and the network',
  },
  {
    trap: 'connection-refused',
    when: /ECONNREFUSED/,
    reason: 'nothing listens there (ECONNREFUSED)',
    advice: 'check the config broker-port (--broker-port), or start the broker',
  },
  {
    trap: 'no-answer',
    when: /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|connection .*within \d+ ms/,
    reason: 'the host does not answer',
    advice: `check ${HOST_AND_PORT}, the network and firewalls`,
  },
  {
    trap: 'broker-certificate-expired',
    when: /CERT_HAS_EXPIRED/,
    reason: "the broker's certificate has expired",
    advice: "have it renewed, or check this machine's clock",
  },
  {
    trap: 'broker-certificate-not-yet-valid',
    when: /CERT_NOT_YET_VALID/,
    reason: "the broker's certificate is not yet valid",
    advice: "check its dates and this machine's clock",
  },
  {
    trap: 'unknown-ca',
    when: /^UNKNOWNCA/,
    reason: "the broker's certificate was not signed by a trusted CA",
    advice: "store the broker's root CA in the config root-CA (--root-ca FILE)",
  },
  {
    trap: 'wrong-host-name',
    when: /ALTNAME_INVALID/,
    reason: ({ host, detail }) => {
      const names =
        /is not (?:in the )?cert's (?:altnames|list|CN): (.+?)(?: \[ERR_|$)/.exec(detail)?.[1] ?? 'another name';
      return `the broker's certificate is for ${names}, not for ${host}`;
    },
    advice: 'name the broker as its certificate does, in the config broker-host (--broker-host)',
  },
  {
    trap: 'client-ca-unknown',
    when: /the broker does not know the CA of the client certificate/,
    reason: 'the broker does not know the CA of the client certificate',
    advice: `take a certificate of a CA that the broker trusts, in ${CERTIFICATE}`,
  },
  {
    trap: 'client-certificate-missing',
    when: /the broker demands a client certificate/,
    reason: 'the broker demands a client certificate',
    advice: `give one in ${CERTIFICATE}`,
  },
  {
    trap: 'client-certificate-refused',
    when: /the broker (refused|says)[^:]*certificate/,
    reason: ({ detail }) => /the broker (refused|says)[^:]*/.exec(detail)![0],
    advice: `check ${CERTIFICATE}`,
  },
  {
    trap: 'not-tls',
    when: /WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG|RECORD_LENGTH|UNEXPECTED_MESSAGE/,
    reason: 'what listens there does not speak TLS',
    advice: 'give the TLS port of the broker (usually 8883) in the config broker-port (--broker-port)',
  },
  {
    trap: 'no-handshake',
    when: /no TLS handshake within/,
    reason: ({ detail }) => `the port does not answer the TLS handshake (${detail})`,
    advice: 'give the TLS port of the broker (usually 8883) in the config broker-port (--broker-port)',
  },
  {
    trap: 'no-connack',
    when: /no CONNACK within/,
    reason: ({ detail }) => `the broker does not answer CONNECT (${detail})`,
    advice: 'see the log of the broker, and check that the port is that of MQTT over TLS, without WebSockets',
  },
  {
    trap: 'closed-before-connack',
    when: /before CONNACK/,
    reason: ({ detail }) =>
      `the broker closed the connection before it answered (${/\((it may[^)]*)/.exec(detail)?.[1]})`,
    advice: `check ${CERTIFICATE}`,
  },
  {
    trap: 'closed-in-handshake',
    when: /before secure TLS|ECONNRESET|EPIPE|during the TLS handshake/,
    reason: 'the connection was closed during the TLS handshake',
    advice: `check ${HOST_AND_PORT} and that the port speaks TLS`,
  },
  {
    trap: 'unusable-credentials',
    when: /^INVALIDPARAMETERS/,
    reason: ({ detail }) => detail,
    advice: 'check the configs root-CA and cert and the secret private_key (--root-ca, --cert, --key)',
  },
  {
    trap: 'connection-failed',
    when: /^/,
    reason: ({ detail }) => detail,
    advice: `check ${HOST_AND_PORT} and that the port speaks TLS`,
  },
];

/** One sentence for a connection that failed: where, why, and what to do. */
export function describeConnectFailure(failure: ConnectFailed): string {
  const { trap, reason, advice } = explainConnectFailure(failure);
  if (trap === 'key-of-another-certificate') return `private_key: ${reason}; ${advice}`;
  return `cannot connect to ${printable(`${failure.host}:${failure.port}`)}: ${reason}; ${advice}`;
}

/** Why a connection failed, as printable text. */
export function explainConnectFailure(failure: ConnectFailed): ConnectExplanation {
  const { trap, reason, advice } = explain(failure);
  return { trap, reason: printable(reason), advice: printable(advice) };
}

function explain(failure: ConnectFailed): ConnectExplanation {
  const { host, requestState, reasonCode, detail } = failure;
  if (requestState === 'REQUESTCOMPLETED') {
    const meaning = REFUSALS[RETURN_CODES[reasonCode]?.reasonCode ?? reasonCode];
    if (meaning === undefined) return { trap: 'refused', reason: detail, advice: 'see the log of the broker' };
    const code = reasonCode < 0x80 ? `return code ${reasonCode}` : `reason code 0x${reasonCode.toString(16)}`;
    return { ...meaning, reason: `the broker refused with ${code}: ${meaning.reason}` };
  }
  if (detail.includes('private key does not belong')) {
    return {
      trap: 'key-of-another-certificate',
      reason: 'does not belong to the certificate in cert',
      advice: 'store the key that the certificate was made for',
    };
  }
  const known = `${requestState} host ${host} ${detail}`;
  const { trap, reason, advice } = RULES.find(({ when }) => when.test(known))!;
  return { trap, reason: typeof reason === 'string' ? reason : reason(failure), advice };
}
