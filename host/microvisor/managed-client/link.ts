import type { ConnectRequest } from '../calls/mqtt/read-connect-request.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Transport, TransportFailure } from '../transport/transport.js';
import { MqttClient } from './mqtt-client.js';
import type { MqttSession, Sessions } from './session-store.js';

interface Listener {
  /** The client has events. */
  news(): void;
  /** The transport is gone. */
  closed(failure?: TransportFailure): void;
}

/** One network connection: the client on its transport, with the session that it holds for this time. */
export class Link {
  readonly client: MqttClient;
  /** Since the handshake is done. */
  tls: { tls: string; cipher: string } | undefined;
  readonly #session: MqttSession;
  #transport: Transport | undefined;
  #over = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly sessions: Sessions,
    private readonly request: ConnectRequest,
  ) {
    this.#session = sessions.take(request);
    this.client = new MqttClient(request.mqtt, this.#session);
  }

  /** Opens the transport; the client has its CONNECT ready. */
  open(listener: Listener): void {
    const { kernel, client } = this;
    const transport = kernel.mqttTransport(this.request, {
      connected: (info) => {
        if (this.#over) return;
        this.tls = info;
        this.flush();
        kernel.wake();
      },
      data: (bytes) => {
        if (this.#over) return;
        client.receive(bytes, kernel.now());
        listener.news();
        kernel.wake();
      },
      closed: (failure) => {
        listener.closed(failure);
        kernel.wake();
      },
    });
    if (this.#over) return;
    this.#transport = transport;
    this.flush();
  }

  /** Hands what the client has to send to the transport; before the handshake is done it waits. */
  flush(): void {
    if (!this.#transport || !this.tls) return;
    for (const bytes of this.client.takeOutput()) this.#transport.write(bytes);
  }

  /**
   * Ends the connection and gives the session back.
   *
   * @param goodbye sends DISCONNECT before
   * @param connected lets the transport send what it has
   */
  end(goodbye: boolean, connected: boolean): void {
    if (this.#over) return;
    this.#over = true;
    if (goodbye) this.client.disconnect(this.kernel.now());
    this.flush();
    if (connected) this.#transport?.end();
    else this.#transport?.destroy();
    this.#transport = undefined;
    this.client.close();
    this.sessions.keep(this.request, this.#session);
  }
}
