import type { MvStatus, SystemCallName } from '../../../build/abi/microvisor.js';
import { type BoundCall, bindCall, type Trace } from './bind-call.js';
import { Departure } from './departure.js';
import { checkDeviceId } from './device-id.js';
import { earlier } from './earlier.js';
import { Channels } from './families/channels.js';
import { Interrupts } from './families/interrupts.js';
import { Lifecycle } from './families/lifecycle.js';
import { Logging } from './families/logging.js';
import { Network } from './families/network.js';
import { Notifications } from './families/notifications.js';
import type { Family, FamilyFactory, FamilyServices } from './family.js';
import { GuestMemory, type LinearMemory, type Range } from './guest-memory.js';
import { Handles } from './handles.js';
import type { KernelEvent } from './kernel-event.js';
import { type Behaviour, defaultBehaviour, defaultLimits, type Limits } from './settings.js';
import { KernelError } from './statuses.js';

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
  trace?: Trace;
}

/** The calls that may end the application. */
const DEPARTING: ReadonlySet<SystemCallName> = new Set(['mvRestart', 'mvDeepSleep', 'mvTestingComplete']);

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
  /** True while the guest runs a handler of an interrupt; set by whoever enters it. */
  inInterrupt = false;
  readonly lifecycle: Lifecycle;
  readonly interrupts: Interrupts;
  readonly notifications: Notifications;
  readonly channels: Channels;
  readonly network: Network;
  readonly logging: Logging;
  readonly #host: KernelHost;
  readonly #families: readonly Family[];
  /** The calls that were asked for so far: an application uses a few of them. */
  readonly #bound = new Map<SystemCallName, BoundCall>();
  /** When `microseconds` was 0. */
  #started: number;
  #hasHandler: (irq: number) => boolean = () => true;
  #dirty = false;
  #timer: number | undefined;
  /** The time of the turn that is under way. */
  #turnTime: number | undefined;

  /**
   * @param families the system calls beside those of the kernel's own families
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
    this.lifecycle = new Lifecycle(this);
    this.interrupts = new Interrupts(this, this.lifecycle);
    this.notifications = new Notifications(this, this.interrupts);
    this.channels = new Channels(this, this.notifications);
    this.network = new Network(this, this.notifications, this.channels);
    this.logging = new Logging(this, this.network);
    const own = [this.network, this.logging, this.channels, this.notifications, this.interrupts];
    this.#families = [...own, ...families.map((make) => make(this))];
    for (const { channelKinds } of this.#families) this.channels.serve(channelKinds ?? {});
  }

  /** The names of the system calls that this kernel serves. */
  get implemented(): SystemCallName[] {
    return this.#families.flatMap(({ calls }) => Object.keys(calls) as SystemCallName[]);
  }

  /**
   * A system call as a module imports it: it takes words, signed or unsigned, and returns its status. One that does not return to
   * the guest throws {@link Departure}; KernelError is a mistake of the shim itself.
   *
   * @returns undefined when this kernel does not serve a call of this name
   */
  importOf(name: string): BoundCall | undefined {
    const call = this.#boundCall(name as SystemCallName);
    return call && this.#departing(name as SystemCallName, call);
  }

  /** The guest that runs from now on: its memory, and which interrupts it has handlers for. */
  attach(memory: LinearMemory, hasHandler: (irq: number) => boolean = () => true): void {
    this.memory.attach(memory);
    this.#hasHandler = hasHandler;
  }

  /**
   * Makes one system call, as a turn.
   * @param words the call's parameters as wasm passes them (signed or unsigned 32-bit numbers)
   * @returns one of the statuses documented for the call
   * @throws KernelError for a call that is not served, or when the shim itself is wrong
   */
  call(name: SystemCallName, ...words: number[]): MvStatus {
    const bound = this.#boundCall(name);
    if (!bound) throw new KernelError(`system call ${name} is not served`);
    let status!: MvStatus;
    this.turn(() => {
      status = bound(...words);
    });
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
      this.lifecycle.tick(now);
    }, now);
  }

  /** The time of the next `tick`, in milliseconds of the kernel's clock; undefined when only an event can help. */
  nextDeadline(now: number): number | undefined {
    if (this.lifecycle.ended) return this.lifecycle.nextDeadline();
    if (this.#dirty || this.interrupts.pending) return now;
    let due = earlier(this.#timer, this.lifecycle.nextDeadline());
    for (const family of this.#families) due = earlier(due, family.nextDeadline?.(now));
    return due;
  }

  /** What to enter the guest for next: interrupts in their order, then its timer if that is due at `now`. */
  takeEntry(now: number): Entry | undefined {
    if (this.lifecycle.ended) return undefined;
    const interrupt = this.interrupts.take();
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
    this.logging.print(address, length);
  }

  /**
   * Makes the kernel ready for the application to start again, after `lifecycle.ended`: channels are closed in an orderly way,
   * handles, buffers and interrupts are gone. The host loads the guest anew and calls `attach`.
   */
  restart(): void {
    if (this.lifecycle.ended?.device) this.#started = this.#host.now();
    this.#timer = undefined;
    this.inInterrupt = false;
    this.turn(() => {
      for (const family of this.#families) family.restart?.();
      this.handles.closeAll();
      this.lifecycle.started();
    });
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
    const isInner = this.#turnTime !== undefined;
    this.#turnTime ??= now;
    try {
      work(this.#turnTime);
    } finally {
      if (!isInner) this.#turnTime = undefined;
    }
  }

  /**
   * Time has passed within a turn, because the guest spins in what cannot be paused: the turn goes on at the present time, and what was
   * due meanwhile is done.
   * @returns milliseconds of the clock
   */
  timePassed(): number {
    const now = this.#host.now();
    if (this.#turnTime !== undefined) this.#turnTime = now;
    this.tick(now);
    return now;
  }

  wallClock(): number | undefined {
    return this.#host.wallClock?.();
  }

  microseconds(): number {
    // Read at each call: a guest that waits for a time within its turn would wait for ever.
    return Math.floor((this.#host.now() - this.#started) * 1000);
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

  hasHandler(irq: number): boolean {
    return this.#hasHandler(irq);
  }

  #boundCall(name: SystemCallName): BoundCall | undefined {
    const known = this.#bound.get(name);
    if (known) return known;
    const handler = this.#families.find(({ calls }) => Object.hasOwn(calls, name))?.calls[name] as
      | BoundCall
      | undefined;
    if (!handler) return undefined;
    const bound = bindCall(name, handler, this.#host.trace);
    this.#bound.set(name, bound);
    return bound;
  }

  /** A call that may end the application does not return to it then. */
  #departing(name: SystemCallName, call: BoundCall): BoundCall {
    if (!DEPARTING.has(name)) return call;
    return (...words) => {
      const status = call(...words);
      if (this.lifecycle.ended) throw new Departure();
      return status;
    };
  }
}
