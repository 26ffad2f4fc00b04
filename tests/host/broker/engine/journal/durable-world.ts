import type { ConnectionInfo, EngineOptions } from '../../../../../host/broker/index.js';
import { MemoryStore } from '../../../../../host/broker/index.js';
import type { ConnectPacket } from '../../../../../host/core/index.js';
import { type TestClient, World, type WorldOptions } from '../../world.js';

/** Milliseconds between the engine's clock and the wall's: different, so that a mix-up shows. */
const WALL = 1_700_000_000_000;

/** An engine with a memory store that commits when it is told to. */
export class DurableWorld extends World {
  readonly store: MemoryStore;

  constructor(store = new MemoryStore(), options: WorldOptions = {}, now = 1_000_000, wall = WALL) {
    super({ journal: store, wallClock: () => wall + this.now - now, ...options });
    this.now = now;
    this.store = store;
    this.engine.restore(store.load());
  }

  /** Connects, with everything committed. */
  override connect(options: Partial<ConnectPacket> = {}, info: Partial<ConnectionInfo> = {}): TestClient {
    const client = this.begin(options, info);
    this.store.commit();
    client.connack = client.next('connack');
    return client;
  }

  /** A client whose session outlives its connection. */
  lasting(clientId = 'client', options: Partial<ConnectPacket> = {}): TestClient {
    const properties = options.protocolVersion === 5 ? { sessionExpiryInterval: 0xffffffff } : undefined;
    return this.connect({ clientId, cleanStart: false, properties, ...options });
  }

  /** A lasting client with a subscription, all of it durable. */
  subscriber(
    topicFilter: string,
    qos: 0 | 1 | 2,
    clientId = 'client',
    options: Partial<ConnectPacket> = {},
  ): TestClient {
    const client = this.lasting(clientId, options);
    client.send({ type: 'subscribe', packetId: 65_000, subscriptions: [{ topicFilter, qos }] });
    this.store.commit();
    client.next('suback');
    return client;
  }

  /**
   * The process ends without notice, and another one begins with what was durable.
   *
   * @param later milliseconds between the two
   */
  crash(later = 0, options: Partial<EngineOptions> = {}): DurableWorld {
    const store = new MemoryStore(this.store.durable);
    // The engine's clock begins somewhere else.
    return new DurableWorld(store, options, 5_000, WALL + (this.now - 1_000_000) + later);
  }
}
