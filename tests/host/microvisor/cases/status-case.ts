import type { MvStatus, SystemCallName } from '../../../../build/abi/microvisor.js';
import type { Rig } from '../rig/rig.js';

/** One status of one call, and the condition that brings it about. */
export interface StatusCase {
  call: SystemCallName;
  status: keyof typeof MvStatus;
  when: string;
  run(rig: Rig): MvStatus | Promise<MvStatus>;
  /** Makes the kernel, when it needs settings of its own. */
  rig?: () => Rig;
}

/** Status, condition, what to do, and the kernel when it needs settings of its own. */
export type StatusRow = [keyof typeof MvStatus, string, StatusCase['run'], (() => Rig)?];

/** The rows of one call as cases. */
export const statusCases = (call: SystemCallName, rows: StatusRow[]): StatusCase[] =>
  rows.map(([status, when, run, rig]) => ({ call, status, when, run, rig }));
