import type { GuestMemory, Range } from './guest-memory.js';
import type { Handles } from './handles.js';
import type { KernelEvent } from './kernel-event.js';
import type { Behaviour, Limits } from './settings.js';

/** What the kernel offers to those who serve system calls. */
export interface Services {
  readonly memory: GuestMemory;
  readonly handles: Handles;
  readonly limits: Readonly<Limits>;
  readonly behaviour: Readonly<Behaviour>;
  readonly deviceId: string;
  /** Milliseconds of the monotonic clock, for what comes between two ticks: a system call, bytes of a socket. */
  now(): number;
  /** Milliseconds since the Unix epoch; undefined while the time is not known. */
  wallClock(): number | undefined;
  /** Microseconds since the kernel started. */
  microseconds(): bigint;
  /** Writes one line to the log sink. */
  log(line: string): void;
  /** Reports an event to the host. */
  emit(event: KernelEvent): void;
  /** Asks the host for a `tick` soon. */
  wake(): void;
  /** All guest memory that the kernel holds at present. */
  buffersInUse(): Range[];
}
