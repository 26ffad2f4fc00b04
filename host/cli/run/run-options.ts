import type { ReadPlan } from '../../broker/index.js';
import type { CredentialOptions } from '../options/credential-options.js';

export interface RunOptions extends CredentialOptions {
  protocol?: '3.1.1' | '5';
  /** The devices that are named. */
  deviceSid?: string[];
  /** How many devices there are to be. */
  devices?: number;
  /** How many of them a process has at most. */
  devicesPerProcess: number;
  scope?: 'device' | 'account';
  publishTopic?: string;
  subscribeTopic?: string;
  interval?: number;
  /** Milliseconds. */
  stableAfter?: number;
  guest?: string;
  /** Bytes of memory that the guest may have. */
  guestMemory?: number;
  /** Whether devices have a thread of their own; default: when `guest` is another one than the application of this package. */
  isolate?: boolean;
  /** Milliseconds after which a guest that does not come back is ended. */
  watchdog?: number;
  /** Delivers interrupts to a blocking guest at every call. */
  interruptEveryCall?: boolean;
  /** Hosts that the guest may send HTTP requests to. */
  allowHost?: string[];
  /** Whether HTTP without TLS may go to this machine. */
  plainHttp?: boolean;
  /** Files of CA certificates for HTTPS requests of the guest. */
  httpCa?: string[];
  /** The file of the external flash. */
  flash?: string;
  /** Milliseconds; without it only a signal ends the run. */
  for?: number;
  data: string;
  store?: string;
  /** Address of the cloud of the devices; without it, it is the store in the folder. */
  cloud?: string;
  /** The file with the keys of the devices for `cloud`. */
  deviceKey?: string;
  /** The file with the root certificates of `cloud`. */
  cloudCa?: string;
  cloudPort?: number;
  /** What the embedded broker opens besides its own listener. */
  plan?: ReadPlan;
}
