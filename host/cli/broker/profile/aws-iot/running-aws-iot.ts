import {
  type AwsIotBroker,
  ConfigError,
  type LmdbStore,
  type LoadedRegistry,
  type LogPlan,
} from '../../../../broker/index.js';
import { watchFiles } from '../../../../node/files/file-watch.js';
import { reasonOf } from '../../../../node/reason.js';
import type { Note, Reload, RunningSource, Surroundings } from '../../source/broker-source.js';
import { registryOf } from './registry-of.js';

const clock = {
  after(milliseconds: number, action: () => void) {
    const timer = setTimeout(action, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A broker of the profile that runs: it reads its files again when they change, and on SIGHUP. */
export class RunningAwsIot implements RunningSource {
  readonly notes: readonly Note[] = [];
  readonly #running: AwsIotBroker;
  readonly #read: () => LoadedRegistry;
  readonly #log: LogPlan;
  readonly #tell: Surroundings['tell'];
  readonly #store: LmdbStore | undefined;
  #unwatch = () => {};

  /**
   * @param read reads the files as they are now
   * @param files those that were read at the start
   */
  constructor(
    running: AwsIotBroker,
    read: () => LoadedRegistry,
    files: readonly string[],
    { log, tell, store }: { log: LogPlan; tell: Surroundings['tell']; store: LmdbStore | undefined },
  ) {
    this.#running = running;
    this.#read = read;
    this.#log = log;
    this.#tell = tell;
    this.#store = store;
    this.#watch(files);
  }

  get broker() {
    return this.#running.broker;
  }

  reload(): Reload {
    const loaded = this.#read();
    // What is missing, or wrong, is watched too: it may come, or be corrected.
    this.#watch(loaded.files);
    this.#running.replace(registryOf(loaded));
    return { needsRestart: [], failed: [], warnings: [], log: this.#log };
  }

  async save(): Promise<boolean> {
    await this.#store?.save();
    return this.#store !== undefined;
  }

  handOver(): void {}

  async close(): Promise<void> {
    this.#unwatch();
    await this.broker.close();
  }

  #watch(files: readonly string[]): void {
    const failed = (error: unknown) => this.broker.engine.warn(`files are not watched: ${reasonOf(error)}`);
    this.#unwatch();
    this.#unwatch = watchFiles(files, clock, () => this.#changed(), failed);
  }

  #changed(): void {
    try {
      const { needsRestart, failed } = this.reload();
      const text = 'Things and policies were read again, and hold at once.';
      this.#tell({ event: 'reloaded', done: true, needsRestart, failed }, { type: 'information', text });
    } catch (error) {
      const findings = error instanceof ConfigError ? error.findings : [];
      const text = `${(error as Error).message}\nAll stays as it was.`;
      this.#tell({ event: 'reloaded', done: false, findings }, { type: 'error', text });
    }
  }
}
