/** What a row is to reach. */
export interface Target {
  /** How many times as fast as the peer. */
  readonly target: number;
  /** As fast as it could be: what the strings and buffers of the result cost alone, measured once in a prototype. */
  readonly floor?: number;
}

const target = (value: number, floor?: number): Target => ({ target: value, floor });

/** Targets by peer and row. A row that is not here has none. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, Target>>>> = {
  'mqtt-packet': {
    'decode.cursor.A': target(50),
    'decode.cursor.B': target(50),
    'decode.cursor.C': target(40),
    'decode.cursor.D': target(40),
    'decode.cursor.mix': target(40),
    'decode.object.A': target(14, 16),
    'decode.object.B': target(15),
    'decode.object.C': target(14),
    'decode.object.D': target(13),
    'decode.object.A-cold': target(11),
    'decode.object.mix': target(11),
    'decode.object.A.known': target(14, 16),
    'decode.object.B.known': target(15),
    'decode.object.mix.known': target(11),
    'decode.object.cjk': target(6),
    'decode.bytewise.4k': target(20),
    'decode.chunks1500.mix': target(8, 11),
    'encode.buffer.A': target(5.5, 6.5),
    'encode.buffer.B': target(11, 13),
    'encode.buffer.C': target(14, 16),
    'encode.buffer.D': target(12, 14),
    'encode.buffer.cjk': target(3),
    'encode.batch.A': target(7, 9),
    'encode.batch.B': target(16, 20),
    'encode.batch.C': target(15, 18),
    'encode.batch.D': target(13, 16),
    'encode.prepared.A': target(17, 18),
    'dropin.encode.A': target(5, 6.5),
  },
  '@sap/xb-msg-mqtt-v311': {
    'decode.object.A': target(2),
    'decode.object.D': target(2),
    'decode.object.mix': target(2),
    'decode.object.A.known': target(2),
    'decode.object.mix.known': target(2),
    'encode.batch.A': target(2),
    'encode.batch.D': target(2),
  },
  control: {
    'decode.object.A': target(1.3),
    'decode.object.A-cold': target(1.3),
    'decode.object.mix': target(1.15, 1.35),
    'decode.object.A.known': target(1.3),
    'decode.object.mix.known': target(1.15, 1.35),
  },
  'buffer.isUtf8': { 'utf8.check.mixed': target(1) },
  Buffer: {
    'hex.encode.1k': target(3, 3.4),
    'hex.encode.1m': target(2, 2.2),
    'hex.decode.1k': target(1.6),
    'hex.decode.1m': target(1.6),
  },
  X509Certificate: { 'der.fields.rsa': target(25), 'der.fields.ec': target(25) },
  'node-forge': { 'der.fields.rsa': target(10) },
  limit: { 'policy.decide': target(1), 'policy.decide.session': target(1) },
};

/** undefined for a row without one */
export function targetOf(bench: string, peer: string): Target | undefined {
  return TARGETS[peer]?.[bench];
}
