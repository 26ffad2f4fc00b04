import { type ChildProcess, spawn } from 'node:child_process';
import type { Broker, BrokerEvent } from '../../../../host/broker/index.js';

/** A program that a test runs, with what it printed and how it ended. */
export class Program {
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #waiting: (() => void)[] = [];

  constructor(command: string, args: string[]) {
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout!.on('data', (chunk) => {
      this.#stdout += chunk;
      for (const check of this.#waiting) check();
    });
    this.#child.stderr!.on('data', (chunk) => {
      this.#stderr += chunk;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code) => {
        resolve({ code, stdout: this.#stdout, stderr: this.#stderr });
        for (const check of this.#waiting) check();
      });
    });
  }

  /** What was printed so far, once it has this many lines. */
  lines(count: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const lines = this.#stdout.split('\n').slice(0, -1);
        if (lines.length >= count) resolve(lines);
        else if (this.#child.exitCode !== null) reject(new Error(`ended after ${lines.length} lines: ${this.#stderr}`));
      };
      this.#waiting.push(check);
      check();
    });
  }

  /**
   * Ends this process; resolves when it is gone. Not by SIGTERM: mosquitto_sub loses one that comes while it waits for
   * SUBACK and then runs for ever (with Mosquitto as its broker too).
   */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** The next event of this type, or the first that passes the filter. */
export function nextEvent<T extends BrokerEvent['type']>(
  broker: Broker,
  type: T,
  filter: (event: Extract<BrokerEvent, { type: T }>) => boolean = () => true,
): Promise<Extract<BrokerEvent, { type: T }>> {
  return new Promise((resolve) => {
    const stop = broker.engine.on(type, (event) => {
      const typed = event as Extract<BrokerEvent, { type: T }>;
      if (!filter(typed)) return;
      stop();
      resolve(typed);
    });
  });
}
