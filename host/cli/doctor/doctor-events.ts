import type { Finding } from '../../credentials/index.js';
import type { ServerCertificate, StepName } from '../../probe/index.js';

/** What `wasmqtt doctor` tells: with --json each is one line of standard output. */
export type DoctorEvent =
  | ({ event: 'finding' } & Finding)
  | {
      event: 'step';
      step: StepName;
      outcome: 'ok' | 'failed' | 'skipped';
      /** That it took. */
      milliseconds: number;
      /** That it may take. */
      timeout: number;
      detail: string;
      /** What the broker showed, its own first. */
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

export type Report = (event: DoctorEvent) => void;
