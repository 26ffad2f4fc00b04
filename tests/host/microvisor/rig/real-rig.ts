import { createKernel, type Kernel, type KernelEvent, tlsTransport } from '../../../../host/microvisor/index.js';
import { DEVICE_ID, Rig } from './rig.js';

type EventOf<E extends KernelEvent['event']> = Extract<KernelEvent, { event: E }>;

/** A rig over real sockets and the real clock; the test still makes the calls. */
export class RealRig extends Rig {
  readonly #seen: KernelEvent[] = [];
  #wake: (() => void) | undefined;
  #open = 0;

  override readonly kernel: Kernel = createKernel({
    now: () => this.now(),
    deviceId: DEVICE_ID,
    config: { fetch: async () => [] },
    mqttTransport: (request, events) => {
      this.#open++;
      return tlsTransport()(request, {
        connected: (info) => events.connected(info),
        data: (bytes) => events.data(bytes),
        closed: (failure) => {
          this.#open--;
          events.closed(failure);
          this.#wake?.();
        },
      });
    },
    emit: (event) => {
      this.#seen.push(event);
      this.#wake?.();
    },
    schedule: () => setImmediate(() => this.tick()),
  });

  constructor() {
    super();
    this.kernel.memory.attach(this.memory);
  }

  override now(): number {
    return performance.now();
  }

  /** Takes the next event of that name. @throws Error with the event when a connect failed while waiting for another event */
  async event<E extends KernelEvent['event']>(name: E): Promise<EventOf<E>> {
    for (;;) {
      const index = this.#seen.findIndex(({ event }) => event === name);
      if (index >= 0) return this.#seen.splice(index, 1)[0] as EventOf<E>;
      const failed = this.#seen.find(({ event }) => event === 'connectFailed');
      if (failed) throw new Error(JSON.stringify(failed));
      await this.#change();
    }
  }

  /** Resolves when every socket is closed. */
  async closed(): Promise<void> {
    while (this.#open > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
