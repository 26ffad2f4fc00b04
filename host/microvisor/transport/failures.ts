import { MvMqttRequestState } from '../../../build/abi/microvisor.js';
import { BadCredentials } from './tls-material.js';
import type { TransportFailure } from './transport.js';

const { NXDOMAIN, UNKNOWNCA, CERTIFICATEEXPIRED, SOCKETERROR, INVALIDPARAMETERS } = MvMqttRequestState;

/** The request states of the codes of node:dns, node:net and OpenSSL (`verify(1)`). */
const STATES: Record<string, MvMqttRequestState> = {
  ENOTFOUND: NXDOMAIN,
  EAI_AGAIN: NXDOMAIN,
  EAI_NODATA: NXDOMAIN,
  EAI_NONAME: NXDOMAIN,
  EAI_FAIL: NXDOMAIN,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWNCA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWNCA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWNCA,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWNCA,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWNCA,
  CERT_SIGNATURE_FAILURE: UNKNOWNCA,
  CERT_UNTRUSTED: UNKNOWNCA,
  CERT_CHAIN_TOO_LONG: UNKNOWNCA,
  INVALID_CA: UNKNOWNCA,
  PATH_LENGTH_EXCEEDED: UNKNOWNCA,
  CERT_HAS_EXPIRED: CERTIFICATEEXPIRED,
  CERT_NOT_YET_VALID: CERTIFICATEEXPIRED,
};

/** The broker's alerts about our certificate. */
const ALERTS: Record<string, string> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the broker demands a client certificate',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'the broker refused the handshake; it may demand a client certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the broker does not know the CA of the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the broker says that the client certificate has expired',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the broker refused the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'the broker refused the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'the broker says that the client certificate was revoked',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'the broker refused the client certificate',
};

const MEANINGS: Record<number, string> = {
  [NXDOMAIN]: 'the host name does not resolve',
  [UNKNOWNCA]: "the broker's certificate was not signed by a trusted CA",
  [CERTIFICATEEXPIRED]: "the broker's certificate has expired or is not yet valid",
};

/** What an error of node:tls means to the application. */
export function failureOf(error: Error): TransportFailure {
  if (error instanceof BadCredentials) return { requestState: INVALIDPARAMETERS, detail: error.message };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const message = plain(error.message);
  const suffix = `${message}${code && !message.includes(code) ? ` [${code}]` : ''}`;
  const alert = /SSL alert number (\d+)/.exec(error.message)?.[1];
  const cause = { ...(code && { code }), ...(alert && { alert: Number(alert) }) };
  if (ALERTS[code]) {
    const requestState = code.endsWith('CERTIFICATE_EXPIRED') ? CERTIFICATEEXPIRED : SOCKETERROR;
    return { requestState, detail: `${ALERTS[code]}: ${suffix}`, ...cause };
  }
  const requestState = STATES[code] ?? SOCKETERROR;
  const meaning = MEANINGS[requestState];
  return { requestState, detail: meaning ? `${meaning}: ${suffix}` : suffix, ...cause };
}

/** What it means that the server closed the connection before CONNACK. */
export function closedEarly(tls: boolean, clientCertificate: boolean, failure?: TransportFailure): TransportFailure {
  if (!tls) {
    const detail = 'the server closed the connection during the TLS handshake';
    return failure ?? { requestState: SOCKETERROR, detail };
  }
  // With TLS 1.3 a server judges the client's certificate only after the client's handshake is done.
  const certificate = clientCertificate
    ? 'it may have refused the client certificate'
    : 'it may want a client certificate';
  const cause = failure ? `: ${failure.detail}` : '';
  const detail = `the server closed the connection after the TLS handshake, before CONNACK (${certificate})${cause}`;
  return { ...failure, requestState: failure?.requestState ?? SOCKETERROR, detail };
}

/** The reason of OpenSSL's "8C1F:error:0A00045C:SSL routines:function:reason:file:line:data", else the message. */
function plain(message: string): string {
  const [, reason] = /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message) ?? [];
  return reason ?? message.trim();
}
