import { ReasonCode } from '../../core/index.js';
import type { KernelEvent } from '../../microvisor/index.js';

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

/** What to do, for each request state of a failed connect. */
const ADVICE: Record<string, string> = {
  NXDOMAIN: 'check the config broker-host (--broker-host)',
  UNKNOWNCA: "store the broker's root CA in the config root-CA (--root-ca FILE)",
  CERTIFICATEEXPIRED: "renew the certificate, or check this machine's clock",
  INVALIDPARAMETERS: 'check the configs root-CA and cert and the secret private_key (--root-ca, --cert, --key)',
};

/** One sentence for a connection that did not come about: where, why, and what to do. */
export function describeConnectFailure({ host, port, requestState, reasonCode, detail }: ConnectFailed): string {
  const where = `cannot connect to ${host}:${port}`;
  if (requestState === 'REQUESTCOMPLETED') {
    const meaning = RETURN_CODES[reasonCode] ?? REASONS[reasonCode] ?? detail;
    return `${where}: the broker refused with reason code ${reasonCode}: ${meaning}`;
  }
  return `${where}: ${detail}; ${adviceFor(requestState, detail)}`;
}

function adviceFor(requestState: string, detail: string): string {
  if (ADVICE[requestState]) return ADVICE[requestState];
  if (detail.includes('ECONNREFUSED')) {
    return 'nothing listens there: check the config broker-port (--broker-port), or start the broker';
  }
  if (/client certificate|handshake/.test(detail)) {
    return 'check the config cert and the secret private_key (--cert, --key)';
  }
  if (/altname|does not match/i.test(detail))
    return 'name the broker as its certificate does, in the config broker-host (--broker-host)';
  return 'check the configs broker-host and broker-port (--broker-host, --broker-port) and that the port speaks TLS';
}
