import { spawn } from 'node:child_process';
import { StoreError } from '../store-error.js';
import { MasterKey, type MasterKeySource } from './master-key.js';

const DEADLINE = 30_000;
/** Bytes; a key is 64 characters. */
const LONGEST_ANSWER = 1024;

/**
 * A master key that a command prints, for example one that asks a KMS. What it writes on standard error goes to ours; what it prints is
 * never shown.
 *
 * @example
 * ```ts
 * import { MasterKeyCommand } from 'wasmqtt/cloud';
 *
 * const masterKey = new MasterKeyCommand(`echo ${'00'.repeat(32)}`, 5000);
 * (await masterKey.read()).toText().length; // => 64
 * ```
 */
export class MasterKeyCommand implements MasterKeySource {
  readonly place: string;
  readonly #command: string;
  readonly #deadline: number;

  /**
   * @param command for the shell
   * @param deadline milliseconds that it may take
   */
  constructor(command: string, deadline = DEADLINE) {
    this.place = 'the master key command';
    this.#command = command;
    this.#deadline = deadline;
  }

  async read(): Promise<MasterKey> {
    return MasterKey.parse(await this.#run(), 'what the master key command printed');
  }

  #run(): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) =>
        reject(new StoreError('unusable', `${this.place} ${what}; run it by hand to see why`));
      const windows = process.platform === 'win32';
      // A group of its own, so that what the shell has started ends with it.
      const child = spawn(this.#command, {
        shell: true,
        detached: !windows,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const end = () => {
        if (windows || child.pid === undefined) child.kill('SIGKILL');
        else endGroup(child.pid);
      };
      const timer = setTimeout(() => {
        end();
        fail(`did not end within ${this.#deadline / 1000} s`);
      }, this.#deadline);
      let answer = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
        if (answer.length > LONGEST_ANSWER) {
          end();
          fail('printed more than a key');
        }
      });
      child.on('error', (error: NodeJS.ErrnoException) => fail(`could not be started: ${error.code}`));
      child.on('close', (status, signal) => {
        clearTimeout(timer);
        if (status === 0) resolve(answer);
        else fail(signal === null ? `ended with exit code ${status}` : `was ended by ${signal}`);
      });
    });
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
