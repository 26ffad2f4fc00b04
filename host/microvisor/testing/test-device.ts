import type { SystemCallName } from '../../../build/abi/microvisor.js';
import type { Device } from '../device/device.js';
import type { KernelEvent } from '../kernel/kernel-event.js';
import type { RecordedCall, RecordedEvent, RecordedMessage, Recorder } from './recorder.js';
import type { VirtualClock } from './virtual-clock.js';

export type EventName = KernelEvent['event'];
type EventOf<Name extends EventName> = Extract<RecordedEvent, { event: Name }>;

/** Virtual milliseconds that `until` waits unless it is said. */
const PATIENCE = 60_000;
/** Events that the message of a wait in vain names. */
const NAMED = 5;

/**
 * A device whose time passes when the test says so: see `createDevice`. What it does is in plain lists, for any kind of assertion.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { BrokerEngine } from 'wasmqtt/broker';
 * import { createDevice, type EventName, TestBroker, type TestDevice } from 'wasmqtt/microvisor';
 * import type { RecordedCall, RecordedEvent, RecordedMessage } from 'wasmqtt/microvisor';
 *
 * const stores = { 'broker-host': 'broker.example.com', 'broker-port': '8883', 'client-id': 'pump-7' };
 * const broker = new TestBroker((host) => new BrokerEngine(host));
 * const device: TestDevice = await createDevice({ guest: readFileSync(modulePath('app.wasm')), broker, stores });
 * const wanted: EventName = 'published';
 * const event: RecordedEvent = await device.until(wanted);
 * const [message]: readonly RecordedMessage[] = device.published;
 * [message.topic, message.at === event.at]; // => [ 'sensor/device/pump-7', true ]
 * const calls: readonly RecordedCall[] = device.calls('mvMqttRequestPublish');
 * calls[0].status; // => 'OKAY'
 * await device.stop();
 * ```
 */
export class TestDevice {
  /** The device, for its kernel and its guest. */
  readonly device: Device;
  readonly clock: VirtualClock;
  readonly #recorder: Recorder;
  /** Where `until` goes on: behind the event that it found last. */
  #next = 0;
  #failure: Error | undefined;

  constructor(device: Device, clock: VirtualClock, recorder: Recorder) {
    this.device = device;
    this.clock = clock;
    this.#recorder = recorder;
    void device.stopped.then((error) => {
      this.#failure = error;
    });
  }

  /** Lines of mvServerLog, mv_host_print and printf. */
  get log(): readonly string[] {
    return this.#recorder.log;
  }

  get events(): readonly RecordedEvent[] {
    return this.#recorder.events;
  }

  /** The messages that the guest published: those of QoS 1 and 2 when they were acknowledged. */
  get published(): readonly RecordedMessage[] {
    return this.#recorder.published;
  }

  /** The system calls of the guest, all or those of one name. */
  calls(name?: SystemCallName): readonly RecordedCall[] {
    const { calls } = this.#recorder;
    return name === undefined ? calls : calls.filter(({ call }) => call === name);
  }

  /** Every call and event as text, a line each with its time. Times are milliseconds, words are hexadecimal. */
  get trace(): string {
    return this.#recorder.trace;
  }

  /**
   * Lets so many milliseconds pass, with all that is due in them, for everything that has this clock.
   * @throws what the device has ended with, once: a GuestTrap, a GuestError; what `VirtualClock.advance` throws
   */
  async advance(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    this.#throwFailure();
  }

  /**
   * Lets time pass until the device reports an event, and not longer. The search begins behind the event that the last `until` found,
   * so that what has happened meanwhile counts, and each event once.
   *
   * @param wanted the name of the event, or what the event has to fulfil
   * @param within virtual milliseconds to wait (default 60,000)
   * @throws Error when there was no such event in this time; what `advance` throws
   */
  until<Name extends EventName>(wanted: Name, within?: number): Promise<EventOf<Name>>;
  until(wanted: (event: RecordedEvent) => boolean, within?: number): Promise<RecordedEvent>;
  async until(wanted: EventName | ((event: RecordedEvent) => boolean), within = PATIENCE): Promise<RecordedEvent> {
    const isWanted = typeof wanted === 'function' ? wanted : ({ event }: RecordedEvent) => event === wanted;
    let seen = this.#next;
    let found: RecordedEvent | undefined;
    const search = () => {
      const { events } = this;
      while (!found && seen < events.length) {
        const event = events[seen++];
        if (isWanted(event)) found = event;
      }
      return found !== undefined || this.#failure !== undefined;
    };
    await this.clock.runUntil(search, within);
    if (found) {
      this.#next = seen;
      return found;
    }
    this.#throwFailure();
    const name = typeof wanted === 'function' ? 'such event' : `event '${wanted}'`;
    const last = this.events.slice(-NAMED).map(({ event, at }) => `${event} at ${at}`);
    throw new Error(`no ${name} within ${within} ms; the last events were: ${last.join(', ') || 'none'}`);
  }

  /**
   * Downloads an update of the application: see `Device.update`. It runs after the restart that time brings.
   * @throws GuestError when the module cannot be a guest
   */
  async update(guest: Uint8Array): Promise<void> {
    await this.device.update(guest);
  }

  /** Ends the device, as `Device.stop`; its connections are closed as time passes, which it does here if nothing else lets it. */
  async stop(): Promise<void> {
    const stopped = this.device.stop();
    let isStopped = false;
    void stopped.then(() => {
      isStopped = true;
    });
    await this.clock.runUntil(() => isStopped, PATIENCE);
    await stopped;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }
}
