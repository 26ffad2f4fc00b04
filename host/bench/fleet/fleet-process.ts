import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stopProcess } from '../stop-process.js';

/** What is run: the device application, or another guest. */
export interface FleetLoad {
  devices: number;
  guest: string | undefined;
  /** The data folder: a guest that was made ready for a run is there for the next. */
  data: string;
}

/** Milliseconds until all devices are there. */
const START_TIMEOUT = 300_000;

/** `wasmqtt run` with many devices and a broker in the same process. */
export class FleetProcess {
  readonly #child: ChildProcess;
  readonly #counts = new Map<string, number>();
  #said = '';

  private constructor(cli: string, { devices, guest, data }: FleetLoad) {
    const which = guest === undefined ? [] : ['--guest', guest];
    const args = [cli, 'run', '--json', '--data', data, '--cloud-port', '0', '--devices', `${devices}`, ...which];
    this.#child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface(this.#child.stdout!).on('line', (line) => {
      const { event } = JSON.parse(line) as { event: string };
      this.#counts.set(event, this.count(event) + 1);
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.#said = (this.#said + text).slice(-1000);
    });
  }

  /**
   * Starts it and waits until each device has connected; with another guest, until it is loaded.
   * @throws Error when that takes too long, or the process ends
   */
  static async start(cli: string, load: FleetLoad): Promise<FleetProcess> {
    const fleet = new FleetProcess(cli, load);
    try {
      await fleet.#until(load.guest === undefined ? 'connected' : 'device', load.devices);
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** How many events of a kind there were. */
  count(event: string): number {
    return this.#counts.get(event) ?? 0;
  }

  /** Ends the process. */
  stop(): Promise<void> {
    return stopProcess(this.#child);
  }

  async #until(event: string, count: number): Promise<void> {
    const until = Date.now() + START_TIMEOUT;
    while (this.count(event) < count) {
      if (this.#child.exitCode !== null) throw new Error(`wasmqtt run ended: ${this.#said.trim()}`);
      if (Date.now() > until) throw new Error(`${this.count(event)} of ${count} devices after ${START_TIMEOUT} ms`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
