import { ADDRESS_CAUSES } from './address-causes.js';
import { ANSWER_CAUSES } from './answer-causes.js';
import { BROKER_CERTIFICATE_CAUSES } from './broker-certificate-causes.js';
import type { Cause, Diagnosis } from './cause.js';
import { ConnectCase, type ConnectFailure } from './connect-case.js';
import { HANDSHAKE_CAUSES } from './handshake-causes.js';
import { OWN_CERTIFICATE_CAUSES } from './own-certificate-causes.js';
import { unknownCause } from './unknown-cause.js';

/** From cause to remedy. The first row that fits counts: what is seen in certificates comes before what an alert may mean. */
export const CAUSES: readonly Cause[] = [
  ...ADDRESS_CAUSES,
  ...BROKER_CERTIFICATE_CAUSES,
  ...OWN_CERTIFICATE_CAUSES,
  ...HANDSHAKE_CAUSES,
  ...ANSWER_CAUSES,
];

/**
 * Why a connection failed, and what to do. What no row of the table fits has the trap `not-known`.
 *
 * @param now the time of the failure, for the dates of certificates
 */
export function diagnose(failure: ConnectFailure, now: Date): Diagnosis {
  const failed = new ConnectCase(failure, now);
  const cause = CAUSES.find(({ fits }) => fits(failed));
  if (!cause) return unknownCause(failed);
  const { trap, reason, advice } = cause;
  const textOf = (text: Cause['reason']) => (typeof text === 'string' ? text : text(failed));
  return { trap, reason: textOf(reason), advice: textOf(advice) };
}
