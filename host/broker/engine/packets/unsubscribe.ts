import { ReasonCode, type UnsubscribePacket } from '../../../core/index.js';
import { isShared } from '../routing/shared-filter.js';
import { type Task, WORK, type Work } from '../turns/work-queue.js';
import type { ConnectedClient } from './connected-client.js';
import { inTurns } from './in-turns.js';
import { mountFilter } from './mount-point.js';

/** UNSUBSCRIBE (3.10.4): messages already on their way are still delivered. */
export function handleUnsubscribe(client: ConnectedClient, packet: UnsubscribePacket): void {
  const { context, session, wire, protocolVersion } = client;
  const { packetId, topicFilters } = packet;
  const removal = new Removal(client, topicFilters);
  inTurns(client, removal, () => {
    wire.send({ type: 'unsuback', packetId, reasonCodes: protocolVersion === 5 ? removal.reasonCodes : [] });
    const { clientId } = session.client;
    context.events.emit({ type: 'unsubscribed', clientId, topicFilters: [...removal.outcomes.keys()] });
  });
}

/** Removes one filter after the other. A filter that the packet has twice is one. */
class Removal implements Task {
  /** In the order of the packet. */
  readonly reasonCodes: number[] = [];
  readonly outcomes = new Map<string, number>();
  readonly #client: ConnectedClient;
  readonly #filters: readonly string[];

  constructor(client: ConnectedClient, filters: readonly string[]) {
    this.#client = client;
    this.#filters = filters;
  }

  run(work: Work): boolean {
    const { reasonCodes, outcomes } = this;
    while (reasonCodes.length < this.#filters.length) {
      if (work.isSpent) return false;
      work.spend(WORK.filter);
      const named = this.#filters[reasonCodes.length];
      const code = outcomes.get(named) ?? this.#remove(named);
      outcomes.set(named, code);
      reasonCodes.push(code);
    }
    return true;
  }

  #remove(named: string): number {
    const { context, session, settings } = this.#client;
    const filter = mountFilter(settings.mountPoint, named);
    if (filter === undefined || !session.subscriptions.delete(filter)) {
      return settings.reportsNoMatch ? ReasonCode.noSubscriptionExisted : ReasonCode.success;
    }
    context.subscriptions.delete(filter, session);
    session.journal.unsubscribed(filter);
    // Nothing more comes of it (3.10.4-2).
    session.replays.delete(filter);
    if (isShared(filter)) session.leftShared(filter);
    return ReasonCode.success;
  }
}
