import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../interop/temporary.js';

/** A mosquitto of Debian in the foreground, with the lines of its log. */
export class RealMosquitto {
  readonly port: number;
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
    this.#child = spawn('mosquitto', ['-v', '-c', join(folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let rest = '';
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      // Without the time.
      this.lines.push(...lines.map((line) => line.replace(/^\d+: /, '')));
      for (const check of this.#waiting) check();
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', () => {
        for (const check of this.#waiting) check();
        resolve();
      });
    });
  }

  /** Starts one. @param configuration lines of mosquitto.conf, after the listener on loopback */
  static async start(configuration: string[] = [], port?: number): Promise<RealMosquitto> {
    const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-mosquitto-'));
    const free = port ?? (await freePort());
    const lines = [
      `listener ${free} 127.0.0.1`,
      'allow_anonymous true',
      'log_dest stderr',
      'log_type all',
      // Started as root it would become another user, who cannot read the files of a test.
      `user ${userInfo().username}`,
      ...configuration,
    ];
    writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    const mosquitto = new RealMosquitto(free, folder);
    await mosquitto.line(/^mosquitto version \S+ running/);
    return mosquitto;
  }

  /** Resolves with the first line that matches, which may have come already. */
  line(pattern: RegExp, from = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = this.lines.slice(from).find((line) => pattern.test(line));
        const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (found === undefined && !isOver) return;
        this.#waiting = this.#waiting.filter((other) => other !== check);
        if (found !== undefined) resolve(found);
        else reject(new Error(`mosquitto ended without ${pattern}:\n${this.lines.join('\n')}`));
      };
      this.#waiting.push(check);
      check();
    });
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
