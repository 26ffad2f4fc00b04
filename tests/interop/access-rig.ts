import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { Child } from './child.js';
import { Command } from './command.js';
import { freePort, temporaryFolder } from './temporary.js';

/** A broker that reads a mosquitto.conf: mosquitto itself, or ours. */
export type Kind = 'mosquitto' | 'wasmqtt';

/** What a configuration and its files are, with `PORT` (and `PORT2`) where the ports go. */
export interface Setup {
  conf: string;
  files?: Record<string, string>;
  args?: string[];
}

/** Who connects. */
export interface Who {
  user?: string;
  password?: string;
  id?: string;
  version?: 4 | 5;
}

/** A broker of one kind, in a folder of its own. */
export class AccessBroker {
  readonly #child: Child;
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly #ports: readonly number[];
  readonly #clients: MqttClient[] = [];

  private constructor(child: Child, folder: ReturnType<typeof temporaryFolder>, ports: readonly number[]) {
    this.#child = child;
    this.#folder = folder;
    this.#ports = ports;
  }

  static async start(kind: Kind, { conf, files = {}, args = [] }: Setup): Promise<AccessBroker> {
    const folder = temporaryFolder();
    const ports = [await freePort(), await freePort()];
    const placed = (text: string) =>
      text.replaceAll('PORT2', `${ports[1]}`).replaceAll('PORT', `${ports[0]}`).replaceAll('DIR', folder.folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.folder, name), text, { mode: 0o600 });
    // Else mosquitto gives up root and cannot read the files.
    const head = process.getuid?.() === 0 ? 'user root\n' : '';
    writeFileSync(join(folder.folder, 'm.conf'), `${head}log_dest stderr\n${placed(conf)}`);
    const line = ['-c', join(folder.folder, 'm.conf'), ...args.map(placed)];
    const child = kind === 'mosquitto' ? new Child('mosquitto', line) : new Command(['broker', ...line]);
    const broker = new AccessBroker(child, folder, ports);
    await child.line('stderr', / running$/);
    return broker;
  }

  /** Writes a file of its folder again. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder.folder, name), text);
  }

  /** Sends SIGHUP, and waits until the broker says that it reads its configuration again. */
  async reload(): Promise<void> {
    const from = this.#child.lines('stderr').length;
    this.#child.signal('SIGHUP');
    await this.#child.line('stderr', /Reloading config\.$/, from);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    await this.#child.kill();
    this.#folder.remove();
  }

  /** A client that is in, or the code of its CONNACK. @param second on the second port */
  async connect({ user, password, id = '', version = 5 }: Who, second = false): Promise<MqttClient | number> {
    const options: IClientOptions = {
      clientId: id,
      username: user,
      password,
      protocolVersion: version,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 10_000,
    };
    const client = mqtt.connect(`mqtt://127.0.0.1:${this.#ports[second ? 1 : 0]}`, options);
    this.#clients.push(client);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.once('error', (error) => {
        const { code } = error as { code?: unknown };
        if (typeof code === 'number') resolve(code);
        else reject(error);
      });
    });
  }

  /** 0, or the code of the refusal. */
  async code(who: Who, second = false): Promise<number> {
    const client = await this.connect(who, second);
    if (typeof client === 'number') return client;
    await client.endAsync();
    return 0;
  }

  async client(who: Who): Promise<MqttClient> {
    const client = await this.connect(who);
    if (typeof client === 'number') throw new Error(`${JSON.stringify(who)} was refused with ${client}`);
    return client;
  }
}

/** The code of a message of QoS 1's PUBACK. */
export function publishCode(client: MqttClient, topic: string, retain = false): Promise<number> {
  return new Promise((resolve) => {
    client.publish(topic, 'x', { qos: 1, retain }, (error) => resolve((error as { code?: number } | null)?.code ?? 0));
  });
}

/** Topics of what a client gets, until this one. */
export function received(client: MqttClient, last: string): Promise<string[]> {
  const topics: string[] = [];
  return new Promise((resolve) => {
    client.on('message', (topic) => {
      if (topic === last) resolve(topics);
      else topics.push(topic);
    });
  });
}
