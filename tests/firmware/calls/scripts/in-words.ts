import {
  MvClosureReason,
  MvConfigFetchResult,
  MvConfigKeyFetchResult,
  MvEventType,
  MvMqttLostMessageReason,
  MvMqttReadableDataType,
  MvMqttRequestState,
  MvNetworkReason,
  MvNetworkStatus,
  MvStatus,
  nameOf,
} from '../../../../build/abi/microvisor.js';
import type { ProtocolVersion } from '../../../../host/core/index.js';
import { TAG } from '../../../host/microvisor/rig/rig.js';
import { codeWord, packetsInWords, textWord } from './packet-words.js';

type Enumeration = Readonly<Record<string, number>>;

/** The values that a call returned in words, by the command that made it. Those of other commands are left as they are. */
const VALUES: Record<string, (values: string[]) => string[]> = {
  status: ([value]) => [named(MvNetworkStatus, value)],
  reason: ([value]) => [named(MvClosureReason, value)],
  reasons: ([value]) => [named(MvNetworkReason, Math.floor(Number(value) / 100)), String(Number(value) % 100)],
  next: ([value]) => [named(MvMqttReadableDataType, value)],
  response: ([result, count]) => [named(MvConfigFetchResult, result), count],
  item: ([result, length]) => [named(MvConfigKeyFetchResult, result), length],
  'read-connect': ([state, code]) => [named(MvMqttRequestState, state), codeWord(Number(code))],
  'read-disconnect': ([state, code]) => [named(MvMqttRequestState, state), codeWord(Number(code))],
  'read-publish': ([state, id, code]) => [named(MvMqttRequestState, state), id, codeWord(Number(code))],
  'read-subscribe': codes,
  'read-unsubscribe': codes,
  // The sum of the payload is compared by the drivers.
  'read-message': ([id, topic, length, _sum, qos, retain]) => [
    ...[id, topic, length, 'bytes', 'qos', qos],
    ...(retain === '1' ? ['retain'] : []),
  ],
  'read-lost': ([reason, topic, length]) => [named(MvMqttLostMessageReason, reason), topic, length, 'bytes'],
};

function named(values: Enumeration, value: string | number): string {
  return nameOf(values, Number(value));
}

function codes([state, id, ...rest]: string[]): string[] {
  return [named(MvMqttRequestState, state), id, ...rest.map((code) => codeWord(Number(code)))];
}

/** Notifications "event:tag": their names, each with how often it comes in a row. */
function newsInWords(records: string[]): string {
  const runs: { name: string; count: number }[] = [];
  for (const record of records) {
    const [event, tag] = record.split(':').map(Number);
    const name = named(MvEventType, event) + (tag === TAG ? '' : `:${tag}`);
    const last = runs.at(-1);
    if (last?.name === name) last.count++;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count === 1 ? name : `${count} ${name}`)).join(', ') || 'nothing';
}

function lineInWords(line: string, version: ProtocolVersion): string {
  const [command, ...words] = line.split(' ').filter((word) => word !== '');
  if (command === 'line') return `logs ${textWord(words.join(' '))}`;
  if (command === 'news' || command === 'wait') return newsInWords(words);
  if (command === 'sent') return packetsInWords(words[0] ?? '', version);
  const [status, ...values] = words;
  if (!/^\d+$/.test(status ?? '')) return words.join(' ');
  const inWords = values.length > 0 ? (VALUES[command]?.(values) ?? values) : [];
  return [named(MvStatus, status), ...inWords].join(' ');
}

/** What a driver printed for a command, in words. */
export const inWords = (lines: string[], version: ProtocolVersion): string =>
  lines.map((line) => lineInWords(line, version)).join('; ');
