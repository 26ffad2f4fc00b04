import { ReasonCode } from '../../core/index.js';
import type { KernelEvent } from '../../microvisor/index.js';
import { printable } from './printable.js';

type ConnectFailed = Extract<KernelEvent, { event: 'connectFailed' }>;

/** 3.1.1 return codes of CONNACK (3.1.1 3.2.2.3). */
const RETURN_CODES: Record<number, string> = {
  1: 'it does not speak this protocol version; choose the other with --protocol',
  2: 'it does not accept the client id; choose another with --client-id or the config client-id',
  3: 'its MQTT service is not available; try again later',
  4: 'user name or password is wrong; check the config username and the secret password (--username, --password-file)',
  5: 'it does not authorize this client; check the config username and the secret password (--username, --password-file), or the certificate and the rules of the broker',
};

/** What to do about MQTT 5 reason codes of CONNACK (MQTT 5 3.2.2.2), in the words of 3.1.1 where they mean the same. */
const REASONS: Record<number, string> = {
  [ReasonCode.unsupportedProtocolVersion]: RETURN_CODES[1],
  [ReasonCode.clientIdentifierNotValid]: RETURN_CODES[2],
  [ReasonCode.serverUnavailable]: RETURN_CODES[3],
  [ReasonCode.badUserNameOrPassword]: RETURN_CODES[4],
  [ReasonCode.notAuthorized]: RETURN_CODES[5],
  [ReasonCode.banned]: 'it has banned this client; ask its operator',
};

const HOST_AND_PORT = 'the configs broker-host and broker-port (--broker-host, --broker-port)';
const CERTIFICATE = 'the config cert with the secret private_key (--cert, --key)';

interface Rule {
  /** Looked for in the request state and the detail, which holds the code of Node or OpenSSL. */
  when: RegExp;
  reason: string | ((failure: ConnectFailed) => string);
  advice: string;
}

/** The first that fits counts. */
const RULES: Rule[] = [
  {
    when: /^NXDOMAIN.*host (.*:\/\/|.*[/:]\d*$)/,
    reason: 'this is no host name',
    advice: 'give the name alone, without mqtts:// and port, in the config broker-host (--broker-host)',
  },
  {
    when: /^NXDOMAIN/,
    reason: 'the host name does not resolve',
    advice: 'check the config broker-host (--broker-host) and the network',
  },
  {
    when: /ECONNREFUSED/,
    reason: 'nothing listens there (ECONNREFUSED)',
    advice: 'check the config broker-port (--broker-port), or start the broker',
  },
  {
    when: /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|connection .*within \d+ ms/,
    reason: 'the host does not answer',
    advice: `check ${HOST_AND_PORT}, the network and firewalls`,
  },
  {
    when: /CERT_HAS_EXPIRED/,
    reason: "the broker's certificate has expired",
    advice: "have it renewed, or check this machine's clock",
  },
  {
    when: /CERT_NOT_YET_VALID/,
    reason: "the broker's certificate is not yet valid",
    advice: "check its dates and this machine's clock",
  },
  {
    when: /^UNKNOWNCA/,
    reason: "the broker's certificate was not signed by a trusted CA",
    advice: "store the broker's root CA in the config root-CA (--root-ca FILE)",
  },
  {
    when: /ALTNAME_INVALID/,
    reason: ({ host, detail }) => {
      const names =
        /is not (?:in the )?cert's (?:altnames|list|CN): (.+?)(?: \[ERR_|$)/.exec(detail)?.[1] ?? 'another name';
      return `the broker's certificate is for ${names}, not for ${host}`;
    },
    advice: 'name the broker as its certificate does, in the config broker-host (--broker-host)',
  },
  {
    when: /the broker does not know the CA of the client certificate/,
    reason: 'the broker does not know the CA of the client certificate',
    advice: `take a certificate of a CA that the broker trusts, in ${CERTIFICATE}`,
  },
  {
    when: /the broker demands a client certificate/,
    reason: 'the broker demands a client certificate',
    advice: `give one in ${CERTIFICATE}`,
  },
  {
    when: /the broker (refused|says)[^:]*certificate/,
    reason: ({ detail }) => /the broker (refused|says)[^:]*/.exec(detail)![0],
    advice: `check ${CERTIFICATE}`,
  },
  {
    when: /WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG|RECORD_LENGTH|UNEXPECTED_MESSAGE/,
    reason: 'what listens there does not speak TLS',
    advice: 'give the TLS port of the broker (usually 8883) in the config broker-port (--broker-port)',
  },
  {
    when: /before CONNACK/,
    reason: ({ detail }) =>
      `the broker closed the connection before it answered (${/\((it may[^)]*)/.exec(detail)?.[1]})`,
    advice: `check ${CERTIFICATE}`,
  },
  {
    when: /before secure TLS|ECONNRESET|EPIPE|during the TLS handshake/,
    reason: 'the connection was closed during the TLS handshake',
    advice: `check ${HOST_AND_PORT} and that the port speaks TLS`,
  },
  {
    when: /^INVALIDPARAMETERS/,
    reason: ({ detail }) => detail,
    advice: 'check the configs root-CA and cert and the secret private_key (--root-ca, --cert, --key)',
  },
  {
    when: /^/,
    reason: ({ detail }) => detail,
    advice: `check ${HOST_AND_PORT} and that the port speaks TLS`,
  },
];

/** One sentence for a connection that did not come about: where, why, and what to do. */
export function describeConnectFailure(failure: ConnectFailed): string {
  return printable(sentence(failure));
}

function sentence(failure: ConnectFailed): string {
  const { host, port, requestState, reasonCode, detail } = failure;
  const where = `cannot connect to ${host}:${port}`;
  if (requestState === 'REQUESTCOMPLETED') {
    const meaning = RETURN_CODES[reasonCode] ?? REASONS[reasonCode];
    if (meaning === undefined) return `${where}: ${detail}; see the log of the broker`;
    const code = reasonCode < 0x80 ? `return code ${reasonCode}` : `reason code 0x${reasonCode.toString(16)}`;
    return `${where}: the broker refused with ${code}: ${meaning}`;
  }
  if (detail.includes('private key does not belong')) {
    return 'private_key: does not belong to the certificate in cert; store the key that the certificate was made for';
  }
  const known = `${requestState} host ${host} ${detail}`;
  const { reason, advice } = RULES.find(({ when }) => when.test(known))!;
  return `${where}: ${typeof reason === 'string' ? reason : reason(failure)}; ${advice}`;
}
