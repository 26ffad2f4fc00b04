import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { stopProcess } from '../stop-process.js';

/** Milliseconds until it serves. */
const START_TIMEOUT = 60_000;

/** What `wasmqtt cloud --json` says when it serves. */
interface Listening {
  url: string;
  accountSid: string;
  authToken: string;
}

/** `wasmqtt cloud` on a free port. */
export class CloudProcess {
  readonly #child: ChildProcess;
  readonly #listening: Listening;

  private constructor(child: ChildProcess, listening: Listening) {
    this.#child = child;
    this.#listening = listening;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param cli the program `wasmqtt`
   * @param options of `wasmqtt cloud`: where the store is
   * @throws Error when that takes too long, or the process ends
   */
  static async start(cli: string, options: readonly string[]): Promise<CloudProcess> {
    const args = [...process.execArgv, cli, 'cloud', '--json', '--port', '0', ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-1000);
    });
    const first = once(createInterface(child.stdout), 'line');
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT);
    try {
      const [line] = await Promise.race([first, once(child, 'close').then(() => [undefined])]);
      if (line === undefined) throw new Error(`wasmqtt cloud ended: ${said.trim()}`);
      return new CloudProcess(child, JSON.parse(line));
    } finally {
      clearTimeout(timer);
    }
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Without a slash at its end. */
  get url(): string {
    return this.#listening.url;
  }

  get accountSid(): string {
    return this.#listening.accountSid;
  }

  /** The header of whoever calls as the account. */
  get authorization(): string {
    const { accountSid, authToken } = this.#listening;
    return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  }

  /** Ends the process. */
  stop(): Promise<void> {
    return stopProcess(this.#child);
  }
}
