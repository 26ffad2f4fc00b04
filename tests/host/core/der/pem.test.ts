import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { isPem, pemOf, readPem } from '../../../../host/core/index.js';
import { certificateOf } from '../support/crl-parts.js';

const block = (label: string, text = 'AAAA') => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----`;

describe('pemOf (RFC 7468)', () => {
  it.each<[number, number[]]>([
    [0, []],
    [1, [4]],
    [48, [64]],
    [49, [64, 4]],
    [96, [64, 64]],
  ])('writes %i bytes in lines of these lengths: %j', (length, lengths) => {
    const lines = pemOf('CERTIFICATE', Buffer.alloc(length)).split('\n');
    expect(lines[0]).toBe('-----BEGIN CERTIFICATE-----');
    expect(lines.slice(-2)).toEqual(['-----END CERTIFICATE-----', '']);
    expect(lines.slice(1, -2).map((line) => line.length)).toEqual(length === 0 ? [0] : lengths);
  });

  it('writes certificates as Node does', () => {
    for (const certificate of rootCertificates.slice(0, 5).map((pem) => new X509Certificate(pem))) {
      expect(pemOf('CERTIFICATE', certificate.raw)).toBe(certificate.toString());
    }
  });

  it('writes a PKCS#8 key that Node reads', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    const pem = pemOf('PRIVATE KEY', der);
    expect(pem).toBe(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(createPrivateKey(pem).equals(privateKey)).toBe(true);
  });

  it('writes the bytes of a view, not those around it', () => {
    const around = Uint8Array.from([9, 1, 2, 3, 9]);
    expect(pemOf('X', around.subarray(1, 4))).toBe('-----BEGIN X-----\nAQID\n-----END X-----\n');
  });
});

describe('isPem', () => {
  it.each<[string, string, boolean]>([
    ['a block', block('CERTIFICATE'), true],
    ['a block behind text for people (RFC 7468 2)', `subject=CN = a\n${block('CERTIFICATE')}`, true],
    ['a block that is cut off', '-----BEGIN CERTIFICATE-----\nAAAA', true],
    ['text without a block', 'AAAA', false],
    ['no bytes', '', false],
    ['a block behind text that begins with 0', `0 s:CN = dev1\n${block('CERTIFICATE')}`, true],
    ['a SEQUENCE, even with a BEGIN line in it', `0${block('CERTIFICATE')}`, false],
  ])('answers for %s', (_, text, expected) => {
    const bytes = Buffer.from(text);
    expect(isPem(bytes)).toBe(expected);
    expect(isPem(new Uint8Array(bytes))).toBe(expected);
  });

  it('answers no for a certificate with a BEGIN line in its text', () => {
    expect(isPem(certificateOf('01', 'ca\n-----BEGIN CERTIFICATE-----\n'))).toBe(false);
  });
});

describe('readPem (RFC 7468)', () => {
  const key = block('EC PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\n\nAAAA');

  it.each<[string, string, string[], string[]]>([
    ['one block', block('CERTIFICATE'), [block('CERTIFICATE')], []],
    ['blocks in their order, without the text around them', `a\n${key}\nb\n${block('X')}\nc`, [key, block('X')], []],
    ['blocks of one label', `${block('X', 'AA')}\n${block('X', 'BB')}`, [block('X', 'AA'), block('X', 'BB')], []],
    [
      'a block with line ends of Windows',
      block('X').replaceAll('\n', '\r\n'),
      [block('X').replaceAll('\n', '\r\n')],
      [],
    ],
    ['a block that is cut off', `${block('X')}\n-----BEGIN Y-----\nAAAA`, [block('X')], ['Y']],
    ['a block that ends with another label', '-----BEGIN X-----\nAAAA\n-----END Y-----', [], ['X']],
    [
      'a block cut off before a whole one of another label',
      `-----BEGIN Y-----\nAA\n${block('X')}`,
      [block('X')],
      ['Y'],
    ],
    [
      'a block cut off before a whole one of its label',
      `-----BEGIN X-----\nAA\n${block('X')}`,
      [`-----BEGIN X-----\nAA\n${block('X')}`],
      ['X'],
    ],
    ['text without a block', 'AAAA', [], []],
    ['a label in lower case, which is not one', block('certificate'), [], []],
  ])('finds %s', (_, text, blocks, unended) => {
    const found = readPem(text);
    expect(found.blocks.map((one) => one.text)).toEqual(blocks);
    expect(found.unended).toEqual(unended);
  });

  it('names the label of a block', () => {
    expect(readPem(`${key}\n${block('CERTIFICATE')}`).blocks).toEqual([
      { label: 'EC PRIVATE KEY', text: key },
      { label: 'CERTIFICATE', text: block('CERTIFICATE') },
    ]);
  });

  it('reads what pemOf writes', () => {
    const text = pemOf('CERTIFICATE', Buffer.alloc(100, 1)) + pemOf('PRIVATE KEY', Buffer.alloc(100, 2));
    expect(readPem(text).blocks.map(({ label }) => label)).toEqual(['CERTIFICATE', 'PRIVATE KEY']);
  });
});
