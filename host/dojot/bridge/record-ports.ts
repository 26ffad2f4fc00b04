/** A record for Kafka. */
export interface OutgoingRecord {
  readonly topic: string;
  /** Records of one key keep their order. Without one, any partition. */
  readonly key?: Uint8Array;
  readonly value: Uint8Array;
  /** In UTF-8. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where records go. */
export interface RecordSink {
  /**
   * Resolves when all in-sync replicas have the records. Waits while Kafka is away. The caller has one `send` in hand at a time.
   *
   * @throws RecordRefusedError for a record that Kafka never takes; anything else may be tried again
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Whether Kafka can be reached, as far as is known. */
  readonly isReady: boolean;
  close(): Promise<void>;
}

/** Kafka never takes this record: it is too large, or its topic cannot be. What became of the others of the batch is not known. */
export class RecordRefusedError extends Error {
  override name = 'RecordRefusedError';
  /** Of the record in the batch. */
  readonly index: number;

  constructor(index: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.index = index;
  }
}

/** A record of Kafka. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key?: Uint8Array;
  /** Undefined for a tombstone. */
  readonly value?: Uint8Array;
}

/** Where records come from: a member of a consumer group. */
export interface RecordSource {
  /**
   * Begins to hand over records, each partition in its order. `handle` may be called again before its last promise has settled, as often
   * as the source has room for; it does what the order depends on before it returns. The promise does not reject: when it resolves, the
   * offset is committed as soon as all before it are.
   */
  start(handle: (record: IncomingRecord) => Promise<void>): Promise<void>;
  /** Whether Kafka can be reached, as far as is known. */
  readonly isReady: boolean;
  /** Hands over nothing more, waits for the records in hand, commits them and leaves the group. */
  close(): Promise<void>;
}

/** Topics of a source: names, or a pattern that matches whole names, those made later too. */
export type SourceTopics = readonly string[] | RegExp;
