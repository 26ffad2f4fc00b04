/**
 * The targets by name. `sources` are those beside targets/<name>.c, `memory` the bytes of linear memory that it works in,
 * `longest` the bytes of its longest input, `seconds` in which the selftest finds the planted defect.
 */
export const targets = {
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

/** Throws an error that names the targets when there is none of this name. */
export function checkTarget(name) {
  if (name in targets) return name;
  throw new Error(`there is no target ${name}; there are ${Object.keys(targets).join(', ')}`);
}
