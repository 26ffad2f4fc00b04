import type { FromDevices, ToDevices } from './device-messages.js';
import { type DeviceOrder, ordered } from './device-orders.js';
import type { DeviceEnd, IsolatedDevice } from './isolated-device.js';

/** The thread or process that has the devices. */
export interface FarSide {
  post(message: ToDevices): void;
  /** Ends it, wherever it is. */
  end(): void;
}

/** Milliseconds that devices have to end in an orderly way. */
const STOP_TIMEOUT = 3000;

/** The devices of another thread or process, as they are seen from here. */
export class FarDevices<Event> {
  readonly devices: readonly IsolatedDevice[];
  readonly #ends: readonly DeviceEnd<Event>[];
  readonly #far: FarSide;
  readonly #stopped: ((error: Error | undefined) => void)[] = [];
  /** Orders that the other side has not answered. */
  readonly #orders = new Map<number, { resolve(outcome: boolean): void; reject(error: Error): void }>();
  #orderCount = 0;
  #running: number;
  #over = false;
  #settle!: { loaded(): void; failed(error: Error): void };
  readonly #loaded = new Promise<void>((loaded, failed) => {
    this.#settle = { loaded, failed };
  });

  constructor(ends: readonly DeviceEnd<Event>[], far: FarSide) {
    this.#ends = ends;
    this.#far = far;
    this.#running = ends.length;
    this.devices = ends.map((_, device) => this.#face(device));
    this.#loaded.catch(() => {});
  }

  /**
   * Waits until the devices are loaded; none has started.
   *
   * @param stop ends the other side when it is aborted before
   * @throws Error when the guest cannot be loaded, or the other side has ended
   */
  async loaded(stop: AbortSignal): Promise<readonly IsolatedDevice[]> {
    const abort = () => this.end(new Error('the run was ended before the guest was loaded'));
    stop.addEventListener('abort', abort);
    if (stop.aborted) abort();
    try {
      await this.#loaded;
    } finally {
      stop.removeEventListener('abort', abort);
    }
    return this.devices;
  }

  receive(message: FromDevices<Event>): void {
    switch (message.kind) {
      case 'loaded':
        this.#settle.loaded();
        break;
      case 'refused':
        this.end(new Error(message.problem));
        break;
      case 'event':
        this.#ends[message.device].onEvent(message.event);
        break;
      case 'fetch':
        void this.#fetch(message);
        break;
      case 'obeyed': {
        const order = this.#orders.get(message.id);
        this.#orders.delete(message.id);
        if (message.problem === undefined) order?.resolve(message.outcome ?? false);
        else order?.reject(new Error(message.problem));
        break;
      }
      case 'stopped':
        this.#stopped[message.device](message.problem === undefined ? undefined : new Error(message.problem));
        this.#running--;
        if (this.#running === 0) this.end(undefined);
        break;
    }
  }

  /** Ends the other side. @param problem why, unless it was asked to */
  end(problem: Error | undefined): void {
    this.ended(problem);
    this.#far.end();
  }

  /** The other side has ended; the first reason counts. */
  ended(problem: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle.failed(problem ?? new Error('the devices were ended'));
    for (const end of this.#stopped) end(problem);
    for (const { reject } of this.#orders.values()) reject(new Error('the device has ended'));
    this.#orders.clear();
  }

  #face(device: number): IsolatedDevice {
    const stopped = new Promise<Error | undefined>((resolve) => {
      this.#stopped[device] = resolve;
    });
    return {
      ...ordered((order) => this.#order(device, order)),
      stopped,
      start: () => this.#post({ kind: 'start', device }),
      stop: async () => {
        this.#post({ kind: 'stop', device });
        const timer = setTimeout(() => this.end(undefined), STOP_TIMEOUT);
        await stopped;
        clearTimeout(timer);
      },
    };
  }

  #order(device: number, order: DeviceOrder): Promise<boolean> {
    if (this.#over) return Promise.reject(new Error('the device has ended'));
    return new Promise((resolve, reject) => {
      const id = ++this.#orderCount;
      this.#orders.set(id, { resolve, reject });
      this.#post({ kind: 'order', device, id, order });
    });
  }

  #post(message: ToDevices): void {
    if (!this.#over) this.#far.post(message);
  }

  async #fetch({ device, id, items }: Extract<FromDevices<Event>, { kind: 'fetch' }>): Promise<void> {
    try {
      this.#post({ kind: 'fetched', id, results: await this.#ends[device].config.fetch(items) });
    } catch (error) {
      this.#post({ kind: 'fetched', id, problem: (error as Error).message });
    }
  }
}
