import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority } from '../authority.js';
import { Command, type JsonEvent } from '../command.js';
import { freePort, temporaryFolder } from '../temporary.js';

export type Transport = 'mqtt' | 'mqtts' | 'ws' | 'wss';

/** The built command `wasmqtt broker` with a listener for each transport. */
export class ServedBroker {
  readonly command: Command;
  readonly #ports: Readonly<Record<Transport, number>>;
  readonly #remove: () => void;

  private constructor(command: Command, ports: Readonly<Record<Transport, number>>, remove: () => void) {
    this.command = command;
    this.#ports = ports;
    this.#remove = remove;
  }

  /** Resolves when all listeners are open. @param authority has issued `server` for localhost */
  static async start(authority: Pick<Authority, 'path'>, lines: readonly string[] = []): Promise<ServedBroker> {
    const { folder, remove } = temporaryFolder();
    const ports = { mqtt: await freePort(), mqtts: await freePort(), ws: await freePort(), wss: await freePort() };
    const tls = [`certfile ${authority.path('server.pem')}`, `keyfile ${authority.path('server.key')}`];
    const configuration = [
      ...lines,
      'allow_anonymous true',
      `listener ${ports.mqtt} 127.0.0.1`,
      `listener ${ports.mqtts} 127.0.0.1`,
      ...tls,
      `listener ${ports.ws} 127.0.0.1`,
      'protocol websockets',
      `listener ${ports.wss} 127.0.0.1`,
      'protocol websockets',
      ...tls,
    ];
    const file = join(folder, 'mosquitto.conf');
    writeFileSync(file, `${configuration.join('\n')}\n`);
    const command = new Command(['broker', '-c', file, '--json'], {}, folder);
    await command.event('listening');
    return new ServedBroker(command, ports, remove);
  }

  get listening(): JsonEvent {
    return this.command.events.find(({ event }) => event === 'listening')!;
  }

  port(transport: Transport): number {
    return this.#ports[transport];
  }

  url(transport: Transport): string {
    const host = transport === 'mqtts' || transport === 'wss' ? 'localhost' : '127.0.0.1';
    return `${transport}://${host}:${this.#ports[transport]}${transport.startsWith('ws') ? '/mqtt' : ''}`;
  }

  async stop(): Promise<void> {
    await this.command.kill();
    this.#remove();
  }
}
