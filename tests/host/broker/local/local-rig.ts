import { BrokerEngine, type BrokerEvent, type EngineOptions } from '../../../../host/broker/index.js';
import { LocalConnections } from '../../../../host/broker/local/local-connections.js';

/** An engine whose only clients are local ones. */
export class LocalRig {
  readonly events: BrokerEvent[] = [];
  readonly engine: BrokerEngine;
  readonly local: LocalConnections;

  constructor(options: Partial<EngineOptions> = {}) {
    this.local = new LocalConnections(undefined, { now: () => 0, rules: options.rules });
    this.engine = new BrokerEngine({ now: () => 0, transport: this.local, ...options });
    this.local.serve(this.engine);
    this.engine.on('any', (event) => this.events.push(event));
  }

  get topics(): string[] {
    return this.events.flatMap((event) => (event.type === 'published' ? [event.topic] : []));
  }
}

/** Lets the local clients have this many turns of the event loop. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
