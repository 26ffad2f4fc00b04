import type { ConfigItem, ConfigItemResult, DeviceReport, UpdateFailure } from '../../microvisor/index.js';
import type { StoredDevice, UpdateErrorCode } from '../store/devices/device-record.js';
import type { Store } from '../store/store.js';
import { normalizeDeviceSid } from '../store/values/value-limits.js';
import type { CloudService, LogDelivery, VersionedWanted } from './cloud-service.js';
import { deviceConfigSource } from './device-config-source.js';

const ERROR_CODES: Record<UpdateFailure, UpdateErrorCode> = { 'not-fetched': 1, 'wrong-bytes': 2, 'not-a-guest': 3 };

/**
 * A store as one device uses it: nothing of another device is in reach.
 *
 * @example
 * ```ts
 * import { type CloudService, type LogDelivery, Store, StoreCloudService, type VersionedWanted } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store-service');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const service: CloudService = new StoreCloudService(store, accountSid, deviceSid);
 * const wanted: VersionedWanted = await service.wanted(undefined, new AbortController().signal);
 * [wanted.version, wanted.logging]; // => [ 0, true ]
 * const delivery: LogDelivery = { source: 'run-1', number: 1, lines: [{ date: new Date(), text: 'started' }] };
 * await service.log(delivery);
 * (await store.logs(accountSid).read(deviceSid)).length; // => 1
 * await store.close();
 * ```
 */
export class StoreCloudService implements CloudService {
  readonly #store: Store;
  readonly #accountSid: string;
  readonly #deviceSid: string;

  /** @throws StoreError `invalid-device-sid` */
  constructor(store: Store, accountSid: string, deviceSid: string) {
    this.#store = store;
    this.#accountSid = accountSid;
    this.#deviceSid = normalizeDeviceSid(deviceSid);
  }

  fetch(items: readonly ConfigItem[]): Promise<ConfigItemResult[]> {
    return deviceConfigSource(this.#store.values(this.#accountSid), this.#deviceSid).fetch([...items]);
  }

  async wanted(known: number | undefined, signal: AbortSignal): Promise<VersionedWanted> {
    let wake = () => {};
    const end = this.#store.changes.subscribe('device', this.#accountSid, this.#deviceSid, () => wake());
    const abort = () => wake();
    signal.addEventListener('abort', abort);
    try {
      for (;;) {
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const wanted = toWanted(await this.#device());
        if (wanted.version !== known || signal.aborted) return wanted;
        await news;
      }
    } finally {
      end();
      signal.removeEventListener('abort', abort);
    }
  }

  async application(sha256: string): Promise<Uint8Array | undefined> {
    const device = await this.#device();
    return device?.target?.sha256 === sha256 ? this.#store.apps(this.#accountSid).bytes(sha256) : undefined;
  }

  async report(report: DeviceReport): Promise<void> {
    const devices = this.#store.devices(this.#accountSid);
    if ('failed' in report) {
      const { failed, reason } = report;
      await devices.report(this.#deviceSid, { failed: { sha256: failed.sha256, code: ERROR_CODES[reason] } });
    } else {
      const { sid, sha256 } = report.running ?? {};
      await devices.report(this.#deviceSid, { running: { appSid: sid, sha256 } });
    }
  }

  /** Lines of a device whose logging was turned off are left out. */
  async log({ source, number, lines }: LogDelivery): Promise<void> {
    if ((await this.#device())?.loggingEnabled === false) return;
    await this.#store.logs(this.#accountSid).append(this.#deviceSid, lines, { source, number });
  }

  #device(): Promise<StoredDevice | undefined> {
    return this.#store.devices(this.#accountSid).get(this.#deviceSid);
  }
}

/** A device that is not known yet is as a new one. */
function toWanted(device: StoredDevice | undefined): VersionedWanted {
  const { target, restarts = 0, loggingEnabled: logging = true, version = 0 } = device ?? {};
  const application = target && {
    sid: target.appSid,
    sha256: target.sha256,
    politeness: target.politeness * 1000,
  };
  return { version, application, restarts, logging };
}
