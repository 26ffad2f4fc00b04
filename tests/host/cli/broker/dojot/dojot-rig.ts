import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { Child, type Ended } from '../../../../interop/child.js';
import { Command } from '../../../../interop/command.js';
import { temporaryFolder } from '../../../../interop/temporary.js';
import { TestPki } from '../../../broker/listeners/certificates.js';

/** `wasmqtt broker --profile dojot` with certificates by openssl, and clients of others at it. */
export class DojotRig {
  readonly pki = new TestPki();
  readonly #folder = temporaryFolder();
  readonly #children: Child[] = [];
  readonly #clients: MqttClient[] = [];

  constructor() {
    this.put('cert.pem', 'server.crt');
    this.put('key.pem', 'server.key');
    this.put('ca.pem', 'ca.crt');
    this.writeCrl([]);
  }

  /** The folder of `--certificates`. */
  get folder(): string {
    return this.#folder.folder;
  }

  /** Replaces a file of the broker at once, by one of the PKI. */
  put(name: string, file: string): void {
    copyFileSync(this.pki.path(file), join(this.folder, `.${name}`));
    renameSync(join(this.folder, `.${name}`), join(this.folder, name));
  }

  writeCrl(revoked: string[]): void {
    writeFileSync(this.pki.path('crl'), this.pki.makeCrl('ca', revoked));
    this.put('crl.pem', 'crl');
  }

  /** A broker with these variables. */
  async broker(variables: Record<string, string> = {}, ...args: string[]): Promise<RunningDojot> {
    const ports = ['--certificates', this.folder, '--tls-port', '0', '-p', '0'];
    const command = new Command(['broker', '--profile', 'dojot', '--json', ...ports, ...args], variables);
    this.#children.push(command);
    const { listeners } = await command.event('listening');
    const portsOf = (protocol: string) =>
      listeners.flatMap((listener: { protocol: string; port: number }) =>
        listener.protocol === protocol ? [listener.port] : [],
      );
    return { command, plain: portsOf('mqtt')[0], tls: portsOf('mqtts')[0] };
  }

  /** `mosquitto_pub` or `mosquitto_sub`, to its end. @param name whose certificate it has; without it, the plain port is meant */
  async mosquitto(program: 'pub' | 'sub', port: number, name: string | undefined, ...args: string[]): Promise<Ended> {
    return await this.mosquittoRuns(program, port, name, ...args).ended;
  }

  mosquittoRuns(program: 'pub' | 'sub', port: number, name: string | undefined, ...args: string[]): Child {
    const { pki } = this;
    const own = name
      ? ['--cafile', pki.path('ca.crt'), '--cert', pki.path(`${name}.crt`), '--key', pki.path(`${name}.key`)]
      : [];
    const child = new Child(`mosquitto_${program}`, ['-h', 'localhost', '-p', `${port}`, ...own, ...args]);
    this.#children.push(child);
    return child;
  }

  /** A client of MQTT.js that does not reconnect. @param name as for `mosquitto` */
  async client(port: number, name: string | undefined, options: IClientOptions = {}): Promise<MqttClient> {
    const { pki } = this;
    const tls = name && { ca: pki.read('ca.crt'), cert: pki.read(`${name}.crt`), key: pki.read(`${name}.key`) };
    const url = `${name ? 'mqtts' : 'mqtt'}://localhost:${port}`;
    const client = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0, ...tls, ...options }, false);
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  async remove(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    for (const child of this.#children) await child.kill();
    this.pki.remove();
    this.#folder.remove();
  }
}

export interface RunningDojot {
  readonly command: Command;
  readonly plain: number;
  readonly tls: number;
}
