import type { StoreName } from '../../cloud/index.js';
import type { Finding } from '../../credentials/index.js';
import type { DoctorEvent } from '../doctor/doctor-events.js';

export type How = 'created' | 'updated' | 'unchanged' | 'removed';

/** What was done to a value, or would be done. `value` is left out for secrets and for values too long to read. */
export interface DoneValue {
  store: StoreName;
  key: string;
  how: How;
  value?: string;
  characters: number;
}

/** What `wasmqtt provision` reports: with --json each event is one line of standard output. */
export type ProvisionEvent =
  | ({ event: 'finding' } & Finding)
  | ({ event: 'value' } & DoneValue)
  | Extract<DoctorEvent, { event: 'step' }>
  | { event: 'command'; store: StoreName; key: string; command: string }
  | { event: 'error'; message: string; unrestored: { store: StoreName; key: string; holds: string }[]; undo: string[] }
  | ProvisionSummary;

export interface ProvisionSummary {
  event: 'summary';
  target: string;
  scope: 'account' | 'device';
  deviceSid?: string;
  dryRun: boolean;
  created: number;
  updated: number;
  unchanged: number;
  removed: number;
  errors: number;
  warnings: number;
}

export type ProvisionReport = (event: ProvisionEvent) => void;
