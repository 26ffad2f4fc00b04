import type { ConnectPacket, QoS } from '../core/index.js';
import type { BrokerAddress, BrokerTls } from './broker-endpoint.js';
import type { CarriedMessage } from './carried-message.js';
import { type ConnectionEvent, ReconnectingClient, type ReconnectingOptions } from './reconnecting-client.js';
import { type DriverOptions, SocketDriver } from './socket-driver.js';

/** Who connects where. */
export interface BrokerEnd {
  /** One at least; those after the first are tried when it fails. */
  addresses: readonly BrokerAddress[];
  /** Without it there is no TLS. A function is asked with each connection. */
  tls?: BrokerTls | (() => BrokerTls);
  /** Opens connections in place of sockets: the address is for people then. */
  dial?: DriverOptions['dial'];
  /** 4 is MQTT 3.1.1. Default 4. */
  protocolVersion?: 4 | 5;
  clientId: string;
  userName?: string;
  password?: string;
  /** Seconds. Default 60. */
  keepAlive?: number;
  /** Forget subscriptions and messages with each connection. Default false. */
  cleanSession?: boolean;
}

export interface BrokerConnectionOptions extends Pick<ReconnectingOptions, 'restart' | 'most'> {
  end: BrokerEnd;
  /** Topic filters to subscribe to, and their QoS. Default: none. */
  filters?: ReadonlyMap<string, QoS>;
  event(event: ConnectionEvent): void;
  /** See `ReconnectingPorts`. Default: messages are acknowledged at once. */
  message?(message: CarriedMessage, isDuplicate: boolean): Promise<void>;
}

/** For ever (3.1.2.11.2). */
const FOR_EVER = 0xffffffff;
const DEFAULT_MOST = { messages: 500, bytes: Number.POSITIVE_INFINITY };

/** A connection to a broker that comes back whenever it ends, over TCP or TLS. */
export class BrokerConnection {
  readonly #driver: SocketDriver;
  readonly #client: ReconnectingClient;

  constructor({ end, filters, restart, most = DEFAULT_MOST, event, message }: BrokerConnectionOptions) {
    const driver = new SocketDriver(
      {
        tls: () => (typeof end.tls === 'function' ? end.tls() : end.tls),
        dial: end.dial,
        now,
        keepsProcess: true,
      },
      () => this.#client,
    );
    this.#driver = driver;
    this.#client = new ReconnectingClient(
      { addresses: end.addresses, connect: connectOf(end, most.messages), filters, restart, most },
      {
        open: (address) => driver.open(address),
        send: (bytes) => driver.send(bytes),
        end: () => driver.end(),
        read: (isWanted) => driver.read(isWanted),
        isSlow: () => driver.isSlow,
        wake: () => driver.wake(),
        random: Math.random,
        event,
        message: message ?? (() => Promise.resolve()),
      },
    );
  }

  get isConnected(): boolean {
    return this.#client.isConnected;
  }

  start(): void {
    this.#client.start(now());
    this.#driver.arm();
  }

  /**
   * Publishes as soon as there is a connection, in the order of the calls.
   *
   * @returns resolves when the broker has the message; with the problem when it does not take it; never when the connection is closed before
   */
  publish(message: CarriedMessage): Promise<string | undefined> {
    return this.#client.publish(message);
  }

  /** Reads no more: what the broker sends from now on stays with it. */
  rest(): void {
    this.#client.rest();
  }

  /** Acknowledges what was taken, and disconnects; the session stays at the broker. Resolves within a second or so. */
  async close(): Promise<void> {
    this.#client.stop(now());
    await this.#driver.close();
  }
}

const now = () => performance.now();

function connectOf(end: BrokerEnd, receiveMaximum: number): ConnectPacket {
  const { protocolVersion = 4, clientId, userName, password, keepAlive = 60, cleanSession = false } = end;
  return {
    type: 'connect',
    protocolVersion,
    cleanStart: cleanSession,
    keepAlive,
    clientId,
    userName,
    password: password === undefined ? undefined : Buffer.from(password),
    ...(protocolVersion === 5 && {
      properties: { receiveMaximum, ...(!cleanSession && { sessionExpiryInterval: FOR_EVER }) },
    }),
  };
}
