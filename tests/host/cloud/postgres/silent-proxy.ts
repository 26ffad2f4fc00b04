import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What is between a client and the server. Whatever happens to it, it ends with the test. */
export class SilentProxy {
  readonly #sockets = new Set<Socket>();
  readonly port: number;

  static async to(target: number): Promise<SilentProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const proxy = new SilentProxy((server.address() as AddressInfo).port);
    server.on('connection', (socket) => proxy.#pass(socket, connect(target, '127.0.0.1')));
    onTestFinished(() => {
      server.close();
      for (const socket of proxy.#sockets) socket.destroy();
    });
    return proxy;
  }

  private constructor(port: number) {
    this.port = port;
  }

  /** What is connected now gets nothing more, and does not learn of it. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  #pass(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  }
}
