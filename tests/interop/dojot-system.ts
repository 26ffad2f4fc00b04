import { join } from 'node:path';
import { Child, done, type Ended } from './child.js';
import { CLI, Command, cleanEnvironment } from './command.js';
import { temporaryFolder } from './temporary.js';

export interface PkiAddresses {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The same, without tokens. */
  readonly internalUrl: string;
}

/** `wasmqtt dojot pki` and `wasmqtt broker --profile dojot` in one folder, with a user of the tenant `admin`. */
export class DojotSystem {
  readonly #place = temporaryFolder();
  readonly #children: Child[] = [];

  get folder(): string {
    return this.#place.folder;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async addUser(): Promise<void> {
    const command = `echo password | "$0" "$1" dojot user add user --tenant admin`;
    await done('bash', ['-c', command, process.execPath, CLI], { cwd: this.folder, env: cleanEnvironment() });
  }

  async pki(...args: string[]): Promise<{ command: Command } & PkiAddresses> {
    const ports = args.includes('--internal-port') ? [] : ['--internal-port', '0'];
    const command = this.#keep(
      new Command(['dojot', 'pki', '--json', '--port', '0', ...ports, ...args], {}, this.folder),
    );
    const { url, internalUrl } = await command.event('listening');
    return { command, url, internalUrl };
  }

  /** A broker that was started; it listens once it has the event `listening`. */
  broker(variables: Record<string, string>, ...args: string[]): Command {
    const plain = args.includes('-p') ? [] : ['-p', '0'];
    const ports = ['--tls-port', '0', ...plain, ...(args.includes('3') ? ['--services-port', '0'] : [])];
    return this.#keep(
      new Command(['broker', '--profile', 'dojot', '--json', ...ports, ...args], variables, this.folder),
    );
  }

  /** A script, to its end. */
  async shell(script: string): Promise<Ended> {
    return await this.start('bash', ['-euo', 'pipefail', '-c', script]).ended;
  }

  start(program: string, args: readonly string[]): Child {
    return this.#keep(new Child(program, args, { cwd: this.folder }));
  }

  async remove(): Promise<void> {
    for (const child of this.#children) await child.kill();
    this.#place.remove();
  }

  #keep<T extends Child>(child: T): T {
    this.#children.push(child);
    return child;
  }
}

/** The ports of a broker that listens: plain, TLS, and in generation 3 that of the services. */
export async function portsOf(broker: Command): Promise<{ plain: number; tls: number; services: number }> {
  const { listeners } = await broker.event('listening');
  const of = (protocol: string): number[] =>
    listeners.flatMap((each: { protocol: string; port: number }) => (each.protocol === protocol ? [each.port] : []));
  const [tls, services] = of('mqtts');
  return { plain: of('mqtt')[0], tls, services };
}
