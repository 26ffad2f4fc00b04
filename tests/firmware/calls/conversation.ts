import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { inWords } from './scripts/in-words.js';

/** The driver in C with a broker at the other end of a socket. It is given one command at a time. */
export class Conversation {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(program: string, port: number) {
    this.#child = spawn(program, ['build/core.wasm', '-', String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Runs a command. Returns the line that it prints. */
  async line(command: string): Promise<string> {
    this.#child.stdin?.write(`${command}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the driver ended at "${command}"`);
    return String(value);
  }

  /** Runs a command. Returns what it prints in words, as behind the arrow of a script. */
  async say(command: string): Promise<string> {
    return inWords([await this.line(command)], 5);
  }

  /** Runs a command that prints nothing. */
  tell(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  /** Sets up notifications, the network and a connected channel. */
  async connect(version: 4 | 5, clean: 0 | 1, client: string): Promise<void> {
    await this.say('setup 51 16');
    await this.say('network 1');
    await this.say('wait 1');
    await this.reconnect(version, clean, client);
  }

  /** Opens and connects a channel once the network is connected. */
  async reconnect(version: 4 | 5, clean: 0 | 1, client: string): Promise<void> {
    await this.say('open 1 4096 512');
    await this.say(`connect ${version === 5 ? 5 : 3} ${clean} 30 ${client}`);
    await this.say('wait 1');
    const response = await this.say('read-connect');
    if (response !== 'OKAY REQUESTCOMPLETED 0') throw new Error(`no connection: ${response}`);
  }

  async end(): Promise<void> {
    const over = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    await over;
  }
}
