import type { ServiceOptions } from '../../http/service-options.js';
import type { Store } from '../store/store.js';

export interface CloudOptions extends ServiceOptions {
  store: Store;
  /** an account that this server lets in besides those of the store, with `authToken`: `AC` and 32 hex digits */
  accountSid?: string;
  authToken?: string;
  /** milliseconds that a device waits for changes until it is answered all the same; default 50,000 */
  deviceWait?: number;
  /** a file that gets a line of JSON for each change and each refused log-in */
  auditLog?: string;
}

/** A running server. */
export interface Cloud {
  /** base address, which takes the place of the original service's: `http://127.0.0.1:PORT` */
  url: string;
  port: number;
  /** reads the TLS files again and opens the audit log's file again: both may have been replaced */
  reload(): void;
  /** stops listening, and ends within `closeTimeout` whatever is open; the store stays open */
  close(): Promise<void>;
}
