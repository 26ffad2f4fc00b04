import type { Delivery } from '../message.js';
import type { PublishShape } from '../messages/encoded-publish.js';

/** Bytes of a topic name that an alias saves as many of with the second message as it cost with the first: the property takes three. */
const SHORTEST = 6;

/**
 * The topic aliases that the broker sets on one connection (3.3.2.3.4): the first topics that come get one, until there are as many as
 * the client accepts. They stay what they are, so that no stream of many topics makes all of them longer.
 */
export class OutgoingAliases {
  readonly #maximum: number;
  readonly #plain: PublishShape;
  /** By topic, those that the client knows. */
  readonly #known = new Map<string, PublishShape>();

  /**
   * @param maximum Topic Alias Maximum of CONNECT (3.1.2-26), or less; 1 or more
   * @param plain the shape without alias
   */
  constructor(maximum: number, plain: PublishShape) {
    this.#maximum = maximum;
    this.#plain = plain;
  }

  /**
   * The shape with which this message sets an alias, or uses one; undefined when it does neither. Retained messages set none: there may
   * be very many, each with a topic that does not come again.
   */
  shapeOf({ message: { topic }, retain }: Delivery): PublishShape | undefined {
    const known = this.#known.get(topic);
    if (known) return known;
    const topicAlias = this.#known.size + 1;
    if (retain || topicAlias > this.#maximum) return undefined;
    const { key, version, nameOf } = this.#plain;
    return topic.length < SHORTEST ? undefined : { key: `${key} sets ${topicAlias}`, version, topicAlias, nameOf };
  }

  /** The client got a message of the topic in the shape that `shapeOf` returned. */
  sent(topic: string, { version, topicAlias }: PublishShape): void {
    if (this.#known.has(topic)) return;
    this.#known.set(topic, { key: `alias ${topicAlias}`, version, topicAlias, nameOf: () => '' });
  }
}
