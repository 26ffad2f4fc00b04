import type { OccasionalEvent } from '../engine/broker-events.js';
import type { EngineInspection } from '../engine/inspection/engine-inspection.js';

/** What onlookers read of a broker: `BrokerEngine.inspection`. */
export type BrokerState = Pick<EngineInspection, 'totals' | 'clients' | 'sessions' | 'subscriptions' | 'retained'>;

/** Where events come from: a `BrokerEngine`. */
export interface EventSource {
  /** @returns a function that stops it */
  on(type: 'occasional', listener: (event: OccasionalEvent) => void): () => void;
}
