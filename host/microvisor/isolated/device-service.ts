import type { ConfigItem, ConfigItemResult } from '../calls/config-fetch.js';
import type { FromDevices, ToDevices } from './device-messages.js';
import { obey } from './device-orders.js';
import type { DeviceEnd, IsolatedDevice } from './isolated-device.js';

/** Messages on their way beyond which events are left out that may be lost: a guest may write faster than anyone reads. */
const MOST_ON_THEIR_WAY = 10_000;

/** The way to the other end. */
export interface ServiceLink<Event> {
  post(message: FromDevices<Event>): void;
  /** Messages that the other end has not taken yet. */
  onTheirWay(): number;
  /** Whether an event may be left out when there are too many, as a line of the log. */
  mayBeLost(event: Event): boolean;
}

/** Serves the devices of this thread or process to another one. */
export class DeviceService<Event> {
  readonly #link: ServiceLink<Event>;
  #devices: readonly IsolatedDevice[] = [];
  /** Config fetches that the other end has not answered. */
  readonly #fetches = new Map<number, { resolve(results: ConfigItemResult[]): void; reject(error: Error): void }>();
  #fetchCount = 0;

  constructor(link: ServiceLink<Event>) {
    this.#link = link;
  }

  /** Loads devices and says how that went. @param load loads all of them; none has started */
  async load(
    count: number,
    load: (ends: readonly DeviceEnd<Event>[]) => Promise<readonly IsolatedDevice[]>,
  ): Promise<void> {
    try {
      this.#devices = await load(Array.from({ length: count }, (_, device) => this.#endOf(device)));
    } catch (error) {
      this.#link.post({ kind: 'refused', problem: (error as Error).message });
      return;
    }
    for (const [device, { stopped }] of this.#devices.entries()) {
      void stopped.then((error) => this.#link.post({ kind: 'stopped', device, problem: error?.message }));
    }
    this.#link.post({ kind: 'loaded' });
  }

  receive(message: ToDevices): void {
    switch (message.kind) {
      case 'fetched': {
        const fetch = this.#fetches.get(message.id);
        this.#fetches.delete(message.id);
        if (message.results) fetch?.resolve(message.results);
        else fetch?.reject(new Error(message.problem));
        break;
      }
      case 'start':
        this.#devices[message.device].start();
        break;
      case 'order':
        void this.#obey(message);
        break;
      case 'stop':
        void this.#devices[message.device]?.stop();
        break;
    }
  }

  async #obey({ device, id, order }: Extract<ToDevices, { kind: 'order' }>): Promise<void> {
    try {
      this.#link.post({ kind: 'obeyed', id, outcome: await obey(this.#devices[device], order) });
    } catch (error) {
      this.#link.post({ kind: 'obeyed', id, problem: (error as Error).message });
    }
  }

  #endOf(device: number): DeviceEnd<Event> {
    return {
      config: { fetch: (items) => this.#fetch(device, items) },
      onEvent: (event) => this.#send(device, event),
    };
  }

  #fetch(device: number, items: ConfigItem[]): Promise<ConfigItemResult[]> {
    return new Promise((resolve, reject) => {
      const id = ++this.#fetchCount;
      this.#fetches.set(id, { resolve, reject });
      this.#link.post({ kind: 'fetch', device, id, items });
    });
  }

  #send(device: number, event: Event): void {
    if (this.#link.onTheirWay() >= MOST_ON_THEIR_WAY && this.#link.mayBeLost(event)) return;
    this.#link.post({ kind: 'event', device, event });
  }
}
