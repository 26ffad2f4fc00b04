import type { ConnectEvidence } from '../microvisor/kernel/kernel-event.js';

/** The steps of a connection, in order. */
export const STEPS = ['resolve', 'tcp', 'tls', 'mqtt'] as const;
export type StepName = (typeof STEPS)[number];

/** A certificate that the server presented. */
export interface ServerCertificate {
  subject: string;
  issuer: string;
  /** For example `DNS:localhost, IP Address:127.0.0.1`; empty when there are none. */
  names: string;
  notBefore: Date;
  notAfter: Date;
}

/** Why a step failed, as the managed client says it. */
export interface StepFailure {
  /** Name of the MvMqttRequestState that the device gets; REQUESTCOMPLETED when the broker refused. */
  requestState: string;
  /** The reason code of CONNACK; 0 when there was none. */
  reasonCode: number;
  detail: string;
  evidence: ConnectEvidence;
}

/** How a step went. */
export interface StepResult {
  step: StepName;
  /** How long the step took. */
  milliseconds: number;
  /** What was found, in one clause; empty when it failed. */
  detail: string;
  failure?: StepFailure;
  /** Those of the step `tls`, the server's own first; present as well when it failed after the server had sent them. */
  certificates?: ServerCertificate[];
}
