export { probe } from './probe.js';
export {
  type ProbeRequest,
  type ServerCertificate,
  STEPS,
  type StepFailure,
  type StepName,
  type StepResult,
} from './step-result.js';
