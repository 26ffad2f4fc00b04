/** What runs as a task: by turns with others, on a stack of its own. */
export interface TaskBody {
  /** Bytes. */
  readonly stackSize: number;
  /** Sets what the call that it is suspended in, or that it is just making, returns when it goes on. */
  answer(result: number): void;
  /** The most bytes of stack that were in use at once so far. */
  stackPeak(): number;
  /** Ends it wherever it is suspended. */
  drop(): void;
}

/** The memory of the guest. Each of these ends the guest by {@link RtosHost.fault} when the range is not inside. */
export interface RtosMemory {
  copy(address: number, size: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
  readWord(address: number): number;
  writeWord(address: number, value: number): void;
  /** The text up to its NUL, at most `limit` bytes. */
  text(address: number, limit: number): string;
}

/** What an RTOS needs of its host. */
export interface RtosHost {
  readonly memory: RtosMemory;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Whether the call comes from an interrupt handler. */
  inInterrupt(): boolean;
  /**
   * Makes what runs a function of the guest.
   *
   * @param name for messages
   * @param entry the pointer to the function
   * @param stackSize bytes
   * @returns undefined when there is no memory for it
   */
  spawn(name: string, entry: number, args: readonly number[], stackSize: number): TaskBody | undefined;
  /** Ends the guest: `message` is a clause that says what went wrong. */
  fault(message: string): never;
  emit(event: RtosEvent): void;
}

/** What an RTOS reports. */
export type RtosEvent =
  /** `used` bytes of stack are more than the `size` that the application asked for: the device might have overflowed. */
  { event: 'stackExceeded'; task: string; used: number; size: number } | { event: 'taskEnded'; task: string };

export interface RtosSettings {
  /** A call lets another task of the same priority run, so that races come out (default false: they take turns by the tick). */
  preemptAtCalls: boolean;
  /** Bytes of stack that a task gets at least, so that one that asks for too little is reported and runs on (default 64 KiB). */
  leastStack: number;
  /** The priority of the task that runs timer callbacks (FreeRTOS: configTIMER_TASK_PRIORITY; default 2). */
  timerTaskPriority: number;
}

export const defaultRtosSettings: Readonly<RtosSettings> = {
  preemptAtCalls: false,
  leastStack: 65_536,
  timerTaskPriority: 2,
};
