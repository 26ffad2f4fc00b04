import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

/** An answer, as far as tests look at it. */
export interface RawAnswer {
  status: number;
  head: string;
  body: string;
}

/** A connection that sends any bytes, and keeps what comes. */
export class RawClient {
  readonly socket: Socket;
  /** resolves when the server has ended the connection */
  readonly closed: Promise<void>;
  text = '';
  readonly #watchers = new Set<() => void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text) => {
      this.text += text;
      this.#changed();
    });
    // How it ends is told by `closed`.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    void this.closed.then(() => this.#changed());
    onTestFinished(() => void socket.destroy());
  }

  static async open(
    port: number,
    options: Partial<NetConnectOpts> & { localAddress?: string } = {},
  ): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', ...options, port });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  static async openTls(port: number, options: ConnectionOptions): Promise<RawClient> {
    const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', ...options, port });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  send(...lines: string[]): this {
    this.socket.write(lines.join('\r\n'), 'latin1');
    return this;
  }

  /** Sends a text again and again until the server has ended the connection. */
  drip(text: string, milliseconds: number): this {
    const timer = setInterval(() => this.socket.writable && this.socket.write(text), milliseconds);
    void this.closed.then(() => clearInterval(timer));
    return this;
  }

  /** So many answers, or fewer when the server ends the connection before. */
  async answers(count = Number.POSITIVE_INFINITY): Promise<RawAnswer[]> {
    let isClosed = false;
    void this.closed.then(() => {
      isClosed = true;
    });
    while (!isClosed && this.#parsed().length < count) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
    return this.#parsed();
  }

  #parsed(): RawAnswer[] {
    const answers: RawAnswer[] = [];
    let rest = this.text;
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return answers;
      const head = rest.slice(0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      const body = rest.slice(end + 4, end + 4 + length);
      if (body.length < length) return answers;
      answers.push({ status: Number(head.split(' ')[1]), head, body });
      rest = rest.slice(end + 4 + length);
    }
  }

  #changed(): void {
    for (const resolve of this.#watchers) resolve();
    this.#watchers.clear();
  }
}
