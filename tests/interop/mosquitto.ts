import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Authority } from './authority.js';
import { Child } from './child.js';
import { freePort, temporaryFolder } from './temporary.js';

/** Where `ca.pem`, `server.pem`, `server.key`, `watcher.pem` and `watcher.key` are. */
export type Files = Pick<Authority, 'path'>;

export interface MosquittoOptions {
  /** Name of the server's certificate and key in the authority's folder. */
  server?: string;
  requireCertificate?: boolean;
  /** User names with passwords; anonymous clients are refused then. */
  users?: Record<string, string>;
  version?: 'mqttv311' | 'mqttv5';
  /** Whether clients without a name are let in; default unless there are users. */
  anonymous?: boolean;
  /** Further lines of its configuration, for the listener. */
  lines?: readonly string[];
}

/** Debian's mosquitto on a free loopback port with TLS. */
export class Mosquitto {
  #child!: Child;
  readonly #folder = temporaryFolder();
  readonly #options: MosquittoOptions;
  readonly authority: Files;
  readonly port: number;

  private constructor(authority: Files, port: number, options: MosquittoOptions) {
    this.authority = authority;
    this.port = port;
    this.#options = options;
  }

  static async start(authority: Files, options: MosquittoOptions = {}): Promise<Mosquitto> {
    const broker = new Mosquitto(authority, await freePort(), options);
    broker.#configure();
    await broker.start();
    return broker;
  }

  get #config(): string {
    return join(this.#folder.folder, 'mosquitto.conf');
  }

  #configure(): void {
    const { server = 'server', requireCertificate = false, users, lines: more = [] } = this.#options;
    const { anonymous = users === undefined } = this.#options;
    const passwords = join(this.#folder.folder, 'passwords');
    if (users) {
      writeFileSync(passwords, '', { mode: 0o600 });
      for (const [name, password] of Object.entries(users)) {
        execFileSync('mosquitto_passwd', ['-b', passwords, name, password], { stdio: ['ignore', 'ignore', 'pipe'] });
      }
    }
    const lines = [
      ...(process.getuid?.() === 0 ? ['user root'] : []), // else it gives up root and cannot read the files
      'log_dest stderr',
      'log_type all',
      `allow_anonymous ${anonymous}`,
      ...(users ? [`password_file ${passwords}`] : []),
      `listener ${this.port} 127.0.0.1`,
      `cafile ${this.authority.path('ca.pem')}`,
      `certfile ${this.authority.path(`${server}.pem`)}`,
      `keyfile ${this.authority.path(`${server}.key`)}`,
      `require_certificate ${requireCertificate}`,
      ...more,
    ];
    writeFileSync(this.#config, `${lines.join('\n')}\n`);
  }

  /** Starts it, again on the same port after `kill`. */
  async start(): Promise<void> {
    this.#child = new Child('mosquitto', ['-c', this.#config]);
    await this.#child.line('stderr', /mosquitto version \S+ running/);
  }

  kill(): Promise<void> {
    return this.#child.kill();
  }

  async remove(): Promise<void> {
    await this.kill();
    this.#folder.remove();
  }

  /** A line of its log; `from` counts lines, see `logged`. */
  log(pattern: RegExp, from = 0): Promise<string> {
    return this.#child.line('stderr', pattern, from);
  }

  /** How many lines it has logged by now. */
  get logged(): number {
    return this.#child.lines('stderr').length;
  }

  /** mosquitto_sub with these arguments, once its subscription is granted. */
  async subscribe(args: readonly string[], id = 'watcher'): Promise<Child> {
    const from = this.logged;
    const client = this.#client('mosquitto_sub', ['-i', id, ...args]);
    await Promise.race([
      this.log(new RegExp(`Sending SUBACK to ${id}$`), from),
      client.until('its subscription', () => undefined),
    ]);
    return client;
  }

  /** Publishes one message of QoS 1 with mosquitto_pub. */
  async publish(topic: string, message: string): Promise<void> {
    const { code, stderr } = await this.#client('mosquitto_pub', ['-t', topic, '-m', message, '-q', '1']).ended;
    if (code !== 0) throw new Error(`mosquitto_pub: code ${code}: ${stderr}`);
  }

  #client(program: string, args: readonly string[]): Child {
    const { requireCertificate, users, version = 'mqttv5' } = this.#options;
    const where = ['-h', 'localhost', '-p', `${this.port}`, '--cafile', this.authority.path('ca.pem'), '-V', version];
    const [cert, key] = ['watcher.pem', 'watcher.key'].map((name) => this.authority.path(name));
    const [[user, password] = []] = Object.entries(users ?? {});
    return new Child(program, [
      ...where,
      ...(requireCertificate ? ['--cert', cert, '--key', key] : []),
      ...(user ? ['-u', user, '-P', password!] : []),
      ...args,
    ]);
  }
}
