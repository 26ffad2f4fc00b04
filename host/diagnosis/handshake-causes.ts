import { isIP } from 'node:net';
import { type Cause, CERTIFICATE, HOST, TLS_PORT } from './cause.js';
import type { ConnectCase } from './connect-case.js';
import { TlsAlert } from './tls-alerts.js';

const alerts =
  (...wanted: number[]) =>
  ({ evidence: { alert } }: ConnectCase) =>
    alert !== undefined && wanted.includes(alert);

/** Codes of OpenSSL for bytes that are not TLS. */
const NOT_TLS =
  /WRONG_VERSION_NUMBER|HTTP_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG|RECORD_LENGTH|UNEXPECTED_MESSAGE/;
const CLOSED = /before secure TLS|ECONNRESET|EPIPE|during the TLS handshake/;

export const ALPN = 'give 8883 in the config broker-port (--broker-port)';

/** The handshake itself: version, name, port, ciphers. */
export const HANDSHAKE_CAUSES: readonly Cause[] = [
  {
    trap: 'tls-too-old',
    fits: (failed) =>
      alerts(TlsAlert.protocolVersion)(failed) ||
      ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_VERSION_TOO_LOW'].includes(failed.code),
    reason: 'the broker speaks only TLS 1.1 or older, and the device needs TLS 1.2 or newer',
    advice: "have the operator of the broker allow TLS 1.2 (mosquitto: tls_version), or update the broker's TLS",
  },
  {
    trap: 'sni-refused',
    fits: alerts(TlsAlert.unrecognizedName),
    reason: ({ failure: { host } }) => `the broker has no certificate for the name ${host} (unrecognized name)`,
    advice: `give the name under which the broker serves MQTT, in ${HOST}`,
  },
  {
    trap: 'sni-missing',
    fits: (failed) => alerts(TlsAlert.missingExtension)(failed) && isIP(failed.failure.host) > 0,
    reason: 'the broker wants a host name in the handshake, which an address does not have (missing extension)',
    advice: `give the broker's name in place of its address, in ${HOST}`,
  },
  {
    trap: 'port-needs-alpn',
    fits: (failed) =>
      alerts(TlsAlert.noApplicationProtocol)(failed) ||
      (failed.failure.port === 443 && failed.isUnanswered) ||
      (failed.failure.port === 443 && CLOSED.test(`${failed.failure.detail} ${failed.code}`)),
    reason: ({ failure: { port } }) =>
      `the broker tells MQTT on port ${port} by ALPN, which the managed client does not send`,
    advice: ALPN,
  },
  {
    trap: 'no-common-parameters',
    fits: (failed) => alerts(TlsAlert.insufficientSecurity)(failed) || /ERR_SSL_DH_KEY_TOO_SMALL/.test(failed.code),
    reason: ({ code }) => `the broker's ciphers and those of the device do not match in strength (${code})`,
    advice: 'have the operator of the broker allow ECDHE with AES-GCM, or TLS 1.3',
  },
  {
    trap: 'handshake-refused',
    fits: alerts(TlsAlert.handshakeFailure),
    reason: ({ own }) =>
      own.length > 0
        ? 'the broker refused the handshake: it takes none of the ciphers, curves or signatures that the device offers'
        : 'the broker refused the handshake; it may demand a client certificate',
    advice: ({ own }) =>
      own.length > 0
        ? "see the broker's log; a broker certificate on P-256 or RSA 2048 and ECDHE with AES-GCM suit every device"
        : `give one in ${CERTIFICATE}; if the broker wants none, see its log for ciphers, curves and its own key`,
  },
  {
    trap: 'broker-fault',
    fits: alerts(TlsAlert.internalError),
    reason: 'the broker had a fault of its own in the handshake (internal_error)',
    advice: "see the broker's log; its certificate and key may not be usable, or not be those of this name",
  },
  {
    trap: 'not-tls',
    fits: ({ code, failure, evidence }) => !evidence.secure && NOT_TLS.test(`${code} ${failure.detail}`),
    reason: 'what listens there does not speak TLS',
    advice: TLS_PORT,
  },
  {
    trap: 'no-handshake',
    fits: ({ failure }) => /no TLS handshake within/.test(failure.detail),
    reason: ({ failure }) => `the port does not answer the TLS handshake (${failure.detail})`,
    advice: TLS_PORT,
  },
  {
    trap: 'closed-in-handshake',
    fits: ({ code, failure, evidence }) => !evidence.secure && CLOSED.test(`${failure.detail} ${code}`),
    reason: 'the connection was closed during the TLS handshake, without an alert',
    advice: ({ own }) =>
      own.length > 0
        ? `${TLS_PORT}, as a port of MQTT without TLS closes so; if it is that, the broker may refuse ${CERTIFICATE}: see its log`
        : `${TLS_PORT}, as a port of MQTT without TLS closes so; if it is that, see the broker's log`,
  },
];
