import type { Delivery, PublishShape } from '../message.js';

/** Characters of a topic name of which an alias saves as much with the second message as it costs with the first: three bytes. */
const SHORTEST = 6;

/**
 * The topic aliases that the broker sets on one connection (3.3.2.3.4): the first topics that come get one, until there are as many as
 * the client accepts. They stay what they are, so that no stream of many topics makes all of them longer.
 */
export class OutgoingAliases {
  readonly #maximum: number;
  readonly #plain: PublishShape;
  /** By topic, those that the client knows. */
  readonly #known = new Map<string, AliasShape>();

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
    const alias = this.#known.size + 1;
    if (retain || alias > this.#maximum) return undefined;
    const name = this.#plain.nameOf(topic) ?? '';
    return name.length < SHORTEST ? undefined : new AliasShape(this.#plain, alias, true);
  }

  /** The client got a message of the topic in a shape that `shapeOf` returned. */
  sent(topic: string, { topicAlias, namesTopic }: PublishShape): void {
    if (namesTopic) this.#known.set(topic, new AliasShape(this.#plain, topicAlias!, false));
  }
}

/** A message that sets an alias, or that has it in the place of its topic. */
class AliasShape implements PublishShape {
  readonly version = 5;
  readonly mountPoint: string;
  readonly topicAlias: number;
  readonly namesTopic: boolean;
  readonly #plain: PublishShape;

  constructor(plain: PublishShape, topicAlias: number, namesTopic: boolean) {
    this.mountPoint = plain.mountPoint;
    this.topicAlias = topicAlias;
    this.namesTopic = namesTopic;
    this.#plain = plain;
  }

  nameOf(topic: string): string | undefined {
    return this.namesTopic ? this.#plain.nameOf(topic) : '';
  }
}
