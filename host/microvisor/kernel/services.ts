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
  /** Whether the guest was entered through an interrupt vector, where some calls are UNAVAILABLE. */
  readonly inInterrupt: boolean;
  /** Milliseconds of the monotonic clock. Within a turn it is the time of the turn. */
  now(): number;
  /**
   * Runs `work` as one turn: the clock is read once, and whatever `work` calls sees that time. Within a turn it is part of it. What comes
   * from outside between two ticks is a turn: a system call, bytes of a socket.
   */
  turn(work: (now: number) => void): void;
  /** Milliseconds since the Unix epoch; undefined while the time is not known. */
  wallClock(): number | undefined;
  /** Whole microseconds since the kernel started. */
  microseconds(): number;
  /** Writes one line to the log sink. */
  log(line: string): void;
  /** Reports an event to the host. */
  emit(event: KernelEvent): void;
  /** Asks the host for a `tick` soon. */
  wake(): void;
  /** All guest memory that the kernel holds at present. */
  buffersInUse(): Range[];
  /** Whether the guest has a handler for the interrupt of this number. */
  hasHandler(irq: number): boolean;
}
