import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../../tools/root.js';

/** A program of this folder in a process of its own. It writes into a file, which holds what it wrote before it was killed. */
export class OwnProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wasmqtt-kafka-child-'));
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(program: string, args: readonly string[]) {
    const output = openSync(this.#output, 'a');
    const path = join(root, 'tests/kafka', program);
    this.#child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
      cwd: root,
      stdio: ['ignore', output, 'inherit'],
    });
    closeSync(output);
    this.#ended = once(this.#child, 'close');
  }

  /** What it has written so far. */
  get lines(): string[] {
    return readFileSync(this.#output, 'utf8').split('\n').slice(0, -1);
  }

  /** With SIGKILL, in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves when it has ended by itself. */
  async end(): Promise<void> {
    await this.#ended;
  }

  /** Kills it and forgets what it wrote. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #output(): string {
    return join(this.#folder, 'output');
  }
}
