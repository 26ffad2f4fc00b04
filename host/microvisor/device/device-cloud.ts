import type { ConfigSource } from '../calls/config-fetch.js';

/** An application that a cloud has. */
export interface CloudApplication {
  /** how the cloud names it: `KA` and 32 hex digits */
  sid: string;
  /** SHA-256 of its bytes, 64 lower-case hex digits */
  sha256: string;
  /** milliseconds that the application before it has for mvRestart; 0: it is replaced at once */
  politeness: number;
}

/** What a cloud wants of a device. */
export interface Wanted {
  /** what it is to run; undefined: what it has */
  application: CloudApplication | undefined;
  /** how often a restart was asked for, ever */
  restarts: number;
  /** false: mvServerLog is LOGGINGDISABLEDBYSERVER */
  logging: boolean;
}

/**
 * Why a device could not take an application.
 * `not-fetched`: its bytes cannot be had. `wrong-bytes`: they have another SHA-256. `not-a-guest`: the device cannot run it.
 */
export type UpdateFailure = 'not-fetched' | 'wrong-bytes' | 'not-a-guest';

/** What a device says of itself. */
export type DeviceReport =
  /** what it runs; undefined: what it was loaded with */
  | { running: Pick<CloudApplication, 'sid' | 'sha256'> | undefined }
  | { failed: Pick<CloudApplication, 'sha256'>; reason: UpdateFailure };

/**
 * The cloud of a device, near or far. It may be away for any time: then what it wants does not change, reports and log lines wait, within
 * bounds, and nothing throws.
 */
export interface DeviceCloud extends ConfigSource {
  /**
   * Calls the listener with what is wanted, as soon as that is known and when it has changed.
   *
   * @returns a function that ends it
   */
  watch(listener: (wanted: Wanted) => void): () => void;

  /**
   * The bytes of an application. Waits for a cloud that is away until `signal` is aborted; rejects then, and when the cloud has no such
   * application.
   */
  application(sha256: string, signal: AbortSignal): Promise<Uint8Array>;

  report(report: DeviceReport): void;

  /** Takes a line of mvServerLog. */
  log(text: string): void;
}

/** What a cloud does with a device: {@link Device}, or one in another thread. */
export interface CloudedDevice {
  /** See `Device.update`: whether it runs from now on. Rejects when the module cannot be a guest. */
  update(module: Uint8Array, politeness?: number): Promise<boolean>;
  restart(): void;
  setServerLogging(enabled: boolean): void;
}
