import type { ConfigItem, ConfigItemResult, DeviceReport, Wanted } from '../../microvisor/index.js';
import type { WrittenLine } from '../store/logs/log-lines.js';

/** What is wanted of a device, with a number that is another one when it has changed. */
export interface VersionedWanted extends Wanted {
  version: number;
}

/** Log lines that are delivered together. */
export interface LogDelivery {
  /** one run of a device, 1 to 64 characters */
  source: string;
  /** counts the deliveries of the source, from 1: one that comes again is not taken again */
  number: number;
  lines: readonly WrittenLine[];
}

/** What a cloud does for one device when it is asked, near or far. Every call rejects with {@link CloudServiceError} or StoreError. */
export interface CloudService {
  /** Values, in the order of the items. */
  fetch(items: readonly ConfigItem[]): Promise<ConfigItemResult[]>;

  /**
   * What is wanted of the device, when it is not `known` any more. It may also resolve with what is known, after a while or when `signal`
   * is aborted: then ask again.
   */
  wanted(known: number | undefined, signal: AbortSignal): Promise<VersionedWanted>;

  /** The bytes of the application that the device is to run; undefined when that is another one. */
  application(sha256: string): Promise<Uint8Array | undefined>;

  report(report: DeviceReport): Promise<void>;

  log(delivery: LogDelivery): Promise<void>;
}

/**
 * What a {@link CloudServiceError} is about:
 * - `unreachable`: no answer came, or not all of it in time, or the server failed
 * - `unauthorized`: the device key is not accepted
 * - `refused`: the request is refused for another reason; it will be so the next time
 * - `unexpected-answer`: what answers is not a cloud of devices
 */
export type CloudServiceErrorCode = 'unreachable' | 'unauthorized' | 'refused' | 'unexpected-answer';

/**
 * A call of a far cloud that failed. The message names the address and says what to do; it never holds a key or a value.
 *
 * @example
 * ```ts
 * import { CloudServiceError, type CloudServiceErrorCode, HttpCloudService, Store, startCloud } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const cloud = await startCloud({ store });
 * const codes: CloudServiceErrorCode[] = [];
 * try {
 *   await new HttpCloudService(cloud.url, 'no key').fetch([]);
 * } catch (error) {
 *   if (!(error instanceof CloudServiceError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'unauthorized' ]
 * await cloud.close();
 * await store.close();
 * ```
 */
export class CloudServiceError extends Error {
  readonly code: CloudServiceErrorCode;

  constructor(code: CloudServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CloudServiceError';
    this.code = code;
  }
}
