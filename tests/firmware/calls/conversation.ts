import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** calls-driver.c with a broker at the other end of a socket, spoken to line by line. */
export class Conversation {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(program: string, port: number) {
    this.#child = spawn(program, ['build/core.wasm', '-', String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Has the application make a call; gives what it prints, without the name of the command. */
  async say(command: string): Promise<string> {
    this.#child.stdin?.write(`${command}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the driver ended at "${command}"`);
    return String(value).slice(command.split(' ')[0].length).trim();
  }

  /** A command that prints nothing. */
  tell(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  /** A connected channel. */
  async connect(version: 4 | 5, clean: 0 | 1, client: string): Promise<void> {
    await this.say('setup 51 16');
    await this.say('network 1');
    await this.say('wait 1');
    await this.reconnect(version, clean, client);
  }

  /** A connected channel on a network that is there. */
  async reconnect(version: 4 | 5, clean: 0 | 1, client: string): Promise<void> {
    await this.say('open 1 4096 512');
    await this.say(`connect ${version === 5 ? 5 : 3} ${clean} 30 ${client}`);
    await this.say('wait 1');
    const response = await this.say('read-connect');
    if (response !== '0 0 0') throw new Error(`no connection: ${response}`);
  }

  async end(): Promise<void> {
    const over = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    await over;
  }
}
