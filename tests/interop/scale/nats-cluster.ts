import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Document } from '../../docs/documents.js';
import type { Authority } from '../authority.js';
import { Child } from '../child.js';
import { freePort } from '../temporary.js';

export type NodeName = 'one' | 'two' | 'three';

const ADDRESSES: Readonly<Record<NodeName, string>> = { one: '127.0.0.1', two: '127.0.0.2', three: '127.0.0.3' };
const PATH = `${process.env.PATH}:/usr/sbin`;

/** The cluster of docs/scale.md, on free ports in a temporary folder. */
export class NatsCluster {
  readonly #folder: string;
  readonly #nodes = new Map<NodeName, Child>();
  #proxy: Child | undefined;
  /** Where devices connect. */
  readonly port: number;
  /** Of each node. */
  readonly mqttPort: number;

  private constructor(folder: string, port: number, mqttPort: number) {
    this.#folder = folder;
    this.port = port;
    this.mqttPort = mqttPort;
  }

  /** @param authority has `server.pem` with the name localhost */
  static async start(authority: Authority, folder: string): Promise<NatsCluster> {
    const [client, route, mqtt, port] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const ports: Readonly<Record<string, number>> = { 4222: client, 6222: route, 8884: mqtt, 8883: port };
    const document = new Document('docs/scale.md');
    for (const file of ['node.conf', 'haproxy.cfg']) {
      const fence = document.fences.find(({ text }) => text.startsWith(`# ${file}\n`));
      if (!fence) throw new Error(`docs/scale.md does not show ${file}`);
      const text = fence.text.replace(/\b(4222|6222|8884|8883)\b/g, (documented) => `${ports[documented]}`);
      writeFileSync(join(folder, file), `${text}\n`);
    }
    for (const file of ['ca.pem', 'server.pem', 'server.key']) {
      writeFileSync(join(folder, file), readFileSync(authority.path(file)), { mode: 0o600 });
    }
    const cluster = new NatsCluster(folder, port, mqtt);
    try {
      await Promise.all((Object.keys(ADDRESSES) as NodeName[]).map((name) => cluster.startNode(name)));
      cluster.#proxy = new Child('haproxy', ['-f', 'haproxy.cfg'], { cwd: folder, env: { PATH } });
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  addressOf(name: NodeName): string {
    return ADDRESSES[name];
  }

  /** Resolves when the node knows who leads the cluster. */
  async startNode(name: NodeName): Promise<void> {
    const env = { PATH, NODE: name, ADDRESS: ADDRESSES[name] };
    const node = new Child('nats-server', ['-c', 'node.conf'], { cwd: this.#folder, env });
    this.#nodes.set(name, node);
    await node.until('a leader of JetStream', () => /metadata leader/.exec(node.stderr)?.[0]);
  }

  /** SIGKILL. */
  async killNode(name: NodeName): Promise<void> {
    await this.#nodes.get(name)!.kill();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#proxy, ...this.#nodes.values()].map((child) => child?.kill()));
  }
}
