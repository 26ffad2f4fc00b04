import { type ReadValue, ValueMistake, type Word, wholeNumber, wordsOf } from './values.js';

/** A broker that a bridge connects to. */
export interface BridgeAddress {
  readonly host: string;
  readonly port: number;
}

export type BridgeDirection = 'in' | 'out' | 'both';

/** Topics that a bridge carries, as the option has them. A prefix may be empty. */
export interface BridgeTopicValue {
  /** Empty for one topic that is renamed. */
  readonly pattern: string;
  readonly direction: BridgeDirection;
  readonly qos: 0 | 1 | 2;
  readonly localPrefix: string;
  readonly remotePrefix: string;
}

/** How long a bridge waits before it connects again, seconds: always as long, or at random from `base` to `cap`. */
export type RestartDelay = { readonly constant: number } | { readonly base: number; readonly cap: number };

const MQTT_PORT = 1883;

export const bridgeAddresses: ReadValue<readonly BridgeAddress[]> = (value) => {
  const words = wordsOf(value);
  if (words.length === 0) throw new ValueMistake('the address is missing; write host or host:port');
  return words.map(addressOf);
};

/** The port begins behind the last colon; an IPv6 address needs one. */
function addressOf({ text, offset }: Word): BridgeAddress {
  const [, host, port] = /^(.+):(\d*)$/.exec(text) ?? [];
  if (host === undefined) return { host: text, port: MQTT_PORT };
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: wholeNumber(port, 1, 65_535, '', offset + host.length + 1) };
}

const DIRECTIONS: readonly string[] = ['in', 'out', 'both'];

export const bridgeTopic: ReadValue<BridgeTopicValue> = (value, notes) => {
  const [pattern, direction, qos, local, remote, more] = wordsOf(value);
  if (!pattern) throw new ValueMistake('the pattern is missing; write it behind "topic"');
  if (direction && !DIRECTIONS.includes(direction.text)) {
    throw new ValueMistake(`"${direction.text}" is not a direction; write in, out or both`, direction.offset);
  }
  if (more) notes.warn(`"${more.text}" is ignored: a topic has five words at most; remove the rest`, more.offset);
  const topic: BridgeTopicValue = {
    pattern: prefixOf(pattern),
    direction: (direction?.text ?? 'out') as BridgeDirection,
    qos: (qos ? wholeNumber(qos.text, 0, 2, '', qos.offset) : 0) as 0 | 1 | 2,
    localPrefix: prefixOf(local),
    remotePrefix: prefixOf(remote),
  };
  if (topic.pattern === '' && (topic.localPrefix === '' || topic.remotePrefix === '')) {
    throw new ValueMistake('an empty pattern needs a local and a remote topic; write both', pattern.offset);
  }
  for (const [name, word] of [
    ['local', local],
    ['remote', remote],
  ] as const) {
    if (word && /[+#]/.test(word.text)) {
      throw new ValueMistake(
        `the ${name} prefix "${word.text}" has a wildcard; write a topic without one`,
        word.offset,
      );
    }
  }
  return topic;
};

/** `""` stands for nothing. */
function prefixOf(word: Word | undefined): string {
  return !word || word.text === '""' ? '' : word.text;
}

export const restartTimeout: ReadValue<RestartDelay> = (value, notes) => {
  const [base, cap, more] = wordsOf(value);
  if (!base) throw new ValueMistake('the time is missing; write seconds, or two numbers: the shortest and the longest');
  const shortest = wholeNumber(base.text, 1, 3600, '', base.offset);
  if (!cap) return { constant: shortest };
  if (more) notes.warn(`"${more.text}" is ignored; remove it`, more.offset);
  return { base: shortest, cap: wholeNumber(cap.text, shortest, 86_400, '', cap.offset) };
};
