import { MvStatus, nameOf, type SystemCallName } from '../../../build/abi/microvisor.js';
import { Channels } from './channels.js';
import { checkDeviceId } from './device-id.js';
import type { Family, FamilyFactory, FamilyServices } from './family.js';
import { GuestMemory, type Range } from './guest-memory.js';
import { Handles } from './handles.js';
import type { KernelEvent } from './kernel-event.js';
import { Logging } from './logging.js';
import { Network } from './network.js';
import { Notifications } from './notifications.js';
import { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './settings.js';
import { allowedStatuses, type Calls, KernelError, Refusal } from './statuses.js';

/** What a kernel needs of its host. */
export interface KernelHost {
  /** Milliseconds of a monotonic clock, the one of `tick`: for system calls and bytes that come between ticks. */
  now(): number;
  /** Milliseconds since the Unix epoch, or undefined while the time is not known (TIMENOTSET). */
  wallClock?(): number | undefined;
  /** `UV` and 32 hex digits. */
  deviceId: string;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  /** Source of handles: 32-bit numbers; the default cannot be guessed. */
  random?(): number;
  /** The log sink: one line of mvServerLog or mv_host_print. */
  log?(line: string): void;
  emit?(event: KernelEvent): void;
  /** Called when there is something for `tick` to do before `nextDeadline` said so. */
  schedule?(): void;
  /** Called after every system call with its status. */
  trace?(call: SystemCallName, status: MvStatus): void;
}

/** What the guest is to be entered for. */
export type Entry = { interrupt: number } | 'timer';

/**
 * The emulated Microvisor kernel of one device: system calls in, notifications and interrupts out. It does no
 * input or output of its own and has no timer: the host calls `tick` and asks `nextDeadline`.
 */
export class Kernel implements FamilyServices {
  readonly memory = new GuestMemory();
  readonly handles: Handles;
  readonly limits: Readonly<Limits>;
  readonly behaviour: Readonly<Behaviour>;
  readonly deviceId: string;
  readonly notifications = new Notifications(this);
  readonly channels = new Channels(this, this.notifications);
  readonly network = new Network(this, this.notifications, this.channels);
  readonly logging = new Logging(this, this.network);
  readonly #host: KernelHost;
  readonly #families: readonly Family[];
  readonly #calls: Calls;
  readonly #allowed = new Map<string, Set<number>>();
  readonly #started: number;
  #dirty = false;
  #timer: number | undefined;
  /** The time of the turn that is under way. */
  #turnTime: number | undefined;

  /**
   * @param families the system calls beside those of notifications, channels, network and logging
   * @throws TypeError when the device id is not `UV` and 32 hex digits
   */
  constructor(host: KernelHost, families: readonly FamilyFactory[]) {
    checkDeviceId(host.deviceId);
    this.#host = host;
    this.deviceId = host.deviceId;
    this.limits = { ...defaultLimits, ...host.limits };
    this.behaviour = { ...defaultBehaviour, ...host.behaviour };
    this.handles = new Handles(host.random);
    this.#started = host.now();
    const own = [this.network, this.logging, this.channels, this.notifications];
    this.#families = [...own, ...families.map((make) => make(this))];
    for (const { drivers } of this.#families) this.channels.serve(drivers ?? {});
    this.#calls = Object.assign({}, ...this.#families.map(({ calls }) => calls));
    for (const name of this.implemented) this.#allowed.set(name, new Set(allowedStatuses(name)));
  }

  /** The names of the system calls that this kernel serves. */
  get implemented(): SystemCallName[] {
    return Object.keys(this.#calls) as SystemCallName[];
  }

  /**
   * Makes one system call.
   * @param args the call's parameters as wasm passes them (signed or unsigned 32-bit numbers)
   * @returns one of the statuses documented for the call
   * @throws KernelError for a call that is not served, or when the shim itself is wrong
   */
  call(name: SystemCallName, ...args: number[]): MvStatus {
    const handler = this.#calls[name];
    if (!handler) throw new KernelError(`system call ${name} is not served`);
    let status: MvStatus = MvStatus.OKAY;
    try {
      this.turn(() => handler(...args.map((arg) => arg >>> 0)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status = error.status;
    }
    if (!this.#allowed.get(name)?.has(status)) {
      const found = nameOf(MvStatus, status);
      throw new KernelError(`internal error: ${name} returned ${found}, which is not documented for it`);
    }
    this.#host.trace?.(name, status);
    return status;
  }

  /**
   * Does everything that is due; notifications and interrupts follow from it. Never enters the guest.
   * @param now milliseconds of the kernel's clock
   */
  tick(now: number): void {
    this.turn(() => {
      this.#dirty = false;
      for (const family of this.#families) family.tick?.(now);
    }, now);
  }

  /** The time of the next `tick`, in milliseconds of the kernel's clock; undefined when only an event can help. */
  nextDeadline(now: number): number | undefined {
    if (this.#dirty || this.notifications.pending) return now;
    let earliest = this.#timer ?? Number.POSITIVE_INFINITY;
    for (const family of this.#families) earliest = Math.min(earliest, family.nextDeadline?.(now) ?? earliest);
    return Number.isFinite(earliest) ? earliest : undefined;
  }

  /** What to enter the guest for next: interrupts in their order, then its timer if that is due at `now`. */
  takeEntry(now: number): Entry | undefined {
    const interrupt = this.notifications.takeInterrupt();
    if (interrupt !== undefined) {
      this.emit({ event: 'interrupt', irq: interrupt });
      return { interrupt };
    }
    if (this.#timer === undefined || this.#timer > now) return undefined;
    this.#timer = undefined;
    return 'timer';
  }

  /** `mv_host_timer`: arms the guest's one timer, in place of the one before; a negative number cancels it. */
  setTimer(milliseconds: number): void {
    // From the time of the call, as the guest may have measured it, and not from the begin of the turn.
    this.#timer = milliseconds < 0 ? undefined : this.#host.now() + milliseconds;
    this.wake();
  }

  /** `mv_host_print`: a line for the log sink. A range that is not inside memory is ignored. */
  print(address: number, length: number): void {
    if (this.memory.holds(address, length)) this.logging.print(this.memory.copy(address, length));
  }

  /** Ends all connections in an orderly way; bytes are handed to the transports before this returns. */
  stop(): void {
    this.#timer = undefined;
    this.turn(() => this.channels.stop());
  }

  now(): number {
    return this.#turnTime ?? this.#host.now();
  }

  /**
   * Runs `work` as one turn, see {@link Services.turn}.
   * @param now milliseconds of the kernel's clock, for a host that has read it
   */
  turn(work: (now: number) => void, now = this.now()): void {
    const outer = this.#turnTime;
    this.#turnTime ??= now;
    try {
      work(this.#turnTime);
    } finally {
      this.#turnTime = outer;
    }
  }

  wallClock(): number | undefined {
    return this.#host.wallClock?.();
  }

  microseconds(): bigint {
    // Read at each call: a guest that waits for a time within its turn would wait for ever.
    return BigInt(Math.floor((this.#host.now() - this.#started) * 1000));
  }

  log(line: string): void {
    this.#host.log?.(line);
  }

  emit(event: KernelEvent): void {
    this.#host.emit?.(event);
  }

  wake(): void {
    this.#dirty = true;
    this.#host.schedule?.();
  }

  buffersInUse(): Range[] {
    return this.#families.flatMap((family) => family.buffers?.() ?? []);
  }
}
