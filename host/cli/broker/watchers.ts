import {
  type BrokerMetrics,
  type BrokerMetricsOptions,
  createMetrics,
  PacketCapture,
  type PacketTap,
  type PlannedBroker,
  type StatusServer,
  type StatusServerOptions,
  startStatusServer,
  TrafficCounter,
} from '../../broker/index.js';
import { reasonOf } from '../../node/reason.js';
import { UserError } from '../process/user-error.js';
import type { BrokerFlags } from './broker-flags.js';

/** What is served besides the broker. */
export interface WatchedToo {
  metrics: BrokerMetricsOptions['more'];
  lists: StatusServerOptions['more'];
}

/** What looks on at a broker besides its log: the capture of `--pcap` and the status server of `--status`. */
export class Watchers {
  readonly #capture: PacketCapture | undefined;
  readonly #traffic: TrafficCounter | undefined;
  #metrics: BrokerMetrics | undefined;
  #server: StatusServer | undefined;
  #stopCounting = () => {};

  private constructor(capture: PacketCapture | undefined, traffic: TrafficCounter | undefined) {
    this.#capture = capture;
    this.#traffic = traffic;
  }

  /**
   * Opens the file of the capture.
   *
   * @param captureEnded called when the capture ends before the broker does
   * @throws UserError when the file cannot be opened
   */
  static async open({ pcap, status }: BrokerFlags, captureEnded: (reason: string) => void): Promise<Watchers> {
    const capture = pcap === undefined ? undefined : await openCapture(pcap, captureEnded);
    return new Watchers(capture, status === undefined ? undefined : new TrafficCounter());
  }

  /** What the broker is to be started with; empty when nobody looks on. */
  get taps(): PacketTap[] {
    return [this.#capture, this.#traffic].filter((tap) => tap !== undefined);
  }

  /** Counts a commit of the state. */
  committed(seconds: number): void {
    this.#metrics?.commit(seconds);
  }

  /**
   * Serves what a broker holds, if `--status` asks for it.
   *
   * @returns the address: `http://127.0.0.1:PORT`
   * @throws UserError when the port cannot be listened on
   */
  async serve(
    broker: PlannedBroker['broker'],
    port: number | undefined,
    version: string,
    more?: WatchedToo,
  ): Promise<string | undefined> {
    const traffic = this.#traffic;
    if (!traffic || port === undefined) return undefined;
    this.#stopCounting = traffic.watch(broker.engine);
    const state = broker.engine.inspection;
    this.#metrics = await createMetrics({ state, traffic, more: more?.metrics });
    try {
      this.#server = await startStatusServer({ state, metrics: this.#metrics, version, port, more: more?.lists });
    } catch (error) {
      throw new UserError(`--status ${port}: ${reasonOf(error)}`);
    }
    return this.#server.url;
  }

  /** Ends the status server. Call it while the broker is there. */
  async stopServing(): Promise<void> {
    await this.#server?.close();
    this.#metrics?.close();
    this.#stopCounting();
  }

  /** Ends the capture. Call it when the broker has closed: how its connections ended is in the file then. */
  async stopCapture(): Promise<void> {
    await this.#capture?.close();
  }
}

async function openCapture(path: string, onEnd: (reason: string) => void): Promise<PacketCapture> {
  try {
    return await PacketCapture.create({ path, onEnd });
  } catch (error) {
    throw new UserError(`--pcap ${path}: the file cannot be written: ${openFailure(error)}`);
  }
}

function openFailure(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'its folder does not exist; create it, or name another file';
    case 'EISDIR':
      return 'it is a folder; name a file in it';
    case 'EACCES':
      return 'this user may not write it; name another file';
    default:
      return reasonOf(error);
  }
}
