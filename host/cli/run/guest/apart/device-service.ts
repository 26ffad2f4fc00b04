import type { ConfigItem, ConfigItemResult } from '../../../../microvisor/index.js';
import { obey } from '../device-orders.js';
import type { DeviceEvent, DeviceStart, RunningDevice } from '../running-device.js';
import type { FromDevices, ToDevices } from './device-messages.js';

/** Messages on their way beyond which log lines are left out: a guest may write faster than anyone reads. */
const MOST_ON_THEIR_WAY = 10_000;

/** The way to the other end. */
export interface ServiceLink {
  post(message: FromDevices): void;
  /** Messages that the other end has not taken yet. */
  onTheirWay(): number;
}

/** Serves the devices of this thread or process to another one. */
export class DeviceService {
  readonly #link: ServiceLink;
  #devices: readonly RunningDevice[] = [];
  /** Config fetches that the other end has not answered. */
  readonly #fetches = new Map<number, { resolve(results: ConfigItemResult[]): void; reject(error: Error): void }>();
  #fetchCount = 0;

  constructor(link: ServiceLink) {
    this.#link = link;
  }

  /** Loads devices and says how that went. @param load loads all of them; none has started */
  async load(
    deviceSids: readonly string[],
    load: (starts: readonly DeviceStart[]) => Promise<readonly RunningDevice[]>,
  ): Promise<void> {
    try {
      this.#devices = await load(deviceSids.map((deviceSid, device) => this.#startOf(deviceSid, device)));
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

  #startOf(deviceSid: string, device: number): DeviceStart {
    return {
      deviceSid,
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

  #send(device: number, event: DeviceEvent): void {
    if (event.event === 'log' && !event.isLast && this.#link.onTheirWay() >= MOST_ON_THEIR_WAY) return;
    this.#link.post({ kind: 'event', device, event });
  }
}
