import type { Subscription } from '../../core/index.js';

/** A subscription as the broker keeps it: with the QoS that was granted. */
export interface StoredSubscription extends Subscription {
  /** Subscription identifier (3.8.2.1.2). */
  identifier?: number;
  /** Messages published with a lower QoS are delivered with that of the subscription. */
  upgradesQoS?: boolean;
  /** A topic that is left out although the filter matches it: see `parentOf`. */
  leavesOut?: string;
}
