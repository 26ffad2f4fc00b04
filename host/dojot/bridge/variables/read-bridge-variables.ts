import type { QoS } from '../../../core/index.js';
import { editDistance } from '../../../node/edit-distance.js';
import { type Environment, VariableError } from '../../broker/read-variables.js';
import { CHECKS, httpAddress, namesIn } from '../../broker/variable-kinds.js';
import type { Generation } from '../../generation.js';
import { type BridgeKind, type BridgeSetting, type BridgeVariable, bridgeVariables } from './bridge-variables.js';

const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4'] as const;

/** What the environment variables of a bridge mean. */
export interface BridgeSettings {
  readonly mqtt: {
    readonly host: string;
    readonly port: number;
    readonly clientId: string;
    readonly userName: string;
    /** Seconds. */
    readonly keepAlive: number;
    readonly cleanSession: boolean;
    /** Paths of PEM files; undefined without TLS. */
    readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string; readonly checksServer: boolean };
    /** Where key, certificate and CA come from in place of the files; undefined without TLS. */
    readonly pki?: { readonly address: string; readonly variable: string; readonly name: string };
  };
  readonly qos: QoS;
  readonly kafka: { readonly brokers: readonly string[]; readonly clientId: string };
  readonly compression: (typeof COMPRESSIONS)[number];
  /** What V2K subscribes to. */
  readonly filter: string;
  /** Bytes of payloads in hand. */
  readonly mostBytes: number;
  /** Of Kafka topics: after the tenant and ".". */
  readonly topicSuffix: string;
  /** Of the MQTT topics of K2V: after the device. */
  readonly publishSuffix: string;
  readonly groupId: string;
}

/** Settings that no variable of a generation is about. */
const OTHERWISE: Partial<Record<BridgeSetting, string>> = {
  isClean: 'false',
  checksServer: 'true',
  compression: 'none',
  kafkaClientId: '$name',
};
/** Settings of the way to the broker. */
const OF_THE_WAY = new Set<BridgeVariable[1]>(
  'host port keepAlive isSecure checksServer ca certificate key pki'.split(' ') as BridgeSetting[],
);
const SUFFIXES = { v2k: 'device-data', k2v: 'dojot.device-manager.device' };

/**
 * Reads the variables of V2K or K2V. One that is empty counts as not set.
 *
 * @param place whether the bridge is a process of its own, or in that of the broker, to which no way leads then
 * @returns with notes: variables that are set and without effect, a sentence for each
 * @throws VariableError for unknown ones that begin with the name of the bridge, and values that cannot be used
 */
export function readBridgeVariables(
  environment: Environment,
  kind: BridgeKind,
  generation: Generation,
  place: 'own process' | 'broker' = 'own process',
): { settings: BridgeSettings; notes: readonly string[] } {
  const rows = bridgeVariables(kind, generation);
  const names = rows.map(([name]) => name);
  const given = Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]);
  const problems: string[] = [];
  const notes: string[] = [];
  const values = new Map<BridgeSetting, string>();
  for (const [name] of given)
    if (isOfBridge(name, kind) && !names.includes(name)) problems.push(unknown(name, names, generation));
  for (const [name, setting, type, fallback] of rows) {
    const text = environment[name] || undefined;
    const problem = text === undefined ? undefined : CHECKS[type](text);
    if (problem !== undefined) problems.push(`${name} is ${JSON.stringify(text)}: ${problem}`);
    if (text !== undefined && place === 'broker' && OF_THE_WAY.has(setting) && isOfBridge(name, kind)) {
      notes.push(`${name} is without effect: the bridge is in the process of the broker`);
    }
    if (typeof setting !== 'string') {
      if (text !== undefined && text !== fallback) notes.push(`${name} is without effect: ${setting.idle}`);
    } else if (text !== undefined || !values.has(setting)) values.set(setting, text ?? fallback);
  }
  const value = (setting: BridgeSetting): string => {
    const text = values.get(setting) ?? OTHERWISE[setting] ?? '';
    return text.replaceAll('$name', () => values.get('name')!).replaceAll('$folder', () => values.get('folder') ?? '');
  };
  const nameOf = (setting: BridgeSetting) => rows.find((row) => row[1] === setting)?.[0];
  const oneOf = (setting: BridgeSetting, words: readonly string[]) => {
    const text = value(setting);
    if (!words.includes(text))
      problems.push(`${nameOf(setting)} is ${JSON.stringify(text)}: use ${words.join(' or ')}`);
  };
  oneOf('qos', ['0', '1', '2']);
  oneOf('compression', COMPRESSIONS);
  oneOf('isSecure', generation === 3 ? ['mqtts', 'mqtt'] : ['true', 'false']);
  if (Number(value('keepAlive')) > 65_535) problems.push(`${nameOf('keepAlive')} is more than 65535 seconds`);
  if (problems.length > 0) throw new VariableError(problems);
  return { settings: settingsOf(value, kind, nameOf('pki')), notes };
}

/** @param variable that names the PKI */
function settingsOf(value: (setting: BridgeSetting) => string, kind: BridgeKind, variable = ''): BridgeSettings {
  const tls = { ca: value('ca'), cert: value('certificate'), key: value('key') };
  const pki = value('pki') && { address: httpAddress(value('pki')), variable, name: value('name') };
  const isSecure = ['true', 'mqtts'].includes(value('isSecure'));
  return {
    mqtt: {
      host: value('host'),
      port: Number(value('port')),
      clientId: value('clientId'),
      userName: value('userName'),
      keepAlive: Number(value('keepAlive')),
      cleanSession: value('isClean') === 'true',
      ...(isSecure && { tls: { ...tls, checksServer: value('checksServer') === 'true' } }),
      ...(isSecure && pki && { pki }),
    },
    qos: Number(value('qos')) as QoS,
    kafka: { brokers: namesIn(value('brokers')), clientId: value('kafkaClientId') },
    compression: value('compression') as BridgeSettings['compression'],
    filter: value('filter'),
    mostBytes: Number(value('mostBytes')),
    topicSuffix: value('topicSuffix') || SUFFIXES[kind],
    publishSuffix: value('publishSuffix'),
    groupId: value('groupId'),
  };
}

function isOfBridge(name: string, kind: BridgeKind): boolean {
  return name.startsWith(`${kind.toUpperCase()}_`);
}

function unknown(name: string, names: readonly string[], generation: Generation): string {
  const near = names.find((known) => editDistance(known, name) < 3);
  const hint = near ? `did you mean ${near}?` : 'docs/kafka-bridges.md says which there are';
  return `${name} is not a variable of this bridge in generation ${generation}; ${hint}`;
}
