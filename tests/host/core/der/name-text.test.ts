// needs: openssl
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nameAttributes, nameText, pemOf } from '../../../../host/core/index.js';

/** An element of DER. */
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...octets), content]);
}

const SEQUENCE = 0x30;
const OIDS = {
  CN: '550403',
  O: '55040a',
  C: '550406',
  SN: '550404',
  serialNumber: '550405',
  DC: '0992268993f22c640119',
  UID: '0992268993f22c640101',
  emailAddress: '2a864886f70d010901',
  jurisdictionC: '2b0601040182373c020103',
  unknown: '2a0304',
};

type Attribute = [oid: keyof typeof OIDS, value: string | Uint8Array, tag?: number];

/** A Name of relative names, in the order given. UTF8String unless a tag says otherwise. */
function makeName(...relative: Attribute[][]): Buffer {
  const attribute = ([oid, value, tag = 12]: Attribute) =>
    element(SEQUENCE, element(6, Buffer.from(OIDS[oid], 'hex')), element(tag, Buffer.from(value as string)));
  return element(SEQUENCE, ...relative.map((attributes) => element(0x31, ...attributes.map(attribute))));
}

const spki = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });

/** What openssl prints for the subject of a certificate. */
function byOpenssl(name: Buffer): string {
  const algorithm = element(SEQUENCE, element(6, Buffer.from('2b6570', 'hex')));
  const validity = element(SEQUENCE, ...Array(2).fill(element(23, Buffer.from('250101000000Z'))));
  const issuer = makeName([['CN', 'x']]);
  const tbs = element(SEQUENCE, element(2, Buffer.of(1)), algorithm, issuer, validity, name, spki);
  const certificate = element(SEQUENCE, tbs, algorithm, element(3, Buffer.alloc(65)));
  const args = ['x509', '-noout', '-subject', '-nameopt', 'RFC2253'];
  const printed = execFileSync('openssl', args, { input: pemOf('CERTIFICATE', certificate), encoding: 'utf8' });
  return printed.slice('subject='.length, -1);
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('a Name as text is what openssl prints with RFC2253', () => {
  it.each<[string, Attribute[][], string?]>([
    [
      'with the last relative name first',
      [[['C', 'DE', 19]], [['O', 'Test']], [['CN', 'device-1']]],
      'CN=device-1,O=Test,C=DE',
    ],
    [
      'with several attributes in one relative name',
      [
        [['O', 'Test']],
        [
          ['CN', 'a'],
          ['serialNumber', '7'],
          ['UID', 'u'],
        ],
      ],
    ],
    ['with no relative name', [], ''],
    ['with an empty value', [[['CN', '']]], 'CN='],
    ['with signs that are escaped', [[['CN', 'a,b+c"d\\e<f>g;h=i#j']]], 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h=i#j'],
    ['with a hash at its start', [[['CN', '#a#']]], 'CN=\\#a#'],
    ['that is a hash', [[['CN', '#']]]],
    ['with spaces at its ends', [[['CN', '  a b  ']]], 'CN=\\  a b \\ '],
    ['that is a space', [[['CN', ' ']]]],
    ['with characters beyond ASCII', [[['CN', 'Łódź €']]], 'CN=\\C5\\81\\C3\\B3d\\C5\\BA \\E2\\82\\AC'],
    ['with control characters', [[['CN', 'a\nb\0c\x7fd']]]],
    [
      'of other names of attributes',
      [[['DC', 'x', 22]], [['emailAddress', 'a@b', 22]], [['jurisdictionC', 'DE', 19]], [['SN', 's']]],
    ],
    ['of an attribute without a name', [[['unknown', 'x']], [['CN', 'a']]], 'CN=a,1.2.3.4=#0C0178'],
    ['of a long attribute without a name', [[['unknown', 'x'.repeat(300)]]]],
    ['of a BMPString', [[['CN', utf16('a,ü€'), 30]]]],
    ['of a UniversalString', [[['CN', Buffer.from('0000006100000020000020ac', 'hex'), 28]]]],
    ['of a TeletexString', [[['CN', Buffer.from('61fc', 'hex'), 20]]]],
    ['that begins with a byte order mark', [[['CN', '\ufeffa']]], 'CN=\\EF\\BB\\BFa'],
    ['with the last sign of ASCII', [[['CN', '~']]], 'CN=~'],
    ['of another type than string', [[['CN', Buffer.of(0, 7), 3]]], 'CN=#03020007'],
  ])('%s', (_, relative, expected) => {
    const name = makeName(...relative);
    const text = nameText(name);
    if (expected !== undefined) expect(text).toBe(expected);
    expect(text).toBe(byOpenssl(name));
  });

  it('for any text', () => {
    const signs = [...',+"\\<>;# =aé€😀\0\n\x7f'];
    let state = 1;
    const random = (limit: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >> 8) % limit;
    };
    const value = () => Array.from({ length: random(6) }, () => signs[random(signs.length)]).join('');
    const name = makeName(...Array.from({ length: 400 }, (): Attribute[] => [['CN', value()]]));
    expect(nameText(name)).toBe(byOpenssl(name));
  });
});

describe('the attributes of a Name', () => {
  it('are in the order of the certificate, without text where they are not text', () => {
    const name = makeName(
      [['CN', 'first']],
      [
        ['CN', 'second'],
        ['O', Buffer.of(1), 2],
      ],
    );
    expect(nameAttributes(name)).toEqual([
      { type: '2.5.4.3', text: 'first' },
      { type: '2.5.4.3', text: 'second' },
      { type: '2.5.4.10', text: undefined },
    ]);
  });
});

describe('a Name that openssl does not read', () => {
  it('has the octets of a UTF8String that is not UTF-8', () => {
    expect(nameText(makeName([['CN', Buffer.from('61ff62', 'hex')]]))).toBe('CN=a\\FFb');
  });
});

describe('what is not a Name', () => {
  it.each([
    ['an element of another type', '0500'],
    ['a SEQUENCE of what is no SET', '30023000'],
    ['a SET of what is no SEQUENCE', '30043102 0500'],
    ['an attribute that is empty', '30043102 3000'],
    ['an attribute without a value', '30073105 3003 06012a'],
    ['an attribute whose type is no object identifier', '300c 310a 3008 0c0161 0c0361 6263'],
    ['nothing', ''],
    ['two Names', '3000 3000'],
    ['a Name that is cut off', '3002'],
    ['a length that is cut off', '3084'],
    ['an attribute with two values', '300d 310b 3009 06012a 0c0161 0c0161'],
  ])('is refused: %s', (_, hex) => {
    const name = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(() => nameText(name)).toThrow(/not a Name/);
    expect(() => nameAttributes(name)).toThrow(/not a Name/);
  });

  it('is refused with its cause', () => {
    expect(() => nameText(Buffer.from('3002', 'hex'))).toThrow(
      expect.objectContaining({ cause: new RangeError('an element of DER is cut off') }),
    );
    expect(() => nameText('CN=a' as never)).toThrow(/a Name/);
  });
});
