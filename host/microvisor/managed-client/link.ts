import type { Transport, TransportFailure } from '../transport/transport.js';
import type { ClientEvent } from './client-event.js';
import type { ConnectRequest } from './connect-request.js';
import { MqttClient } from './mqtt-client.js';
import type { MqttServices, Shared } from './mqtt-services.js';
import type { MqttSession } from './session-store.js';

interface Listener {
  /** The client has these events; its output is with the transport already. */
  events(events: readonly ClientEvent[], now: number): void;
  /** The transport is gone. */
  closed(failure: TransportFailure | undefined, now: number): void;
}

/** One network connection: the client on its transport, and the session that it uses until `end`. */
export class Link {
  readonly client: MqttClient;
  /** Set when the handshake is done. */
  tls: { tls: string; cipher: string; shown?: readonly Uint8Array[] } | undefined;
  /** The first bytes that came, at most 16. */
  answer = new Uint8Array(0);
  readonly #services: MqttServices;
  readonly #shared: Shared;
  readonly #request: ConnectRequest;
  readonly #listener: Listener;
  readonly #session: MqttSession;
  #transport: Transport | undefined;
  #over = false;

  /** @param maximumPacketSize bytes of the largest packet that the broker may send */
  constructor(
    services: MqttServices,
    shared: Shared,
    request: ConnectRequest,
    maximumPacketSize: number,
    listener: Listener,
  ) {
    this.#services = services;
    this.#shared = shared;
    this.#request = request;
    this.#listener = listener;
    this.#session = shared.sessions.take(request);
    this.client = new MqttClient(request.mqtt, this.#session, maximumPacketSize);
  }

  /** Opens the transport; the client has its CONNECT ready. */
  open(): void {
    const { client } = this;
    const services = this.#services;
    const transport = this.#shared.openTransport(this.#request, {
      connected: (info) => {
        if (this.#over) return;
        this.tls = info;
        this.#flush();
        services.wake();
      },
      data: (bytes) => {
        if (this.#over) return;
        if (this.answer.length === 0) this.answer = Uint8Array.from(bytes.subarray(0, 16));
        services.turn((now) => this.#report(client.receive(bytes, now), now));
        services.wake();
      },
      closed: (failure) => {
        services.turn((now) => {
          if (!this.#over) this.#report(client.takeEvents(), now);
          this.#listener.closed(failure, now);
        });
        services.wake();
      },
    });
    if (this.#over) return;
    this.#transport = transport;
    this.#flush();
  }

  tick(now: number): void {
    this.#report(this.client.tick(now), now);
  }

  nextDeadline(now: number): number | undefined {
    return this.client.nextDeadline(now);
  }

  /**
   * Ends the connection and hands the session back.
   *
   * @param goodbye sends DISCONNECT before
   * @param connected lets the transport send what it has
   */
  end(goodbye: boolean, connected: boolean, now: number): void {
    if (this.#over) return;
    this.#over = true;
    if (goodbye) this.client.disconnect(now);
    this.#flush();
    if (connected) this.#transport?.end();
    else this.#transport?.destroy();
    this.#transport = undefined;
    this.client.close();
    this.#shared.sessions.keep(this.#request, this.#session);
  }

  /** Bytes first, then what they brought about: a QoS 0 publish is done when the transport has it. */
  #report(events: readonly ClientEvent[], now: number): void {
    this.#flush();
    if (events.length === 0) return;
    this.#listener.events(events, now);
    this.#flush();
  }

  /** Hands the client's output to the transport; it waits until the handshake is done. */
  #flush(): void {
    if (!this.#transport || !this.tls) return;
    for (const bytes of this.client.takeOutput()) this.#transport.write(bytes);
  }
}
