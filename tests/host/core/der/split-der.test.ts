import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readCertificates, splitDer } from '../../../../host/core/index.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const hexOf = (parts: Uint8Array[]) => parts.map((part) => Buffer.from(part).toString('hex'));
/** An OCTET STRING whose length takes one octet, two, or three. */
const octets = (length: number) => {
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x04, ...size]), Buffer.alloc(length, 7)]);
};

describe('splitDer', () => {
  it.each<[string, Buffer[]]>([
    ['one element', [hex('0500')]],
    ['elements of other types', [hex('0500'), hex('020105'), hex('3003020101')]],
    [
      'elements whose lengths take one, two and three octets (X.690 8.1.3.4, 8.1.3.5)',
      [0, 127, 128, 255, 256, 65_535].map(octets),
    ],
    ['an element that is wrong inside: only its own header is read', [hex('3003ffffff'), hex('0500')]],
  ])('separates %s', (_, elements) => {
    expect(hexOf(splitDer(Buffer.concat(elements)))).toEqual(hexOf(elements));
  });

  it.each<[string, string]>([
    ['no bytes', ''],
    ['half of a header', '0500 30'],
    ['a length that is cut off', '0500 3082 01'],
    ['an element that runs past the end (X.690 8.1.3)', '0500 0402 07'],
    ['a length that could be shorter (X.690 10.1)', '0481 01 07 0500'],
    ['an indefinite length (X.690 10.1)', '3080 0500 0000'],
    ['a length of more than four octets', '0485 00000000 01 07'],
    ['text', Buffer.from('-----BEGIN CERTIFICATE-----').toString('hex')],
  ])('returns %s in one piece, as it is', (_, text) => {
    const bytes = hex(text);
    const parts = splitDer(bytes);
    expect(parts).toHaveLength(1);
    expect(parts[0]).toBe(bytes);
  });

  it('separates a chain of certificates where readCertificates does', () => {
    const chain = rootCertificates.slice(0, 5).map((pem) => new X509Certificate(pem).raw);
    const parts = splitDer(Buffer.concat(chain));
    expect(hexOf(parts)).toEqual(hexOf(chain));
    expect(parts.map(({ length }) => length)).toEqual(
      readCertificates(Buffer.concat(chain)).map(({ length }) => length),
    );
  });

  it('returns views on the bytes, also on those in the middle of a buffer', () => {
    const whole = hex('ff 0500 020105 ff');
    const [, number] = splitDer(whole.subarray(1, 6));
    expect(number.buffer).toBe(whole.buffer);
    expect(hexOf([number])).toEqual(['020105']);
    whole[5] = 6;
    expect(hexOf([number])).toEqual(['020106']);
  });
});
