export { probe } from './probe.js';
export type { ProbeRequest } from './probe-request.js';
export { type ServerCertificate, STEPS, type StepFailure, type StepName, type StepResult } from './step-result.js';
