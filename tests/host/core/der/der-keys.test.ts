// needs: openssl
import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DerLimit, PrivateKeyRecord, Result } from '../../../../build/abi/core.js';
import { readPrivateKey, wrapPkcs8 } from '../../../../host/core/der/index.js';
import { core } from '../../../../host/core/engine/core.js';
import { scratch } from '../../../../host/core/engine/scratch.js';
import { failure } from '../support/der-failure.js';
import { KEY_TYPES, type KeyType, OpenSsl } from '../support/openssl.js';

const TYPES = Object.keys(KEY_TYPES) as KeyType[];
const openssl = new OpenSsl();

beforeAll(() => {
  for (const type of TYPES) openssl.makeKey(type);
});
afterAll(() => openssl[Symbol.dispose]());

/** A key in its own format, and as written by openssl pkcs8 -topk8 -nocrypt -outform der. */
function bothForms(type: KeyType, ...options: string[]): { own: Buffer; pkcs8: Buffer } {
  const isRsa = type.startsWith('rsa');
  if (isRsa) openssl.run('rsa', '-in', `${type}.key`, '-traditional', '-outform', 'der', '-out', 'own.der');
  else openssl.run('ec', '-in', `${type}.key`, '-outform', 'der', '-out', 'own.der', ...options);
  openssl.run('pkcs8', '-topk8', '-nocrypt', '-inform', 'der', '-in', 'own.der', '-outform', 'der', '-out', 'p8.der');
  return { own: openssl.read('own.der'), pkcs8: openssl.read('p8.der') };
}

const WRAPPED = ['rsa-2048', 'rsa-4096', 'p-256', 'p-384', 'p-521'] as const;

describe('wrapPkcs8 (RFC 5208 5)', () => {
  it.each(WRAPPED)('returns byte for byte what openssl pkcs8 -topk8 -nocrypt writes for a %s key', (type) => {
    const { own, pkcs8 } = bothForms(type);
    expect(Buffer.compare(wrapPkcs8(own), pkcs8)).toBe(0);
  });

  it.each(['p-256', 'p-384'] as const)(
    'does so for a %s key without its public key, and with a compressed one',
    (type) => {
      for (const option of [['-no_public'], ['-conv_form', 'compressed']]) {
        const { own, pkcs8 } = bothForms(type, ...option);
        expect(Buffer.compare(wrapPkcs8(own), pkcs8), option.join(' ')).toBe(0);
      }
    },
  );

  it.each(TYPES)('returns a PKCS#8 %s key as it is', (type) => {
    const pkcs8 = openssl.convert('pkcs8', type, '-topk8', '-nocrypt', '-outform', 'der');
    expect(Buffer.compare(wrapPkcs8(pkcs8), pkcs8)).toBe(0);
  });

  it('refuses an encrypted key, and a SEC1 key that does not name its curve', () => {
    const encrypted = openssl.convert('pkcs8', 'p-256', '-topk8', '-outform', 'der', '-passout', 'pass:secret');
    expect(failure(() => wrapPkcs8(encrypted))).toMatchObject({ codeName: 'KEY_ENCRYPTED', clause: 'RFC 5958 3' });
    const bare = Buffer.from(`302502010104${'20'}${'55'.repeat(32)}`, 'hex');
    expect(failure(() => wrapPkcs8(bare)).codeName).toBe('KEY_PARAMETERS');
  });

  it('needs DerLimit.WRAPPING bytes more than the key, uses no more, and leaves zeros after the result', () => {
    for (const type of ['rsa-2048', 'p-256'] as const) {
      const { own, pkcs8 } = bothForms(type);
      const room = own.length + DerLimit.WRAPPING;
      const key = scratch.reserve(PrivateKeyRecord.SIZE);
      const input = scratch.take(own.length);
      const output = scratch.take(room + 128) + 64;
      scratch.u8.set(own, input);
      scratch.u8.fill(0xee, output - 64, output + room + 64);
      expect(core.key_wrap_pkcs8(input, own.length, output, room - 1, key)).toBe(Result.OUT_OF_SPACE);
      expect(scratch.u8[output]).toBe(0xee);
      expect(core.key_wrap_pkcs8(input, own.length, output, room, key)).toBe(pkcs8.length);
      const behind = scratch.u8.subarray(output + pkcs8.length, output + room);
      expect(behind.every((octet) => octet === 0)).toBe(true);
      const around = [scratch.u8.subarray(output - 64, output), scratch.u8.subarray(output + room, output + room + 64)];
      expect(Buffer.concat(around).every((octet) => octet === 0xee)).toBe(true);
      core.memory_wipe(key, output + room - key);
    }
  });

  it('leaves nothing of the key in the memory of the core', () => {
    const { own } = bothForms('p-256');
    const secret = own.subarray(7, 7 + 32);
    const wrapped = wrapPkcs8(own);
    expect(Buffer.from(wrapped).includes(secret)).toBe(true);
    expect(scratch.u8.includes(secret)).toBe(false);
    failure(() => wrapPkcs8(Buffer.concat([own, own])));
    expect(scratch.u8.includes(secret)).toBe(false);
  });
});

describe('readPrivateKey', () => {
  it.each(WRAPPED)('reads a %s key in its own format as Node does', (type) => {
    const { own } = bothForms(type);
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(openssl.read(`${type}.key`));
    const info = readPrivateKey(own);
    expect(info.algorithm).toBe(asymmetricKeyType);
    expect(info.format).toBe(type.startsWith('rsa') ? 'pkcs1' : 'sec1');
    if (type.startsWith('rsa')) expect(info.bits).toBe(asymmetricKeyDetails?.modulusLength);
  });

  it('reports that a key is encrypted', () => {
    const encrypted = openssl.convert('pkcs8', 'ed25519', '-topk8', '-outform', 'der', '-passout', 'pass:secret');
    expect(readPrivateKey(encrypted)).toMatchObject({ format: 'pkcs8-encrypted', algorithm: 'unknown' });
  });

  it('refuses bytes that are not a key', () => {
    expect(failure(() => readPrivateKey(Buffer.from('0500', 'hex'))).codeName).toBe('KEY_FORMAT');
  });
});
