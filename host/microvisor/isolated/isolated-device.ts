import type { ConfigSource } from '../calls/config-fetch.js';
import type { CloudedDevice } from '../device/device-cloud.js';

/** A device in another thread or process. */
export interface IsolatedDevice extends CloudedDevice {
  start(): void;
  /** Ends it in an orderly way; resolves when it has ended. */
  stop(): Promise<void>;
  /** Resolves when it has ended, with the reason unless it was `stop` or the guest has ended well; never rejects. */
  readonly stopped: Promise<Error | undefined>;
}

/** What a device has on this side: its configs, and whoever hears of its events. */
export interface DeviceEnd<Event> {
  config: ConfigSource;
  onEvent(event: Event): void;
}
