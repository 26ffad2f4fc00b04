import { HexError, hexDecode, identifyKey } from '../../core/index.js';
import { contentOf } from '../read/file-content.js';
import type { OtherShape } from '../read/text-shapes.js';
import type { Examination, Fault, Item } from './examination.js';
import { ruleOf } from './store-keys.js';

const GARBAGE = 'The demo application takes every character for a digit, so TLS gets garbage and refuses it.';
const CONVERTS = ', which converts PEM and DER files to the hex of DER';

/**
 * The bytes of a value, which must be the hex digits of DER and nothing else.
 *
 * @returns undefined when it is anything else, which is noted
 */
export function bytesOf(item: Item, text: string, examination: Examination): Uint8Array | undefined {
  const remedy = examination.provision(item.key) + CONVERTS;
  const faultOf = (fault: Omit<Fault, 'remedy'>) => {
    examination.add(item, { ...fault, remedy });
    return undefined;
  };
  const looksLike = shapeOf(Buffer.from(text));
  if (looksLike === 'pem') {
    const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1];
    const what = `The value is PEM text${label ? ` (${label})` : ''}, not the hex digits of DER.`;
    return faultOf({ trap: 'pem-in-value', what, why: GARBAGE });
  }
  if (looksLike === 'base64') {
    return faultOf({ trap: 'base64-in-value', what: 'The value is base64, not the hex digits of DER.', why: GARBAGE });
  }
  try {
    const bytes = hexDecode(text);
    const inside = shapeOf(Buffer.from(bytes));
    if (inside === undefined) return bytes;
    const name = { pem: 'PEM text', base64: 'base64', hex: 'hex', 'utf-16': 'UTF-16 text' }[inside];
    const what = `The value is the hex of ${name}, not of DER.`;
    return faultOf({ trap: `hex-of-${inside}`, what, why: 'The device finds no DER in it and refuses it.' });
  } catch (error) {
    if (!(error instanceof HexError)) throw error;
    return faultOf(faultOfDigits(error, text, ruleOf(item.key).store === 'secret'));
  }
}

/** Text in place of DER. PEM is PEM, however its lines are broken. */
function shapeOf(bytes: Buffer): 'pem' | 'base64' | 'hex' | 'utf-16' | undefined {
  const { encoding, kind } = { kind: undefined, ...contentOf(bytes) };
  if (encoding === 'pem') return 'pem';
  if (encoding === 'other' && typeof kind === 'object') {
    const { shape } = kind as OtherShape;
    return shape === 'base64' || shape === 'hex' || shape === 'utf-16' ? shape : 'pem';
  }
  const found = identifyKey(bytes);
  return found === 'pem' || found === 'base64' || found === 'hex' ? found : undefined;
}

function faultOfDigits({ codeName, byteOffset }: HexError, text: string, secret: boolean): Omit<Fault, 'remedy'> {
  const spot = `character ${byteOffset + 1}`;
  if (codeName === 'HEX_ODD_LENGTH') {
    const what = `The value has ${text.length} hex digits, an odd number: one is missing, or one is too many.`;
    return {
      trap: 'odd-hex',
      spot,
      what,
      why: 'The last byte has only half of its digits, so the value was cut off or damaged.',
    };
  }
  const character = String.fromCodePoint(text.codePointAt(byteOffset) ?? 0);
  if (/\s/.test(character)) {
    const names: Record<string, string> = { '\n': 'a newline', '\r': 'a carriage return', '\t': 'a tab' };
    const what = `There is ${names[character] ?? 'a space'} in the hex digits.`;
    return { trap: 'space-in-hex', spot, what, why: GARBAGE };
  }
  // The value may be a password in the wrong place, so not even one of its characters is shown.
  const digit = secret ? 'The character' : JSON.stringify(character);
  const what = byteOffset === 1 && /^0x/i.test(text) ? 'The value begins with 0x.' : `${digit} is not a hex digit.`;
  return { trap: 'bad-hex-digit', spot, what, why: GARBAGE };
}
