import { type GenericError, MultipleErrors } from '@platformatic/kafka';
import { reasonOf } from '../../../node/reason.js';

/** What an answer of a broker, or its absence, means for who sent the records. */
export type SendFailure =
  /** a broker says that it will never take them */
  | 'refused'
  /** the brokers have lost count of this producer: only a new one can go on */
  | 'producer-lost'
  /** may go well the next time */
  | 'passing';

const REFUSED = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TOPIC_EXCEPTION'];
const LOST = [
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'PRODUCER_FENCED',
];

/** Whether a broker answered with one of these errors, by the names of the protocol. */
export function hasAnswered(error: unknown, ...names: readonly string[]): boolean {
  const find = (error as Partial<GenericError> | undefined)?.findBy;
  return find !== undefined && names.some((name) => find.call(error, 'apiId', name) !== null);
}

export function sendFailure(error: unknown): SendFailure {
  if (hasAnswered(error, ...LOST)) return 'producer-lost';
  return hasAnswered(error, ...REFUSED) ? 'refused' : 'passing';
}

/** The topic that Kafka does not know, when that is what is wrong. The client says it in words only. */
export function unknownTopic(error: unknown): string | undefined {
  return error instanceof Error ? /^Unknown topic (\S+)\.$/.exec(error.message)?.[1] : undefined;
}

/** The reason inside an error of the client, which wraps errors in errors: one line. */
export function kafkaReason(error: unknown): string {
  if (error instanceof MultipleErrors || error instanceof AggregateError) {
    const inner = (error.errors as unknown[]).find(Boolean);
    if (inner !== undefined) return kafkaReason(inner);
  }
  const { cause } = error as Error;
  if (cause instanceof Error) return `${reasonOf(error).replace(/\.$/, '')}: ${kafkaReason(cause)}`;
  const { apiId } = error as { apiId?: string };
  return apiId === undefined ? reasonOf(error) : `${apiId}: ${reasonOf(error)}`;
}
