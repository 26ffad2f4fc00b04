// The table of targets.
import { UsageError } from '../../../tools/command.js';

export interface Target {
  /** What it tries, for people. */
  about: string;
  /** Files of harness/ that it needs beside rig.c and targets/<name>.c. */
  sources: readonly string[];
  /** A folder of sources that it tries beside the core, from the root. */
  product?: string;
  /** A file of dictionary/. */
  dictionary: string;
  /** Bytes of linear memory that it works in. */
  memory: number;
  /** Bytes of its longest input. */
  longest: number;
  /** Seconds within which the self-test finds the planted defect. */
  seconds: number;
}

export type TargetName =
  | 'packet'
  | 'stream'
  | 'encode'
  | 'session'
  | 'client'
  | 'der'
  | 'x509'
  | 'crl'
  | 'keys'
  | 'hex'
  | 'utf8'
  | 'topic';

/** The targets, in the order in which they are run. */
export const targets: Readonly<Record<TargetName, Target>> = {
  packet: {
    about: 'a whole packet, in all versions, with each option and any limit',
    sources: ['packets.c'],
    dictionary: 'mqtt.dict',
    memory: 4096,
    longest: 256,
    seconds: 20,
  },
  stream: {
    about: 'packets in chunks of any size into a buffer of any size: the same as the whole',
    sources: ['packets.c'],
    dictionary: 'mqtt.dict',
    memory: 4096,
    longest: 256,
    seconds: 20,
  },
  encode: {
    about: 'encoding from any record, and single properties and filters',
    sources: ['packets.c'],
    dictionary: 'mqtt.dict',
    memory: 6144,
    longest: 256,
    seconds: 20,
  },
  session: {
    about: 'a client session under any calls, packets of the server and times',
    sources: ['packets.c', 'sessions.c'],
    dictionary: 'session.dict',
    memory: 3072,
    longest: 64,
    seconds: 30,
  },
  client: {
    about: 'the client in C under any calls, bytes of the server, times and results of its transport',
    sources: [],
    product: 'host/wasm3/client',
    dictionary: 'session.dict',
    memory: 6144,
    longest: 96,
    seconds: 30,
  },
  der: {
    about: 'any bytes as DER, judged as X.690 has it',
    sources: ['oracle.c', 'mutator.c'],
    dictionary: 'der.dict',
    memory: 3072,
    longest: 256,
    seconds: 20,
  },
  x509: {
    about: 'certificates and certification requests',
    sources: ['oracle.c', 'certificates.c', 'mutator.c'],
    dictionary: 'der.dict',
    memory: 4096,
    longest: 640,
    seconds: 30,
  },
  crl: {
    about: 'CRLs, and every serial number in them',
    sources: ['oracle.c', 'certificates.c', 'mutator.c'],
    dictionary: 'der.dict',
    memory: 4096,
    longest: 512,
    seconds: 30,
  },
  keys: {
    about: 'private keys, and what is made of them: PKCS#8',
    sources: ['oracle.c', 'certificates.c', 'mutator.c'],
    dictionary: 'der.dict',
    memory: 4096,
    longest: 320,
    seconds: 20,
  },
  hex: {
    about: 'hexadecimal both ways, apart and in place',
    sources: [],
    dictionary: 'hex.dict',
    memory: 3072,
    longest: 128,
    seconds: 20,
  },
  utf8: {
    about: 'UTF-8 without U+0000, against decoded characters',
    sources: ['oracle.c'],
    dictionary: 'utf8.dict',
    memory: 2048,
    longest: 128,
    seconds: 20,
  },
  topic: {
    about: 'Topic Names, Topic Filters and their match, against levels taken apart',
    sources: [],
    dictionary: 'topic.dict',
    memory: 2048,
    longest: 128,
    seconds: 20,
  },
};

export const targetNames = Object.keys(targets) as TargetName[];

/** The targets that try the core alone. */
export type CoreTargetName = Exclude<TargetName, 'client'>;
export const coreTargetNames = targetNames.filter((name): name is CoreTargetName => !targets[name].product);

/** The target of this name; when there is none, a UsageError that lists them. */
export function checkTarget(name: string): TargetName {
  if (Object.hasOwn(targets, name)) return name as TargetName;
  throw new UsageError(`there is no target ${name}; there are ${targetNames.join(', ')}`);
}
