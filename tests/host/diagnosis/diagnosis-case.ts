import type { ConnectFailure } from '../../../host/diagnosis/index.js';
import type { ProbeRequest } from '../../../host/probe/index.js';
import type { DiagnosisRig } from './diagnosis-rig.js';

/** A connection that fails, and what is said of it. */
export interface DiagnosisCase {
  /** What is wrong, in words. */
  case: string;
  trap: string;
  /** What the sentence says: reason and advice. */
  says: RegExp;
  /** Starts the server, and says what of the request is unusual. */
  set: (rig: DiagnosisRig) => Promise<Partial<ProbeRequest>> | Partial<ProbeRequest>;
  /** What loopback cannot bring about: the failure is changed so before it is explained. */
  evidence?: (failure: ConnectFailure) => ConnectFailure;
}
