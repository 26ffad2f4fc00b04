import { AppDefault } from '../../../build/abi/core.js';
import { disconnectAdvice } from '../../diagnosis/index.js';
import { CloudFollower, type ConfigSource, type DeviceCloud, type FollowerEvent } from '../../microvisor/index.js';
import { describeConnectFailure } from '../output/connect-failure.js';
import { UserError } from '../process/user-error.js';
import { ConnectionStorm } from './connection-storm.js';
import { describeGuestError } from './guest/describe-guest-error.js';
import type { DeviceEvent, DeviceStart, RunningDevice } from './guest/running-device.js';
import type { RunReport } from './run-events.js';

/** What the devices of a run know of each other. */
export interface Fellows {
  /** Whether one of them has connected. */
  haveConnected: boolean;
}

/** What the summary reports. */
export interface Counts {
  published: number;
  received: number;
  errors: number;
}

export interface DeviceRunOptions {
  deviceSid: string;
  config: ConfigSource;
  /** What it is to run, and where its log goes. */
  cloud: DeviceCloud;
  /** Milliseconds that a connection has to last. */
  stable: number | undefined;
  report: RunReport;
  /** Counts up while the device runs. */
  counts: Counts;
  fellows: Fellows;
}

/** One run of a device: its events become reports, and what ends it becomes an error. */
export class DeviceRun implements DeviceStart {
  readonly deviceSid: string;
  readonly config: ConfigSource;
  readonly #cloud: DeviceCloud;
  #follower: CloudFollower | undefined;
  #isUpdated = false;
  #connectedOnce = false;
  #isConnecting = false;
  #lastError = '';
  readonly #stable: number;
  readonly #storm: ConnectionStorm;
  #settle!: { ended(): void; failed(error: Error): void };
  readonly #report: RunReport;
  readonly #counts: Counts;
  readonly #fellows: Fellows;
  /** Resolves when the guest has ended by itself; rejects with a UserError when the device cannot do its work. */
  readonly over: Promise<void>;
  #arrive!: () => void;
  /** Resolves when the device has connected, or cannot; never rejects. */
  readonly arrived = new Promise<void>((resolve) => {
    this.#arrive = resolve;
  });

  constructor({ deviceSid, config, cloud, stable = AppDefault.STABLE, report, counts, fellows }: DeviceRunOptions) {
    this.deviceSid = deviceSid;
    this.config = config;
    this.#cloud = cloud;
    this.#report = report;
    this.#stable = stable;
    this.#storm = new ConnectionStorm(stable);
    this.#counts = counts;
    this.#fellows = fellows;
    this.over = new Promise((ended, failed) => {
      this.#settle = { ended, failed };
    });
    this.over.then(this.#arrive, this.#arrive);
  }

  get connectedOnce(): boolean {
    return this.#connectedOnce;
  }

  /** Whether it tries to connect for the first time. */
  get isConnecting(): boolean {
    return this.#isConnecting;
  }

  /** Whether it runs an application of the cloud instead of its guest. */
  get isUpdated(): boolean {
    return this.#isUpdated;
  }

  /**
   * Gives the device, which was loaded with this run as its `DeviceStart`, what the cloud wants it to run.
   *
   * @param patience milliseconds after which it goes on with its guest, when the cloud is away
   */
  async follow(device: RunningDevice, patience: number): Promise<void> {
    this.#follower = new CloudFollower(device, this.#cloud, (event) => this.#onFollower(event));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([this.#follower.follow(), late]);
    clearTimeout(timer);
  }

  /** Ends {@link follow}. */
  unfollow(): void {
    this.#follower?.stop();
  }

  /** Starts the device. */
  start(device: RunningDevice): void {
    void device.stopped.then((error) => {
      this.unfollow();
      if (error) this.#settle.failed(new UserError(error.message));
      else this.#settle.ended();
    });
    device.start();
    this.#follower?.started();
  }

  #arrived(): void {
    this.#isConnecting = false;
    this.#arrive();
  }

  #error(message: string): void {
    this.#counts.errors++;
    this.#report({ event: 'error', message });
  }

  onEvent(event: DeviceEvent): void {
    this.#follower?.observe(event);
    switch (event.event) {
      case 'connecting':
        this.#isConnecting = !this.#connectedOnce;
        this.#report({ event: 'connecting', broker: `${event.host}:${event.port}` });
        break;
      case 'connected': {
        this.#connectedOnce = true;
        this.#fellows.haveConnected = true;
        this.#arrived();
        this.#storm.connected(performance.now());
        const { protocol, tls, cipher, clientId, will } = event;
        const broker = `${event.host}:${event.port}`;
        this.#report({
          event: 'connected',
          broker,
          protocol,
          tls,
          cipher,
          clientId,
          ...(will && { will: { topic: will.topic, retain: will.retain } }),
        });
        break;
      }
      case 'connectFailed': {
        const message = describeConnectFailure(event);
        this.#arrived();
        // Before the first connection nothing shows that it can ever work; after it, the guest tries again.
        if (this.#fellows.haveConnected) this.#error(message);
        else this.#settle.failed(new UserError(message));
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
      case 'httpResponse':
        this.#report(event);
        break;
      case 'flashFailed':
        this.#error(`the external flash has failed: ${event.detail}`);
        break;
      case 'log':
        this.#onLog(event);
        break;
      case 'failed':
        this.#settle.failed(
          new UserError(describeGuestError(this.#lastError) || 'the guest has failed without saying why'),
        );
        break;
      case 'uartLine':
        this.#report({ event: 'log', text: event.line });
        break;
      case 'stackExceeded': {
        const { task, used, size } = event;
        const text = `the task ${task} has used ${used} bytes of stack and asked for ${size}: on the device it may overflow`;
        this.#report({ event: 'log', text });
        break;
      }
      case 'exit':
        this.#report({ event: 'exit', code: event.code });
        break;
    }
  }

  #onFollower(event: FollowerEvent): void {
    switch (event.event) {
      case 'restartWanted':
        this.#report({ event: 'cloud', text: 'the cloud restarts the application' });
        break;
      case 'downloaded':
        this.#report({ event: 'cloud', text: `${event.application.sid} was downloaded and waits for a restart` });
        break;
      case 'running':
        this.#isUpdated = true;
        this.#report({ event: 'cloud', text: `the device runs ${event.application.sid}, as the cloud wants it` });
        break;
      case 'updateFailed':
        this.#error(`${event.application.sid} cannot take the place of the guest: ${event.detail}`);
        break;
    }
  }

  #onDisconnected({ reason, reasonCode, requested }: Extract<DeviceEvent, { event: 'disconnected' }>): void {
    const advice = disconnectAdvice(reasonCode);
    this.#report({ event: 'disconnected', reason, reasonCode, advice });
    const connections = requested ? undefined : this.#storm.ended(performance.now(), reasonCode);
    if (connections === undefined) return;
    this.#report({ event: 'unstable', connections, stable: this.#stable, reason, reasonCode, advice });
  }

  #onPublished(event: Extract<DeviceEvent, { event: 'published' }>): void {
    const { topic, qos, retain, reasonCode } = event;
    if (reasonCode >= 0x80) {
      this.#error(`the broker refused a message on ${topic} with reason code ${reasonCode}`);
      return;
    }
    this.#counts.published++;
    this.#report({ event: 'published', topic, payload: payloadText(event.payload), qos, ...(retain && { retain }) });
  }

  /** Lines that begin with "error: " are the guest's errors. One that ends the run is reported once, at the end. */
  #onLog({ text, isLast }: Extract<DeviceEvent, { event: 'log' }>): void {
    if (!text.startsWith('error: ')) {
      this.#report({ event: 'log', text });
      return;
    }
    this.#lastError = text.slice('error: '.length);
    if (!isLast) this.#report({ event: 'log', text });
  }
}

function payloadText(payload: Uint8Array): string {
  return Buffer.from(payload).toString('utf8');
}
