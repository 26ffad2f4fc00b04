/** How many times as fast as the peer a row is to be, by peer and row. A row that is not here has no target. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'mqtt-packet': {
    'decode.cursor.A': 50,
    'decode.cursor.B': 50,
    'decode.cursor.C': 40,
    'decode.cursor.D': 40,
    'decode.cursor.mix': 40,
    'decode.object.A': 14,
    'decode.object.B': 15,
    'decode.object.C': 14,
    'decode.object.D': 13,
    'decode.object.A-cold': 11,
    'decode.object.mix': 11,
    'decode.object.cjk': 6,
    'decode.bytewise.4k': 20,
    'decode.chunks1500.mix': 8,
    'encode.buffer.A': 5.5,
    'encode.buffer.B': 11,
    'encode.buffer.C': 14,
    'encode.buffer.D': 12,
    'encode.buffer.cjk': 3,
    'encode.batch.A': 7,
    'encode.batch.B': 16,
    'encode.batch.C': 15,
    'encode.batch.D': 13,
    'encode.prepared.A': 17,
    'dropin.encode.A': 5,
  },
  '@sap/xb-msg-mqtt-v311': {
    'decode.object.A': 2,
    'decode.object.D': 2,
    'decode.object.mix': 2,
    'encode.batch.A': 2,
    'encode.batch.D': 2,
  },
  control: {
    'decode.object.A': 1.3,
    'decode.object.A-cold': 1.3,
    'decode.object.mix': 1.15,
  },
  'buffer.isUtf8': { 'utf8.check.mixed': 1 },
  Buffer: {
    'hex.encode.1k': 3,
    'hex.encode.1m': 2,
    'hex.decode.1k': 1.6,
    'hex.decode.1m': 1.6,
  },
  X509Certificate: { 'der.fields.rsa': 25, 'der.fields.ec': 25 },
  'node-forge': { 'der.fields.rsa': 10 },
  limit: { 'policy.decide': 1, 'policy.decide.session': 1 },
};

/** undefined for a row without one */
export function targetOf(bench: string, peer: string): number | undefined {
  return TARGETS[peer]?.[bench];
}
