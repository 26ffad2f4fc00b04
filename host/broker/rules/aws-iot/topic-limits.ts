import { ReasonCode } from '../../../core/index.js';
import { type Refusal, refuse } from '../../engine/rules.js';

/** Quotas of AWS IoT Core's message broker (facts of its general reference, endpoints and quotas). */
export const QUOTAS = {
  /** Bytes of UTF-8. */
  clientIdBytes: 128,
  /** Bytes of UTF-8. */
  topicBytes: 256,
  slashes: 7,
  payloadBytes: 131_072,
  shareNameCharacters: 128,
  /** CONNECT packets a second, of one client id. */
  connectsPerSecond: 1,
  /** PUBLISH packets a second, of one connection. */
  publishesPerSecond: 100,
} as const;

/** How a request that breaks a limit ends: AWS disconnects. */
export function overLimit(reason: string, reasonCode: number = ReasonCode.quotaExceeded): Refusal {
  return refuse(reason, reasonCode, 'disconnect');
}

/** Levels behind `$aws/` that AWS itself has topics below. */
const RESERVED =
  /^\$aws\/(?:things|events|certificates|provisioning-templates|device_location|commands|iotwireless|sitewise)\//;
const BASIC_INGEST = /^\$aws\/rules\/[a-zA-Z0-9_]+(?:\/|$)/;

export function isReserved(topic: string): boolean {
  return topic.startsWith('$');
}

/** Why no client may publish there, whatever its policies say. */
export function publishObjection(topic: string, retain: boolean): Refusal | undefined {
  const { topicNameInvalid } = ReasonCode;
  const size = sizeObjection(topic, 'topic');
  if (size) return overLimit(size, topicNameInvalid);
  if (!isReserved(topic)) return undefined;
  if (!RESERVED.test(topic) && !BASIC_INGEST.test(topic)) {
    return overLimit(`"${topic}" is reserved: topics that begin with $ are AWS's own`, topicNameInvalid);
  }
  return retain ? overLimit(`RETAIN on "${topic}": not allowed on reserved topics`, topicNameInvalid) : undefined;
}

/** Why no client may subscribe to it, whatever its policies say. */
export function subscribeObjection(filter: string): Refusal | undefined {
  const { topicFilterInvalid } = ReasonCode;
  const [, name, shared] = /^\$share\/([^/]*)\/(.*)$/s.exec(filter) ?? [];
  if (name !== undefined && name.length > QUOTAS.shareNameCharacters) {
    return overLimit(`a share name of ${name.length} characters; use at most 128`, topicFilterInvalid);
  }
  const plain = shared ?? filter;
  const size = sizeObjection(plain, 'filter');
  if (size) return overLimit(size, topicFilterInvalid);
  if (!isReserved(plain) || RESERVED.test(plain)) return undefined;
  const why = plain.startsWith('$aws/rules/')
    ? 'nobody can subscribe to Basic Ingest'
    : "topics that begin with $ are AWS's own";
  return overLimit(`"${plain}" is reserved: ${why}`, topicFilterInvalid);
}

function sizeObjection(topic: string, what: string): string | undefined {
  const bytes = Buffer.byteLength(topic);
  if (bytes > QUOTAS.topicBytes) return `a ${what} of ${bytes} bytes; use at most ${QUOTAS.topicBytes}`;
  // The first three levels of Basic Ingest do not count.
  const counted = BASIC_INGEST.test(topic) ? topic.split('/').slice(3).join('/') : topic;
  const slashes = counted.split('/').length - 1;
  if (slashes <= QUOTAS.slashes) return undefined;
  return `a ${what} with ${slashes} slashes; use at most ${QUOTAS.slashes}`;
}
