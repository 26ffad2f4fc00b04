import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { ensurePki } from '../../host/pki/index.js';
import { freePort } from '../interop/temporary.js';
import { PATIENCE } from '../patience.js';
import { KafkaNode, kafkaProgram } from './kafka-node.js';
import { type NodePorts, SCRAM_USERS, writeKafkaProperties } from './kafka-properties.js';

const LOOK = 100;

/** A cluster of Apache Kafka on loopback: each node is broker and controller (KRaft). Topics have three copies, two of which must be in sync. */
export class KafkaCluster {
  readonly nodes: readonly KafkaNode[];
  readonly #folder: string;
  readonly #ports: readonly NodePorts[];

  /** The cluster of a folder, which some process has created. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#ports = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'));
    this.nodes = this.#ports.map((_, index) => new KafkaNode(folder, index + 1));
  }

  /** Makes the folder of a cluster, and starts the nodes. */
  static async create(nodes = 3): Promise<KafkaCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-kafka-'));
    const ports: NodePorts[] = [];
    for (let node = 0; node < nodes; node++) {
      ports.push({ plain: await freePort(), secure: await freePort(), controller: await freePort() });
    }
    writeFileSync(join(folder, 'ports.json'), JSON.stringify(ports));
    const { server } = await ensurePki(join(folder, 'pki'), { deviceSid: `UV${'0'.repeat(32)}` });
    writeKafkaProperties(folder, ports, server);
    const id = randomBytes(16).toString('base64url');
    const users = SCRAM_USERS.flatMap((user) => ['--add-scram', user]);
    const cluster = new KafkaCluster(folder);
    for (const node of cluster.nodes) {
      const config = ['--config', join(folder, `n${node.id}.properties`)];
      kafkaProgram(folder, 'kafka.tools.StorageTool', ['format', `--cluster-id=${id}`, ...config, ...users]);
    }
    // All before the first wait: alone a node has no quorum.
    for (const node of cluster.nodes) node.start();
    await cluster.ready();
    return cluster;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Addresses without TLS. */
  get brokers(): string[] {
    return this.#ports.map(({ plain }) => `127.0.0.1:${plain}`);
  }

  /** Addresses with TLS and SASL. */
  get secureBrokers(): string[] {
    return this.#ports.map(({ secure }) => `127.0.0.1:${secure}`);
  }

  /** The certificate that the nodes' certificates are issued with, PEM. */
  get ca(): string {
    return readFileSync(join(this.#folder, 'pki/ca.pem'), 'utf8');
  }

  /** Runs a program of Kafka's own. @returns its output */
  program(main: string, args: readonly string[], input?: string): string {
    return kafkaProgram(this.#folder, main, ['--bootstrap-server', this.brokers.join(','), ...args], input);
  }

  /** Resolves when all nodes are members, and have every copy of every partition in sync. */
  async ready(): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!(await this.#isWhole())) {
      if (performance.now() > end) throw new Error(`Kafka did not start: ${this.#lastLines()}`);
      await wait(LOOK);
    }
  }

  /** Starts the nodes that do not run, lets go on those that stand still, and waits until all have everything. */
  async restore(): Promise<void> {
    for (const node of this.nodes) {
      if (node.isRunning) node.resume();
      else node.start();
    }
    await this.ready();
  }

  /** Ends all nodes and removes the folder. */
  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #isWhole(): Promise<boolean> {
    const admin = new Admin({
      clientId: 'look',
      bootstrapBrokers: this.brokers,
      retries: 0,
      timeout: 1000,
      connectTimeout: 1000,
    });
    try {
      const topics = await admin.listTopics();
      const { brokers, topics: known } = await admin.metadata({ topics, forceUpdate: true });
      const partitions = [...known.values()].flatMap((topic) => Object.values(topic.partitions));
      return (
        brokers.size === this.nodes.length && partitions.every(({ isr, replicas }) => isr.length === replicas.length)
      );
    } catch {
      return false;
    } finally {
      await admin.close();
    }
  }

  #lastLines(): string {
    return this.nodes.map(({ log }) => readFileSync(log, 'utf8').split('\n').slice(-5).join('\n')).join('\n');
  }
}
