import { Buffer, isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { Result } from '../../../build/abi/core.js';
import { type HexError, hexDecode, hexEncode } from '../../../host/core/index.js';
import { type Build, bothBuilds } from '../../exhaustive/checks/exhaustive-check.js';
import { Difference, judge, type Outcome, type Subject, verdictOf } from './subject.js';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), maxLength: 600 });
/** Characters beside the digits, and such whose lowest octet is one. */
const strange = fc.constantFrom(...'/:@G`g \n\0\u0130\u0161\u0230\u{10330}é');

/** Digits with now and then something else among them. */
const hexText = fc
  .tuple(digits, fc.array(fc.tuple(fc.nat({ max: 600 }), strange), { maxLength: 2 }))
  .map(([text, others]) => others.reduce((all, [at, other]) => all.slice(0, at) + other + all.slice(at), text));

/** Buffer reads up to the first pair that is none. */
function bufferDecodes(text: string): Buffer {
  const bytes = Buffer.from(text, 'hex');
  if (bytes.length * 2 !== text.length) throw new Error('stops early');
  return bytes;
}

/** Where we say it is wrong: all before it are digits, and it is none, or it is the odd last one. */
function checkOffset(text: string, { code, byteOffset }: HexError): void {
  const even = text.slice(0, byteOffset) + (byteOffset % 2 === 0 ? '' : '0');
  const isGoodBefore = even.length === 2 * Buffer.from(even, 'hex').length;
  const isDigit = /^[0-9a-fA-F]$/.test(text.charAt(byteOffset));
  const isRight = code === Result.HEX_ODD_LENGTH ? isDigit && byteOffset === text.length - 1 : !isDigit;
  if (!isGoodBefore || !isRight) throw new Difference(`hex: offset ${byteOffset} of ${JSON.stringify(text)}`);
}

export const hexTexts: Subject<string> = {
  name: 'hex-decode',
  peer: 'Buffer',
  runs: 5_000,
  expects: ['both accept', 'both refuse'],
  arbitrary: hexText,
  compare(text) {
    const outcome = judge(
      'hex-decode',
      verdictOf(() => hexDecode(text)),
      verdictOf(() => bufferDecodes(text)),
      Buffer.from(text),
    );
    if (outcome === 'both accept' && !bufferDecodes(text).equals(hexDecode(text)))
      throw new Difference(`hex: ${JSON.stringify(text)}`);
    try {
      hexDecode(text);
    } catch (error) {
      checkOffset(text, error as HexError);
    }
    return outcome;
  },
};

export const hexBytes: Subject<Uint8Array> = {
  name: 'hex-encode',
  peer: 'Buffer',
  runs: 3_000,
  expects: ['both accept'],
  arbitrary: fc.uint8Array({ maxLength: 600 }),
  compare(bytes): Outcome {
    const text = hexEncode(bytes);
    if (text !== Buffer.from(bytes).toString('hex'))
      throw new Difference(`hex of ${Buffer.from(bytes).toString('hex')}: ${text}`);
    return 'both accept';
  },
};

/** Text of every kind, with octets changed in it, put in and cut off. */
const nearlyText = fc
  .tuple(
    fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: 'grapheme-ascii', maxLength: 80 })),
    fc.array(fc.tuple(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 255 })), { maxLength: 2 }),
    fc.nat({ max: 4 }),
  )
  .map(([text, octets, cut]) => {
    const bytes = Buffer.from(text);
    for (const [at, octet] of octets) if (bytes.length > 0) bytes[at % bytes.length] = octet;
    return bytes.subarray(0, bytes.length - Math.min(cut === 4 ? 1 : 0, bytes.length));
  });

let builds: Build[] | undefined;

export const utf8Texts: Subject<Buffer> = {
  name: 'utf8',
  peer: "Node's isUtf8",
  runs: 5_000,
  expects: ['both accept', 'both refuse'],
  arbitrary: fc.oneof(
    nearlyText,
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  ),
  compare(bytes) {
    builds ??= bothBuilds();
    const peer = isUtf8(bytes) && !bytes.includes(0) ? undefined : 'not UTF-8, or U+0000';
    let outcome: Outcome = 'both accept';
    for (const { core, u8, end, record } of builds) {
      u8.set(bytes, end - bytes.length);
      const result = core.utf8_check(end - bytes.length, bytes.length, record);
      outcome = judge('utf8', result === 0 ? undefined : String(result), peer, bytes);
      if (outcome !== 'both refuse') continue;
      // Up to the fault the peer has nothing against it, and with what begins there it has.
      const at = u8.readUInt32LE(record);
      const before = bytes.subarray(0, at);
      if (!isUtf8(before) || before.includes(0)) throw new Difference(`utf8: offset ${at} of ${bytes.toString('hex')}`);
    }
    return outcome;
  },
};
