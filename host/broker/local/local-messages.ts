import type { Properties, PublishPacket, QoS } from '../../core/index.js';

/** A message that a local client received. Others share its bytes: do not write to them. */
export interface LocalMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  /** It was sent as a retained message, or the subscription keeps the publisher's flag. */
  readonly retain: boolean;
  /** It may have been handled before, on an earlier connection of the session. */
  readonly dup: boolean;
  readonly properties?: Properties;
}

/** Handles a message; it counts as delivered when the promise resolves. */
export type MessageHandler = (message: LocalMessage) => void | Promise<void>;

/** A message above QoS 0 that handlers have. */
interface Held {
  readonly packetId: number;
  readonly qos: QoS;
  reasonCode?: number;
}

/** Reason code of a message that a handler failed on: the exchange ends, and the message is not sent again (4.3.2, 4.3.3). */
const HANDLER_FAILED = 0x83;

/**
 * What handlers have not finished. Handlers start in the order of the messages, and do not wait for each other; the window of the
 * connection bounds how many run. Acknowledgements leave in the order of the messages (4.6.0-2).
 */
export class LocalMessages {
  readonly #acknowledge: (type: 'puback' | 'pubrec', packetId: number, reasonCode: number) => void;
  readonly #finished: () => void;
  readonly #onError: (error: unknown) => void;
  #held: Held[] = [];
  #bytes = 0;
  #passing = 0;

  /**
   * @param acknowledge sends PUBACK or PUBREC
   * @param finished called after each message
   * @param onError gets what a handler threw
   */
  constructor(
    acknowledge: (type: 'puback' | 'pubrec', packetId: number, reasonCode: number) => void,
    finished: () => void,
    onError: (error: unknown) => void,
  ) {
    this.#acknowledge = acknowledge;
    this.#finished = finished;
    this.#onError = onError;
  }

  /** Topic and payload bytes of QoS 0 messages that handlers have: nothing else bounds those. */
  get bytes(): number {
    return this.#bytes;
  }

  /** QoS 0 messages that handlers have. */
  get passing(): number {
    return this.#passing;
  }

  take(packet: PublishPacket, handlers: readonly MessageHandler[]): void {
    const { topic, payload, qos, retain, dup, properties, packetId } = packet;
    const message: LocalMessage = { topic, payload, qos, retain, dup, properties };
    const held: Held = { packetId: packetId ?? 0, qos };
    const size = qos === 0 ? topic.length + payload.length : 0;
    this.#bytes += size;
    if (qos > 0) this.#held.push(held);
    else this.#passing++;
    const calls = handlers.map(async (handler) => handler(message));
    Promise.all(calls)
      .then(
        () => 0,
        (error) => {
          this.#onError(error);
          return HANDLER_FAILED;
        },
      )
      .then((reasonCode) => {
        this.#bytes -= size;
        if (qos === 0) this.#passing--;
        held.reasonCode = reasonCode;
        this.#acknowledgeFinished();
        this.#finished();
      });
  }

  /** The connection is over: nothing more is acknowledged. */
  clear(): void {
    this.#held = [];
  }

  #acknowledgeFinished(): void {
    while (this.#held[0]?.reasonCode !== undefined) {
      const { qos, packetId, reasonCode } = this.#held.shift()!;
      this.#acknowledge(qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode!);
    }
  }
}
