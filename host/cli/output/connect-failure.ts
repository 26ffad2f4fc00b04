import { type ConnectFailure, type Diagnosis, diagnose } from '../../diagnosis/index.js';
import { visible } from '../../node/visible-text.js';

/** One sentence for a connection that failed: where, why, and what to do. */
export function describeConnectFailure(failure: ConnectFailure): string {
  const { trap, reason, advice } = explainConnectFailure(failure);
  if (trap === 'key-of-another-certificate') return `private_key: ${reason}; ${advice}`;
  return `cannot connect to ${visible(`${failure.host}:${failure.port}`)}: ${reason}; ${advice}`;
}

/** Why a connection failed, as printable text. */
export function explainConnectFailure(failure: ConnectFailure): Diagnosis {
  const { trap, reason, advice } = diagnose(failure, new Date());
  return { trap, reason: visible(reason), advice: visible(advice) };
}
