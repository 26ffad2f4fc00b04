import { checkTopicName, LARGEST_PACKET, type ProtocolVersion, type QoS } from '../../core/index.js';
import type { Limits } from './broker-limits.js';

/** What holds for the clients of one listener. */
export interface ListenerSettings {
  /** As in `Limits`; default: the engine's. */
  readonly maximumPacketSize: number;
  /** As in `Limits`; default: the engine's. */
  readonly receiveMaximum: number;
  /** As in `Limits`; default: the engine's. */
  readonly topicAliasMaximum: number;
  /** As in `Limits`; default: the engine's. */
  readonly outgoingTopicAliases: number;
  /** As in `Limits`; default: the engine's. */
  readonly maximumQoS: QoS;
  /** Payload bytes of a message or will from a client. A larger one is refused, and the connection stays. Default: any size. */
  readonly maximumPayloadSize: number;
  /** Clients that are connected at a time; the next one is refused with 0x97 (return code 3). Default: any number. */
  readonly maximumConnections: number;
  /**
   * Longest keep-alive, seconds, 1 to 65,535. MQTT 5 clients that ask for more, or for none, get this as Server Keep Alive
   * (3.2.2.3.14). Default 0: as the client likes.
   */
  readonly maximumKeepAlive: number;
  /** Shortest keep-alive but 0, seconds, 0 to 65,535: who asks for less has this one. MQTT 5 clients learn so. Default 0. */
  readonly minimumKeepAlive: number;
  /**
   * What becomes of clients before MQTT 5 that ask for a longer keep-alive, or for none; they cannot be told of a shorter one.
   * `refuse`: return code 2, as Mosquitto does. `lower`: they are let in, and cut off after 1.5 times `maximumKeepAlive`.
   */
  readonly longKeepAlive: 'refuse' | 'lower';
  /** Protocol versions that are let in; others get 0x84 (return code 1). Default: all three. */
  readonly protocolVersions: readonly ProtocolVersion[];
  /** False: PUBLISH with RETAIN ends the connection with 0x9A, and a retained will is refused (3.2.2.3.5). Default true. */
  readonly retainAvailable: boolean;
  /** False: a filter with `+` or `#` ends the connection with 0xA2; before MQTT 5 it is refused (3.2.2.3.11). Default true. */
  readonly wildcardSubscriptionAvailable: boolean;
  /** False: a subscription identifier ends the connection with 0xA1 (3.2.2.3.12). Default true. */
  readonly subscriptionIdentifierAvailable: boolean;
  /** False: a shared subscription ends the connection with 0x9E; before MQTT 5 it is refused (3.2.2.3.13). */
  readonly sharedSubscriptionAvailable: boolean;
  /** False: the filter `a/#` does not match the topic `a`, although it should (4.7.1.2). Default true. */
  readonly hashMatchesParent: boolean;
  /** Filters in one SUBSCRIBE; more end the connection with 0x97. Default: any number. */
  readonly maximumFilters: number;
  /** False: only a filter without wildcards brings retained messages when it is subscribed to. Default true. */
  readonly retainedOnWildcards: boolean;
  /** Shortest message expiry interval, seconds: a shorter one of a message or will is raised to it (3.3.2.3.3). Default 0. */
  readonly minimumMessageExpiry: number;
  /** Longest message expiry interval, seconds: a longer one is lowered to it; a message without one never expires. Default: any. */
  readonly maximumMessageExpiry: number;
  /** False: PUBACK and UNSUBACK say 0x00 where no subscription matched, and not 0x10 or 0x11. Default true. */
  readonly reportsNoMatch: boolean;
  /** False: a session of MQTT 5 does not go on in an older version, nor the reverse: it ends as with a clean start. Default true. */
  readonly resumesAcrossVersions: boolean;
  /** True: a CONNECT before MQTT 5 that is refused ends its connection without CONNACK. Default false. */
  readonly refusesSilently: boolean;
  /** False: a CONNECT without a client id is refused with 0x85 (return code 2). Default true. */
  readonly allowZeroLengthClientId: boolean;
  /** Beginning of the client ids that the broker assigns. Default `auto-`. */
  readonly autoIdPrefix: string;
  /**
   * Put before each topic name and filter of these clients, and taken off again before a message is sent to them: what they
   * call `a` is `mountPointa` for everybody else, and for the rules. Default: empty.
   */
  readonly mountPoint: string;
  /** Deliver with the QoS of the subscription, also where the message was published with a lower one. Default false. */
  readonly upgradeOutgoingQoS: boolean;
  /**
   * Messages of QoS 0 wait for a client that is away and has a session (4.1), within `queuedMessages` and behind none of the others.
   * They are not kept over a restart. Default false.
   */
  readonly queueQoS0: boolean;
  /**
   * A retained message goes to new subscriptions only as long as its publisher may still publish it: what the rules say may have
   * changed. Default false.
   */
  readonly checkRetainSource: boolean;
  /** False: refusals carry their reason code alone, without a Reason String (3.2.2.3.9 and the like). Default true. */
  readonly reasonStrings: boolean;
  /**
   * True: a fault in another packet than PUBLISH, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT or AUTH ends the connection without a packet that
   * says so, which 4.13.1 leaves open; and PUBREL and PUBREC of unknown ids are answered with 0x00. As Mosquitto does. Default false.
   */
  readonly terse: boolean;
  /** For clients that ask for it (3.2.2.3.15), unless the rules have some of their own. Default: none. */
  readonly responseInformation: string | undefined;
}

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Most bytes of a UTF-8 string in a packet (1.5.4). */
const LONGEST_TEXT = 65_535;

/** Bytes of the random part of an assigned client id, and some to spare. */
const RANDOM_PART = 64;

const RANGES = {
  maximumPacketSize: [1, LARGEST_PACKET],
  receiveMaximum: [1, 65_535],
  topicAliasMaximum: [0, 65_535],
  outgoingTopicAliases: [0, 65_535],
  maximumQoS: [0, 2],
  maximumPayloadSize: [0, NO_LIMIT],
  maximumConnections: [0, NO_LIMIT],
  maximumKeepAlive: [0, 65_535],
  minimumKeepAlive: [0, 65_535],
  maximumFilters: [1, NO_LIMIT],
  minimumMessageExpiry: [0, 0xffffffff],
  maximumMessageExpiry: [0, NO_LIMIT],
} as const satisfies Partial<Record<keyof ListenerSettings, readonly [smallest: number, largest: number]>>;

/**
 * These settings, with the default for each one that is left out or undefined.
 *
 * @param limits of the engine: defaults of those that have the same names
 * @throws RangeError that names the setting that is out of range; TypeError for one of the wrong type
 *
 * @example
 * ```ts
 * import { completeSettings, DEFAULT_LIMITS, type ListenerSettings } from 'wasmqtt/broker';
 *
 * const settings: ListenerSettings = completeSettings(DEFAULT_LIMITS, { maximumQoS: 1, mountPoint: 'plant/' });
 * [settings.maximumQoS, settings.mountPoint, settings.retainAvailable]; // => [ 1, 'plant/', true ]
 * ```
 */
export function completeSettings(limits: Limits, given: Partial<ListenerSettings> = {}): ListenerSettings {
  const { maximumPacketSize, receiveMaximum, topicAliasMaximum, outgoingTopicAliases, maximumQoS } = limits;
  const defaults: ListenerSettings = {
    maximumPacketSize,
    receiveMaximum,
    topicAliasMaximum,
    outgoingTopicAliases,
    maximumQoS,
    maximumPayloadSize: NO_LIMIT,
    maximumConnections: NO_LIMIT,
    maximumKeepAlive: 0,
    minimumKeepAlive: 0,
    longKeepAlive: 'refuse',
    protocolVersions: [3, 4, 5],
    retainAvailable: true,
    wildcardSubscriptionAvailable: true,
    subscriptionIdentifierAvailable: true,
    sharedSubscriptionAvailable: true,
    hashMatchesParent: true,
    maximumFilters: NO_LIMIT,
    retainedOnWildcards: true,
    minimumMessageExpiry: 0,
    maximumMessageExpiry: NO_LIMIT,
    reportsNoMatch: true,
    resumesAcrossVersions: true,
    refusesSilently: false,
    allowZeroLengthClientId: true,
    autoIdPrefix: 'auto-',
    mountPoint: '',
    upgradeOutgoingQoS: false,
    queueQoS0: false,
    checkRetainSource: false,
    reasonStrings: true,
    terse: false,
    responseInformation: undefined,
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const settings: ListenerSettings = { ...defaults, ...Object.fromEntries(set) };
  for (const [name, value] of set) {
    if (!(name in defaults)) throw new TypeError(`settings: there is no ${name}`);
    const wanted = typeof defaults[name as keyof ListenerSettings];
    if (wanted !== 'undefined' && typeof value !== wanted) {
      throw new TypeError(`settings: ${name} is of type ${typeof value}; use a ${wanted}`);
    }
  }
  checkRanges(settings);
  checkTexts(settings);
  return settings;
}

function checkRanges(settings: ListenerSettings): void {
  for (const [name, [smallest, largest]] of Object.entries(RANGES)) {
    const value = settings[name as keyof typeof RANGES];
    const isWhole = Number.isInteger(value) || value === NO_LIMIT;
    if (isWhole && value >= smallest && value <= largest) continue;
    throw new RangeError(`settings: ${name} is ${value}; use a whole number from ${smallest} to ${largest}`);
  }
  const { longKeepAlive, protocolVersions } = settings;
  if (longKeepAlive !== 'refuse' && longKeepAlive !== 'lower') {
    throw new RangeError(`settings: longKeepAlive is "${longKeepAlive}"; use "refuse" or "lower"`);
  }
  if (!Array.isArray(protocolVersions) || !protocolVersions.every((version) => [3, 4, 5].includes(version))) {
    throw new RangeError('settings: protocolVersions has something other than 3, 4 and 5');
  }
}

function checkTexts({ mountPoint, autoIdPrefix, responseInformation = '' }: ListenerSettings): void {
  if (mountPoint !== '' && checkTopicName(mountPoint) < 0) {
    throw new RangeError(`settings: mountPoint "${mountPoint}" cannot begin a topic name; leave out +, # and U+0000`);
  }
  const texts = { mountPoint, autoIdPrefix, responseInformation };
  for (const [name, text] of Object.entries(texts)) {
    const isUsable = typeof text === 'string' && text.isWellFormed() && !text.includes('\0');
    if (isUsable && bytesOf(text) <= LONGEST_TEXT - RANDOM_PART) continue;
    throw new RangeError(`settings: ${name} is not a text of at most ${LONGEST_TEXT - RANDOM_PART} bytes of UTF-8`);
  }
}

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}
