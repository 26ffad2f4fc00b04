import type { Finding } from '../../credentials/index.js';
import type { ServerCertificate, StepName } from '../../probe/index.js';

/** What `wasmqtt doctor` reports: with --json each event is one line of standard output. */
export type DoctorEvent =
  | ({ event: 'finding' } & Finding)
  | {
      event: 'step';
      step: StepName;
      outcome: 'ok' | 'failed' | 'skipped';
      /** How long it took. */
      milliseconds: number;
      /** How long it may take. */
      timeout: number;
      detail: string;
      /** The certificates that the broker sent, its own first. */
      certificates?: ServerCertificate[];
    }
  | {
      event: 'summary';
      /** Whose stores were read, and where. */
      stores: string;
      errors: number;
      warnings: number;
      checked: string[];
      notChecked: string[];
    };

export type DoctorReport = (event: DoctorEvent) => void;
