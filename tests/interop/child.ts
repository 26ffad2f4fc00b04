import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { PATIENCE } from '../patience.js';

/** How a child process ended, with all that it printed. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that a test runs, its output as it comes, and its end. */
export class Child {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #name: string;
  #done: Ended | undefined;
  #failure: Error | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#name = `${command} ${args.join(' ')}`;
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#child[stream]?.setEncoding('utf8').on('data', (text) => {
        this[stream] += text;
        this.#changed();
      });
    }
    this.#child.stdin?.on('error', () => {}); // it may end before it has read what was typed
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', (error: NodeJS.ErrnoException) => {
        this.#failure =
          error.code === 'ENOENT' ? new Error(`the program ${command} is missing on this machine`) : error;
        this.#changed();
        reject(this.#failure);
      });
      this.#child.on('close', (code, signal) => {
        this.#done = { code, signal, stdout: this.stdout, stderr: this.stderr };
        this.#changed();
        resolve(this.#done);
      });
    });
    this.ended.catch(() => {});
  }

  /** Whole lines so far. */
  lines(stream: 'stdout' | 'stderr'): string[] {
    return this[stream].split('\n').slice(0, -1);
  }

  /** Waits until `find` returns something; rejects with all output when the program ends before. */
  until<T>(what: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (act: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(check);
        act();
      };
      const giveUp = (why: string) =>
        leave(() => reject(new Error(`${why} before ${what}: ${this.#name}\n${this.stdout}\n${this.stderr}`)));
      const timer = setTimeout(() => giveUp(`${PATIENCE} ms passed`), PATIENCE);
      const check = () => {
        const found = find();
        if (found !== undefined) leave(() => resolve(found));
        else if (this.#failure) leave(() => reject(this.#failure));
        else if (this.#done) giveUp(`it ended (code ${this.#done.code})`);
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** The first line that matches, from the line `from` on. */
  line(stream: 'stdout' | 'stderr', pattern: RegExp, from = 0): Promise<string> {
    return this.until(`a line like ${pattern}`, () =>
      this.lines(stream)
        .slice(from)
        .find((line) => pattern.test(line)),
    );
  }

  /** Types a text, where standard input is a pipe. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Ends standard input, where it is a pipe. */
  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** Sends a signal to this very process. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends this very process if it still runs; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended.catch(() => {});
  }

  #changed(): void {
    for (const check of [...this.#watchers]) check();
  }
}

/** Runs a program to its end; throws with what it printed unless it exits with 0. */
export async function done(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const result = await new Child(command, args, options).ended;
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')}: code ${result.code}\n${result.stderr}`);
  return result;
}
