import { readFileSync } from 'node:fs';
import { UserError } from '../process/user-error.js';

/** What this machine has left. */
export interface Room {
  /** Bytes. */
  memory: number;
  /** Files and sockets that a process may have open; Infinity where that is not known. */
  descriptors: number;
}

/** The devices of a run. */
export interface FleetSize {
  devices: number;
  perProcess: number;
  /** Whether their broker is in the first process. */
  hasBroker: boolean;
}

/** Bytes that a device takes: the device application with its connection, and the broker's end of it. */
const DEVICE_MEMORY = 200 * 1024;
/** Files and sockets that a process has beside those of connections. */
const OTHER_DESCRIPTORS = 100;

export function roomHere(): Room {
  return { memory: process.availableMemory(), descriptors: mostDescriptors() };
}

/** Node has raised the soft limit to the hard one. */
function mostDescriptors(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Whether there is room for so many devices. Without memory the system ends some process, which may be another's.
 *
 * @throws UserError when there is not
 */
export function checkRoom({ devices, perProcess, hasBroker }: FleetSize, { memory, descriptors }: Room): void {
  const bytes = devices * DEVICE_MEMORY;
  if (bytes > memory) {
    throw new UserError(
      `${devices} devices take some ${mebibytes(bytes)} MiB of memory, and ${mebibytes(memory)} MiB are free here; ` +
        `run at most ${Math.floor(memory / DEVICE_MEMORY)} (--devices), or take a machine with more memory`,
    );
  }
  const sockets = Math.min(devices, perProcess) + (hasBroker ? devices : 0) + OTHER_DESCRIPTORS;
  if (devices > 1 && sockets > descriptors) {
    throw new UserError(
      `${devices} devices need ${sockets} open files and sockets in one process, and ${descriptors} are allowed; ` +
        'raise that with "ulimit -n", or run fewer devices',
    );
  }
}

const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
