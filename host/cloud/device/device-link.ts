import { randomBytes } from 'node:crypto';
import type {
  ConfigItem,
  ConfigItemResult,
  DeviceClock,
  DeviceCloud,
  DeviceReport,
  Wanted,
} from '../../microvisor/index.js';
import { BackOff, type BackOffTimes } from '../../node/back-off.js';
import { reasonOf } from '../../node/reason.js';
import { type CloudService, CloudServiceError } from './cloud-service.js';
import { LogSpool } from './log-spool.js';

export interface DeviceLinkOptions {
  clock: DeviceClock;
  /** default: 1 second, at most 60 */
  backOff?: BackOffTimes;
  /** milliseconds that log lines wait for more of them; default 1000 */
  logDelay?: number;
  /** called once when the cloud is away, and once when it is there again; in words */
  onNotice?(text: string): void;
  /** 0 or more, less than 1; default `Math.random` */
  random?(): number;
}

const BACK_OFF: BackOffTimes = { first: 1000, most: 60_000 };
const LOG_DELAY = 1000;
/** Milliseconds that {@link DeviceLink.close} waits for what is still to be delivered. */
const CLOSE_TIMEOUT = 2000;

/**
 * A device's cloud over a service that may be away: what fails is done again, later and later; what has to wait is bounded.
 *
 * @example
 * ```ts
 * import { DeviceLink, type DeviceLinkOptions, Store, StoreCloudService } from 'wasmqtt/cloud';
 * import { realClock } from 'wasmqtt/microvisor';
 *
 * const store = await Store.open('store-link');
 * const { accountSid, deviceSid } = await store.ensureDefaultAccount();
 * const options: DeviceLinkOptions = { clock: realClock, logDelay: 100 };
 * const link = new DeviceLink(new StoreCloudService(store, accountSid, deviceSid), options);
 * link.log('started');
 * await link.close();
 * const [line] = await store.logs(accountSid).read(deviceSid);
 * line.text; // => 'started'
 * await store.close();
 * ```
 */
export class DeviceLink implements DeviceCloud {
  readonly #service: CloudService;
  readonly #clock: DeviceClock;
  readonly #options: DeviceLinkOptions;
  readonly #end = new AbortController();
  readonly #source = randomBytes(8).toString('hex');
  readonly #spool = new LogSpool();
  /** What was not delivered yet: the last report of each kind. */
  readonly #reports = new Map<string, DeviceReport>();
  #deliveries = 0;
  #delivering: Promise<void> | undefined;
  #cancelDelivery: (() => void) | undefined;
  #isClosing = false;
  #isAway = false;

  constructor(service: CloudService, options: DeviceLinkOptions) {
    this.#service = service;
    this.#options = options;
    this.#clock = options.clock;
  }

  async fetch(items: ConfigItem[]): Promise<ConfigItemResult[]> {
    try {
      return this.#answered(await this.#service.fetch(items));
    } catch (error) {
      this.#failed(error);
      return items.map(() => ({ result: 'serverError' }));
    }
  }

  watch(listener: (wanted: Wanted) => void): () => void {
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#end.signal]);
    void this.#watch(listener, signal);
    return () => end.abort();
  }

  async application(sha256: string, signal: AbortSignal): Promise<Uint8Array> {
    const either = AbortSignal.any([signal, this.#end.signal]);
    const bytes = await this.#insist(() => this.#service.application(sha256), either);
    if (bytes) return bytes;
    throw new Error('the cloud has no such application for this device');
  }

  report(report: DeviceReport): void {
    this.#reports.set('failed' in report ? 'failed' : 'running', report);
    this.#deliver();
  }

  log(text: string): void {
    this.#spool.add({ date: new Date(this.#clock.wallClock() ?? Date.now()), text });
    if (this.#spool.isLarge) this.#deliver();
    else this.#deliverLater();
  }

  /** Delivers what waits, if the cloud is there, then ends. What comes later is not delivered. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#deliver();
    if (!this.#isAway) {
      let cancel = () => {};
      const late = new Promise<void>((resolve) => {
        cancel = this.#clock.after(CLOSE_TIMEOUT, resolve);
      });
      await Promise.race([this.#delivering, late]);
      cancel();
    }
    this.#cancelDelivery?.();
    this.#end.abort();
  }

  async #watch(listener: (wanted: Wanted) => void, signal: AbortSignal): Promise<void> {
    let known: number | undefined;
    while (!signal.aborted) {
      try {
        const wanted = await this.#insist(() => this.#service.wanted(known, signal), signal);
        if (signal.aborted || wanted.version === known) continue;
        known = wanted.version;
        listener(wanted);
      } catch (error) {
        // A request that is refused as it is, is so again; but the cloud may become another one.
        if (!signal.aborted) await this.#sleep(this.#backOffTimes.most, signal);
        this.#failed(error);
      }
    }
  }

  #deliverLater(): void {
    if (this.#delivering || this.#cancelDelivery) return;
    this.#cancelDelivery = this.#clock.after(this.#options.logDelay ?? LOG_DELAY, () => this.#deliver());
  }

  #deliver(): void {
    this.#cancelDelivery?.();
    this.#cancelDelivery = undefined;
    this.#delivering ??= this.#deliverAll().finally(() => {
      this.#delivering = undefined;
      if (this.#spool.length > 0) this.#deliverLater();
    });
  }

  /** Reports, then a part of the log, or all of it when the link is closing. */
  async #deliverAll(): Promise<void> {
    do {
      for (const [kind, report] of this.#reports) {
        await this.#insistOn(() => this.#service.report(report));
        if (this.#reports.get(kind) === report) this.#reports.delete(kind);
      }
      if (this.#spool.length === 0) continue;
      const delivery = { source: this.#source, number: ++this.#deliveries, lines: this.#spool.take() };
      await this.#insistOn(() => this.#service.log(delivery));
    } while (!this.#end.signal.aborted && (this.#reports.size > 0 || this.#spool.isLarge || this.#mustEmpty));
  }

  get #mustEmpty(): boolean {
    return this.#isClosing && this.#spool.length > 0;
  }

  /** What is refused is left out: it would be refused for ever. */
  async #insistOn(action: () => Promise<void>): Promise<void> {
    try {
      await this.#insist(action, this.#end.signal);
    } catch (error) {
      if (!this.#end.signal.aborted) this.#options.onNotice?.(reasonOf(error));
    }
  }

  /** Tries until it is done. Rejects when the signal is aborted, or the service refuses. */
  async #insist<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const backOff = new BackOff(this.#backOffTimes, this.#options.random ?? Math.random);
    for (;;) {
      signal.throwIfAborted();
      try {
        return this.#answered(await action());
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CloudServiceError && error.code === 'refused') throw error;
        this.#failed(error);
        await this.#sleep(backOff.next(), signal);
      }
    }
  }

  get #backOffTimes(): BackOffTimes {
    return this.#options.backOff ?? BACK_OFF;
  }

  #answered<T>(answer: T): T {
    if (this.#isAway) this.#options.onNotice?.('the cloud is there again');
    this.#isAway = false;
    return answer;
  }

  #failed(error: unknown): void {
    if (this.#isAway || this.#end.signal.aborted) return;
    this.#isAway = true;
    this.#options.onNotice?.(`the cloud is away, the device goes on: ${reasonOf(error)}`);
  }

  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(milliseconds, done);
      signal.addEventListener('abort', done);
    });
  }
}
