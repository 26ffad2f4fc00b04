import { createWriteStream, type WriteStream } from 'node:fs';
import type { LogPlan, LogType } from '../../broker/index.js';
import { visible } from '../../node/visible-text.js';
import { strftime } from './strftime.js';

/** A line of the log, without its time. */
export interface LogLine {
  readonly type: LogType;
  readonly text: string;
}

export interface LogOutputs {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Publishes a line; undefined as long as there is no broker. */
  publish?: (topic: string, text: string) => void;
  readonly now: () => Date;
}

/** Where mosquitto publishes lines; those that are not here are never published. */
const TOPICS: Partial<Record<LogType, string>> = {
  error: 'E',
  warning: 'W',
  notice: 'N',
  information: 'I',
  subscribe: 'M/subscribe',
  unsubscribe: 'M/unsubscribe',
};

/** UTF-16 units, as in mosquitto: a client id may have 65,535 bytes, and whoever reads the log is not to be waited for. */
const LONGEST_LINE = 1000;

/** Only its owner may read who connects. */
const MODE = 0o600;

/** The log of a broker, as its plan wants it. */
export class BrokerLog {
  #plan: LogPlan;
  readonly #outputs: LogOutputs;
  #file: WriteStream | undefined;
  /** A line is being published: what that leads to is not published again. */
  #isPublishing = false;

  constructor(plan: LogPlan, outputs: LogOutputs) {
    this.#plan = plan;
    this.#outputs = outputs;
    this.#open();
  }

  /** Whether lines of this type go anywhere. */
  has(type: LogType): boolean {
    return this.#plan.types.has(type);
  }

  write({ type, text }: LogLine): void {
    const { stdout, stderr, topic, types } = this.#plan;
    if (!types.has(type)) return;
    const line = `${this.#time()}${visible(text, LONGEST_LINE)}\n`;
    if (stdout) this.#outputs.stdout.write(line);
    if (stderr) this.#outputs.stderr.write(line);
    this.#file?.write(line);
    if (topic) this.#publish(type, text);
  }

  /** Takes another plan, and opens its file again: the old one may have been moved away. */
  reopen(plan: LogPlan): void {
    this.#file?.end();
    this.#plan = plan;
    this.#open();
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file) await new Promise<void>((resolve) => file.end(() => resolve()));
  }

  #open(): void {
    this.#file = undefined;
    if (!this.#plan.file) return;
    const { path } = this.#plan.file;
    const file = createWriteStream(path, { flags: 'a', mode: MODE });
    file.on('error', (error) => {
      // Said once: the next lines go to the other destinations alone.
      if (this.#file === file) this.#file = undefined;
      this.#outputs.stderr.write(`wasmqtt: the log file ${path} cannot be written: ${error.message}\n`);
    });
    this.#file = file;
  }

  #time(): string {
    const { timestamp, timestampFormat } = this.#plan;
    if (!timestamp) return '';
    return `${strftime(timestampFormat ?? '%s', this.#outputs.now())}: `;
  }

  #publish(type: LogType, text: string): void {
    const topic = TOPICS[type];
    if (topic === undefined || this.#isPublishing) return;
    this.#isPublishing = true;
    try {
      this.#outputs.publish?.(`$SYS/broker/log/${topic}`, text);
    } finally {
      this.#isPublishing = false;
    }
  }
}
