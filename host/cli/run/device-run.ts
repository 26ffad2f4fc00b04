import { readFileSync } from 'node:fs';
import { AppDefault } from '../../../build/abi/core.js';
import { disconnectAdvice } from '../../diagnosis/index.js';
import { type ConfigSource, Device, type KernelEvent } from '../../microvisor/index.js';
import { reasonOf } from '../../node/reason.js';
import { describeConnectFailure } from '../output/connect-failure.js';
import { UserError } from '../process/user-error.js';
import { ConnectionStorm } from './connection-storm.js';
import { describeGuestError } from './describe-guest-error.js';
import { type GuestOptions, guestHasFailed, writeGuestOptions } from './guest-options.js';
import type { RunReport } from './run-events.js';

/** What the summary reports. */
export interface Counts {
  published: number;
  received: number;
  errors: number;
}

export interface DeviceRunOptions {
  /** Path of the guest module. */
  guest: string;
  deviceSid: string;
  config: ConfigSource;
  guestOptions: GuestOptions;
  report: RunReport;
  /** Counts up while the device runs. */
  counts: Counts;
}

/** One run of a device: its events become reports, and what ends it becomes an error. */
export class DeviceRun {
  #device!: Device;
  #connectedOnce = false;
  #lastError = '';
  readonly #stable: number;
  readonly #storm: ConnectionStorm;
  #fail!: (error: Error) => void;
  readonly #report: RunReport;
  readonly #counts: Counts;
  /** Rejects with a UserError when the device cannot do its work; never resolves. */
  readonly failed: Promise<never>;

  private constructor({ report, counts, guestOptions }: DeviceRunOptions) {
    this.#report = report;
    this.#stable = guestOptions.stableAfter ?? AppDefault.STABLE;
    this.#storm = new ConnectionStorm(this.#stable);
    this.#counts = counts;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** @throws UserError when the guest cannot be read or loaded, or does not take the options */
  static async load(options: DeviceRunOptions): Promise<DeviceRun> {
    const run = new DeviceRun(options);
    run.#device = await Device.load({
      guest: readGuest(options.guest),
      deviceId: options.deviceSid,
      config: options.config,
      // Brokers may ask for both a certificate and a password.
      behaviour: { allowPasswordWithClientCertificate: true },
      onEvent: (event) => run.#onEvent(event),
    }).catch((error: Error) => {
      throw new UserError(describeUnloadable(options.guest, error.message));
    });
    writeGuestOptions(run.#device.guest, options.guestOptions);
    return run;
  }

  get connectedOnce(): boolean {
    return this.#connectedOnce;
  }

  start(): void {
    void this.#device.stopped.then((error) => {
      if (error) this.#fail(new UserError(error.message));
    });
    this.#device.start();
  }

  /** Disconnects and stops. */
  stop(): Promise<void> {
    return this.#device.stop();
  }

  #error(message: string): void {
    this.#counts.errors++;
    this.#report({ event: 'error', message });
  }

  #onEvent(event: KernelEvent): void {
    switch (event.event) {
      case 'connecting':
        this.#report({ event: 'connecting', broker: `${event.host}:${event.port}` });
        break;
      case 'connected': {
        this.#connectedOnce = true;
        this.#storm.connected(performance.now());
        const { protocol, tls, cipher, clientId } = event;
        this.#report({ event: 'connected', broker: `${event.host}:${event.port}`, protocol, tls, cipher, clientId });
        break;
      }
      case 'connectFailed': {
        const message = describeConnectFailure(event);
        // Before the first connection nothing shows that it can ever work; after it, the guest tries again.
        if (this.#connectedOnce) this.#error(message);
        else this.#fail(new UserError(message));
        break;
      }
      case 'subscribed':
        for (const { topic, reasonCode } of event.topics) {
          if (reasonCode < 0x80) this.#report({ event: 'subscribed', topic, reasonCode });
          else this.#error(`the broker refused the subscription to ${topic} with reason code ${reasonCode}`);
        }
        break;
      case 'published':
        this.#onPublished(event);
        break;
      case 'message':
        this.#counts.received++;
        this.#report({ ...event, payload: payloadText(event.payload) });
        break;
      case 'messageLost':
        this.#error(`a message of ${event.length} bytes on ${event.topic} did not fit into the guest's receive buffer`);
        break;
      case 'disconnected':
        this.#onDisconnected(event);
        break;
      case 'log':
        this.#onLog(event.text);
        break;
      case 'turn':
        if (this.#device && guestHasFailed(this.#device.guest)) {
          this.#fail(new UserError(describeGuestError(this.#lastError) || 'the guest has failed without saying why'));
        }
        break;
    }
  }

  #onDisconnected({ reason, reasonCode, requested }: Extract<KernelEvent, { event: 'disconnected' }>): void {
    const advice = disconnectAdvice(reasonCode);
    this.#report({ event: 'disconnected', reason, reasonCode, advice });
    const connections = requested ? undefined : this.#storm.ended(performance.now(), reasonCode);
    if (connections === undefined) return;
    this.#report({ event: 'unstable', connections, stable: this.#stable, reason, reasonCode, advice });
  }

  #onPublished(event: Extract<KernelEvent, { event: 'published' }>): void {
    const { topic, qos, reasonCode } = event;
    if (reasonCode >= 0x80) {
      this.#error(`the broker refused a message on ${topic} with reason code ${reasonCode}`);
      return;
    }
    this.#counts.published++;
    this.#report({ event: 'published', topic, payload: payloadText(event.payload), qos });
  }

  /** Lines that begin with "error: " are the guest's errors. One that ends the run is reported once, at the end. */
  #onLog(text: string): void {
    if (!text.startsWith('error: ')) {
      this.#report({ event: 'log', text });
      return;
    }
    this.#lastError = text.slice('error: '.length);
    if (!guestHasFailed(this.#device.guest)) this.#report({ event: 'log', text });
  }
}

function payloadText(payload: Uint8Array): string {
  return Buffer.from(payload).toString('utf8');
}

function readGuest(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'there is no such file' : reasonOf(error);
    throw new UserError(`${file}: the guest cannot be read: ${reason}; give a .wasm file with --guest`);
  }
}

/** Replaces what the engine says about bytes that are not a module, which does not help. Lists of imports do help. */
function describeUnloadable(file: string, message: string): string {
  if (message.includes('not a WebAssembly module')) {
    return `${file}: is not a WebAssembly module; give a .wasm file with --guest`;
  }
  return `${file}: ${message}`;
}
