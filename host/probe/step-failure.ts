import { MvMqttRequestState, nameOf } from '../../build/abi/microvisor.js';
import { isBadValue } from '../microvisor/managed-client/index.js';
import { closedEarly, failureOf, type TransportFailure } from '../microvisor/transport/index.js';
import { BrokenAnswer, ClosedEarly, Refused } from './connect-mqtt.js';
import type { ProbeRequest } from './probe-request.js';
import type { StepFailure, StepName } from './step-result.js';
import { HandshakeFailed } from './tls-handshake.js';

const { INVALIDPARAMETERS, NXDOMAIN, REQUESTCOMPLETED, SOCKETERROR } = MvMqttRequestState;

/** A connection that is being tried, with what is known of the broker so far. */
export interface Attempt {
  request: ProbeRequest;
  /** The certificates that the server showed, DER. */
  shown: readonly Uint8Array[];
  /** Whether the TLS handshake is done. */
  secure: boolean;
  /** The first bytes that came after it. */
  answer: Uint8Array;
}

/** As the managed client reports it to the application, with what is known. */
export function stepFailure(step: StepName, attempt: Attempt, error: Error): StepFailure {
  const { request, secure, answer } = attempt;
  const { requestState, detail, code, alert, shown = attempt.shown } = failureFrom(step, request, error);
  const listOf = (der: Uint8Array) => (der.length > 0 ? [der] : []);
  return {
    requestState: nameOf(MvMqttRequestState, requestState) ?? '',
    reasonCode: error instanceof Refused ? error.reasonCode : 0,
    detail,
    evidence: {
      protocolVersion: request.protocolVersion,
      userName: request.userName,
      roots: listOf(request.ca),
      clientChain: listOf(request.clientChain),
      secure,
      code,
      alert,
      shown,
      answer,
    },
  };
}

function failureFrom(step: StepName, request: ProbeRequest, error: Error): TransportFailure {
  if (error instanceof Refused) return { requestState: REQUESTCOMPLETED, detail: error.message };
  if (error instanceof BrokenAnswer) return { requestState: SOCKETERROR, detail: error.message };
  if (error instanceof ClosedEarly) {
    const cause = error.cause as Error | undefined;
    return closedEarly(true, request.clientChain.length > 0, cause && failureOf(cause));
  }
  if (step === 'mqtt' && isBadValue(error)) return { requestState: INVALIDPARAMETERS, detail: error.message };
  if (error instanceof HandshakeFailed) return { ...failureOf(error.cause), shown: error.shown };
  const failure = failureOf(error);
  return step === 'resolve' ? { ...failure, requestState: NXDOMAIN } : failure;
}
