import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '../../../interop/command.js';
import { temporaryFolder } from '../../../interop/temporary.js';

/** A folder with a configuration, and the brokers that a test starts with it. */
export class BrokerRig {
  readonly #folder = temporaryFolder();
  readonly #commands: Command[] = [];

  path(name: string): string {
    return join(this.#folder.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text.replaceAll('DIR', this.#folder.folder));
    return this.path(name);
  }

  /** `wasmqtt broker -c m.conf`, with this configuration. */
  run(conf: string, ...args: string[]): Command {
    return this.start('-c', this.write('m.conf', conf), ...args);
  }

  start(...args: string[]): Command {
    const command = new Command(['broker', ...args], { TZ: 'UTC' });
    this.#commands.push(command);
    return command;
  }

  async remove(): Promise<void> {
    for (const command of this.#commands) await command.kill();
    this.#folder.remove();
  }
}

/** The ports of the event `listening`. */
export async function portsOf(broker: Command): Promise<number[]> {
  const { listeners } = await broker.event('listening');
  return listeners.map(({ port }: { port: number }) => port);
}
