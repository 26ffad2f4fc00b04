import { PacketType } from '../../build/abi/core.js';
import { RETURN_CODES, ReasonCode } from '../core/index.js';
import { type Cause, CERTIFICATE, TLS_PORT, USER } from './cause.js';
import { REFUSALS } from './connack-meanings.js';
import { type ConnectCase, subjectOf } from './connect-case.js';

/** The first byte of packets without flags (MQTT 2.1.1). */
const CONNACK = PacketType.CONNACK << 4;
const DISCONNECT = PacketType.DISCONNECT << 4;
const AUTH = PacketType.AUTH << 4;

/**
 * The code of a broker that refused, as it came: also in a CONNACK of the other version, which the session takes for
 * malformed, and in a DISCONNECT in its place.
 */
function refusalCode({ failure, evidence: { answer } }: ConnectCase): number | undefined {
  if (failure.requestState === 'REQUESTCOMPLETED') return failure.reasonCode;
  const code = answer[0] === CONNACK ? answer[3] : answer[0] === DISCONNECT ? answer[2] : undefined;
  return code !== undefined && code >= 0x80 ? code : undefined;
}

/** The reason code of MQTT 5 that means the same as the code that came. */
function meaningCode(failed: ConnectCase): number | undefined {
  const code = refusalCode(failed);
  return code === undefined ? undefined : (RETURN_CODES[code]?.reasonCode ?? code);
}

/** The code as it came: `return code 5`, `reason code 0x87`. */
function refused(failed: ConnectCase, reason: string): string {
  const code = refusalCode(failed) ?? 0;
  const words = code < 0x80 ? `return code ${code}` : `reason code 0x${code.toString(16)}`;
  return `the broker refused with ${words}: ${reason}`;
}

const refusedWith =
  (...codes: number[]) =>
  (failed: ConnectCase) =>
    codes.includes(meaningCode(failed) ?? 0);

const commonName = ({ own: [own] }: ConnectCase) => /^CN=(.*)$/m.exec(own.x509.subject)?.[1];
const { badUserNameOrPassword, notAuthorized } = ReasonCode;

/** The first bytes as text, when they are that. */
function textOf({ evidence: { answer } }: ConnectCase): string | undefined {
  const text = Buffer.from(answer).toString('latin1');
  return /^[\x20-\x7e\r\n]{4,}$/.test(text) && answer[0] !== CONNACK ? text.split(/[\r\n]/)[0] : undefined;
}

/** What the broker answered to CONNECT, or did not. */
export const ANSWER_CAUSES: readonly Cause[] = [
  {
    trap: 'mqtt-3-only',
    // A CONNACK of MQTT 5 has three bytes at least after its length (3.2.2).
    fits: (failed) => failed.evidence.protocolVersion === 5 && /^2002000[1-5]/.test(failed.answer),
    reason: ({ answer }) => `the broker answers MQTT 5 as one that speaks MQTT 3.1.1 only does (${answer.slice(0, 8)})`,
    advice: 'choose MQTT 3.1.1 with --protocol 3.1.1',
  },
  {
    trap: 'no-common-name',
    fits: (failed) =>
      refusedWith(badUserNameOrPassword, notAuthorized)(failed) &&
      failed.evidence.userName === undefined &&
      failed.own.length > 0 &&
      commonName(failed) === undefined,
    reason: (failed) =>
      refused(
        failed,
        `it takes the user name from the certificate (mosquitto: use_identity_as_username), and ${subjectOf(failed.own[0])} has no CN`,
      ),
    advice: `have the certificate issued with a CN, and store it in ${CERTIFICATE}`,
  },
  {
    trap: 'identity-refused',
    fits: (failed) =>
      refusedWith(badUserNameOrPassword)(failed) && failed.evidence.userName === undefined && failed.own.length > 0,
    reason: (failed) =>
      refused(
        failed,
        `the device has no user name, so it is the one of the certificate, ${JSON.stringify(commonName(failed))}`,
      ),
    advice: `have the broker know this name, or give ${USER}`,
  },
  {
    trap: 'user-name-missing',
    fits: (failed) =>
      refusedWith(badUserNameOrPassword, notAuthorized)(failed) &&
      failed.evidence.userName === undefined &&
      failed.own.length === 0,
    reason: (failed) =>
      refused(failed, 'it does not let in clients without user name (mosquitto 2: allow_anonymous is false)'),
    advice: `give ${USER}, or a certificate if the broker takes that`,
  },
  ...Object.entries(REFUSALS).map(([code, { trap, reason, advice }]): Cause => {
    return {
      trap,
      fits: refusedWith(Number(code)),
      reason: (failed) => refused(failed, typeof reason === 'string' ? reason : reason(failed)),
      advice,
    };
  }),
  {
    trap: 'not-mqtt',
    fits: (failed) => failed.isUnanswered && textOf(failed) !== undefined,
    reason: (failed) => `what listens there does not speak MQTT: it sent ${JSON.stringify(textOf(failed))}`,
    advice: TLS_PORT,
  },
  {
    trap: 'wants-authentication',
    fits: ({ isUnanswered, evidence: { answer } }) => isUnanswered && answer[0] === AUTH,
    reason: 'the broker wants enhanced authentication (AUTH), which the device does not have',
    advice: `have its operator allow user name or certificate, and give ${USER}`,
  },
  {
    trap: 'no-connack',
    fits: ({ failure }) => /no CONNACK within/.test(failure.detail),
    reason: ({ failure }) => `the broker does not answer CONNECT (${failure.detail})`,
    advice: 'see the log of the broker, and check that the port is that of MQTT over TLS, without WebSockets',
  },
  {
    trap: 'closed-before-connack',
    fits: ({ isUnanswered, failure, evidence }) =>
      isUnanswered && evidence.answer.length === 0 && /before CONNACK/.test(failure.detail),
    reason: ({ own }) =>
      `the broker closed the connection before it answered (it may ${own.length > 0 ? 'have refused the client certificate' : 'want a client certificate'})`,
    advice: ({ evidence }) =>
      `check that the port is one of MQTT, try --protocol ${evidence.protocolVersion === 5 ? '3.1.1' : '5'}, and check ${CERTIFICATE}`,
  },
];
