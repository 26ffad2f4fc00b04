import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type ConnectPacket, encodePacket, type Packet, PacketDecoder } from '../../../../host/core/index.js';
import { bundle, runScript } from '../../bundled-script.js';
import type { ModelLink } from '../engine/journal/model-client.js';

/** A broker on a free port of loopback over an LMDB store; prints its port. */
const BROKER = `
  import { createBroker, LmdbStore } from './host/broker/index.ts';
  const store = new LmdbStore({ directory: process.argv[2], persistence: process.argv[3], retryAfter: 50 });
  const limits = { queuedMessages: 1_000_000, queuedBytes: 1e9, inflightMessages: 1000 };
  const broker = await createBroker({ store, limits, listeners: [{ protocol: 'mqtt', port: 0 }] });
  broker.on('store', (event) => console.log(JSON.stringify(event)));
  broker.on('failed', ({ error }) => console.error(error));
  console.log(broker.listeners[0].port);
`;

export type Persistence = 'sync' | 'interval';

/** A broker in a process of its own that can be killed. */
export class BrokerProcess {
  /** What it printed behind its port: events of its store. */
  readonly lines: string[] = [];
  onLine = () => {};
  readonly port: Promise<number>;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  constructor(script: string, directory: string, persistence: Persistence = 'sync') {
    this.#child = runScript(script, directory, persistence);
    this.#exit = once(this.#child, 'exit');
    const output = createInterface({ input: this.#child.stdout! });
    this.port = new Promise((resolve, reject) => {
      output.once('line', (line) => resolve(Number(line)));
      output.on('line', (line) => {
        this.lines.push(line);
        this.onLine();
      });
      this.#child.once('exit', (code) => reject(new Error(`the broker ended with ${code}`)));
    });
    this.port.catch(() => {});
  }

  static script(): Promise<string> {
    return bundle(BROKER);
  }

  /** kill -9, by its id. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}

/** A connection over TCP. */
export class SocketLink implements ModelLink {
  readonly received: Packet[] = [];
  isClosed = false;
  readonly #socket: Socket;
  readonly #version: 4 | 5;

  /** @param changed called when something came, or the connection ended */
  constructor(port: number, options: Partial<ConnectPacket>, changed: () => void) {
    this.#version = options.protocolVersion === 5 ? 5 : 4;
    const decoder = new PacketDecoder({ protocolVersion: this.#version });
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (chunk) => {
      for (const packet of decoder.push(chunk)) this.received.push(withOwnBytes(packet));
      changed();
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isClosed = true;
      changed();
    });
    this.send({ type: 'connect', protocolVersion: 4, cleanStart: false, keepAlive: 0, clientId: 'client', ...options });
  }

  send(packet: Packet): void {
    this.#socket.write(encodePacket(packet, this.#version));
  }

  drop(): void {
    this.#socket.destroy();
  }
}

/** The next chunk overwrites the bytes of a packet. */
function withOwnBytes(packet: Packet): Packet {
  return packet.type === 'publish' ? { ...packet, payload: new Uint8Array(packet.payload) } : packet;
}
