import type { Finding } from '../../credentials/index.js';

/** What `wasmqtt run` reports: with --json each event is one line of standard output. */
export type RunEvent =
  | { event: 'listening'; service: 'cloud'; url: string; accountSid: string; authToken: string | undefined }
  | { event: 'listening'; service: 'broker'; url: string; port: number }
  /** What `--broker-conf` has opened besides. A Unix socket has port 0. */
  | { event: 'listening'; service: 'listener'; url: string; port: number }
  /** A warning about `--broker-conf`, or what happens to one of its bridges. */
  | { event: 'broker'; text: string }
  /** A further process has loaded so many of the devices. */
  | { event: 'process'; pid: number; devices: number }
  | { event: 'device'; deviceSid: string; guest: string; source: 'embedded broker' | 'options' | 'store' | 'cloud' }
  /** What the cloud has the device do, and whether it is there. */
  | { event: 'cloud'; text: string }
  | { event: 'connecting'; broker: string }
  | {
      event: 'connected';
      broker: string;
      protocol: string;
      tls: string;
      cipher: string;
      clientId: string;
      will?: { topic: string; retain: boolean };
    }
  | { event: 'subscribed'; topic: string; reasonCode: number }
  | { event: 'published'; topic: string; payload: string; qos: number; retain?: true }
  | { event: 'message'; topic: string; payload: string; qos: number; retain: boolean }
  | { event: 'disconnected'; reason: string; reasonCode?: number; advice?: string }
  /** So many connections in a row did not last for `stable` milliseconds; reported once. The code is that of the last one's end. */
  | { event: 'unstable'; connections: number; stable: number; reason: string; reasonCode?: number; advice?: string }
  /** The answer to an HTTP request of the guest: `result` is the name of an MvHttpResult, `detail` why it is not OK. */
  | { event: 'httpResponse'; url: string; result: string; statusCode: number; bodyLength: number; detail?: string }
  | { event: 'log'; text: string }
  /** The guest has ended by itself. */
  | { event: 'exit'; code: number }
  /** A warning about a file that an option names. */
  | ({ event: 'finding' } & Finding)
  /** `final` if it ends the run. */
  | { event: 'error'; message: string; final?: true }
  | { event: 'summary'; published: number; received: number; errors: number };

/** `device` is the SID of the device that the event is about, when there are several. */
export type RunReport = (event: RunEvent & { device?: string }) => void;
