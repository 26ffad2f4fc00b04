import { expect } from 'vitest';
import {
  createKernel,
  type Guest,
  type GuestModule,
  type Kernel,
  type KernelEvent,
  type LoadOptions,
  loadGuest,
} from '../../../../host/microvisor/index.js';
import { DEVICE_ID } from './rig.js';

/** A guest and its kernel in virtual time that begins at 0, without a network; handles count from 1. */
export class GuestWorld {
  now = 0;
  #handles = 0;
  readonly events: KernelEvent[] = [];
  readonly log: string[] = [];
  readonly kernel: Kernel = createKernel({
    now: () => this.now,
    deviceId: DEVICE_ID,
    config: { fetch: async () => [] },
    mqttTransport: () => expect.fail('no connection is asked for'),
    random: () => ++this.#handles,
    log: (line) => this.logged(line),
    emit: (event) => this.events.push(event),
  });
  guest!: Guest;

  static async load(module: Uint8Array | GuestModule, options: LoadOptions = {}): Promise<GuestWorld> {
    const world = new GuestWorld();
    await world.take(module, options);
    return world;
  }

  protected async take(module: Uint8Array | GuestModule, options: LoadOptions): Promise<void> {
    const spend = (milliseconds: number) => {
      this.now += milliseconds;
    };
    this.guest = await loadGuest(module, this.kernel, { spend, ...options });
  }

  protected logged(line: string): void {
    this.log.push(line);
  }

  deadline(): number | undefined {
    return this.guest.nextDeadline(this.now);
  }

  /** Lets so many milliseconds pass, without what is due in between. */
  advance(milliseconds: number): void {
    this.now += milliseconds;
    this.guest.run(this.now);
  }

  /** Goes from deadline to deadline until the guest has ended. @returns how many there were */
  runToEnd(): number {
    for (let count = 0; ; count++) {
      if (!this.guest.running) return count;
      this.now = Math.max(this.now, this.deadline() ?? expect.fail('the guest waits for ever'));
      this.guest.run(this.now);
    }
  }
}
