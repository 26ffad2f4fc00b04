import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programPath } from '../../../../tools/test/debian-packages.js';

/** The owner of everything in the server, and the password. */
export const OWNER = { user: 'fleet', password: 'pass word/1' };

/** A PostgreSQL server of one's own, on loopback alone, in a folder that is gone when it is removed. */
export class PostgresServer {
  readonly port: number;
  readonly folder: string;
  #child: ChildProcess | undefined;
  #exited: Promise<void> | undefined;

  /** @param settings more of postgresql.conf: `fsync=off` */
  static async create(settings: readonly string[] = []): Promise<PostgresServer> {
    const server = new PostgresServer(serverFolder('wasmqtt-postgres-'), await freePort(), settings);
    server.#initialize();
    await server.start();
    return server;
  }

  readonly #settings: readonly string[];

  private constructor(folder: string, port: number, settings: readonly string[]) {
    this.folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  /** As the owner. */
  url(parameters: Record<string, string> = {}): string {
    const url = new URL(`postgres://127.0.0.1:${this.port}/postgres?${new URLSearchParams(parameters)}`);
    return Object.assign(url, { username: OWNER.user, password: OWNER.password }).href;
  }

  /** Fulfilled when it takes connections. */
  async start(): Promise<void> {
    // Processes of a server that was killed may have its shared memory for a moment more.
    while (!(await this.#startOnce())) await new Promise((resolve) => setImmediate(resolve));
  }

  /** `SIGINT` cuts all connections and writes everything down, `SIGKILL` is a crash. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    this.#child?.kill(signal);
    await this.#exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #initialize(): void {
    const own = systemAccount();
    const passwordFile = join(this.folder, 'password');
    writeFileSync(passwordFile, OWNER.password);
    // An order of its own, so that keys that sorted by it would be noticed.
    const order = ['--locale-provider=icu', '--icu-locale=en', '--locale=C.UTF-8', '--encoding=UTF8'];
    const access = ['--auth=scram-sha-256', `--username=${OWNER.user}`, `--pwfile=${passwordFile}`];
    const options = { ...own, cwd: this.folder, stdio: 'pipe' } as const;
    execFileSync(program('initdb'), [`--pgdata=${this.#data}`, '--no-sync', ...access, ...order], options);
  }

  async #startOnce(): Promise<boolean> {
    // biome-ignore format: one line
    const settings = ['listen_addresses=127.0.0.1', 'max_connections=200', 'lc_messages=C', ...this.#settings].flatMap((setting) => ['-c', setting]);
    const child = spawn(
      program('postgres'),
      ['-D', this.#data, '-p', String(this.port), '-k', this.folder, ...settings],
      { ...systemAccount(), cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#child = child;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    let last = '';
    const ready = new Promise<boolean>((resolve, reject) => {
      const lines = createInterface({ input: child.stderr });
      lines.on('line', (line) => {
        last = line.includes('FATAL') ? line : last;
        if (line.includes('ready to accept connections')) resolve(true);
      });
      lines.on('close', () => {
        if (/shared memory|lock file/.test(last)) resolve(false);
        else reject(new Error(`postgres did not start: ${last}`));
      });
    });
    return await ready;
  }

  get #data(): string {
    return join(this.folder, 'data');
  }
}

function program(name: string): string {
  const path = programPath(name);
  if (path === undefined) throw new Error(`${name} of PostgreSQL is not installed; run npm run setup`);
  return path;
}

/** A folder that belongs to who runs the server. */
export function serverFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const own = systemAccount();
  if (own) chownSync(folder, own.uid, own.gid);
  return folder;
}

/** PostgreSQL and pgbouncer refuse to be root. */
export function systemAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = /^(?:postgres|nobody):[^:]*:(\d+):(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
