import { createPrivateKey, type KeyObject } from 'node:crypto';
import { checkPkcs8, DerError, describeResult } from '../../core/index.js';
import { CONTENT_NAMES } from '../read/content-names.js';
import { type DerKind, derKind, sequenceEnd } from '../read/der-shapes.js';
import type { Certificate } from './certificate-values.js';
import type { Examination, Fault, Item } from './examination.js';
import { bytesOf } from './hex-values.js';
import { checkRoom } from './value-lengths.js';

const REFUSES = 'The device takes only an unencrypted PKCS#8 key, and refuses any other when it connects.';

/** What may be stored in place of a PKCS#8 key. */
const WRONG: Partial<Record<DerKind, Pick<Fault, 'trap' | 'what'> & { why?: string; more?: string }>> = {
  pkcs1: {
    trap: 'key-pkcs1',
    what: 'The key is PKCS#1 (RSA PRIVATE KEY), as openssl rsa of OpenSSL 1.1 writes it, not PKCS#8.',
    more: ', which wraps it',
  },
  sec1: {
    trap: 'key-sec1',
    what: 'The key is SEC1 (EC PRIVATE KEY), as openssl ecparam and ec write it, not PKCS#8.',
    more: ', which wraps it',
  },
  'pkcs8-encrypted': {
    trap: 'key-encrypted',
    what: 'The key is encrypted with a pass-phrase.',
    more: ' --key-passphrase-file FILE',
  },
  'public-key': {
    trap: 'public-key-as-key',
    what: 'The public key is stored where the private key belongs.',
    why: 'The device cannot prove that its certificate is its own.',
  },
  certificate: {
    trap: 'certificate-as-key',
    what: 'A certificate is stored where the private key belongs.',
    why: 'The device cannot prove that its certificate is its own.',
  },
};

/** The private key of a value. Undefined when the value is not one, which is noted. */
export function privateKeyOf(item: Item, text: string, examination: Examination): KeyObject | undefined {
  const der = bytesOf(item, text, examination);
  if (!der) return undefined;
  const kind = derKind(der);
  if (kind && kind !== 'pkcs8') {
    const name = CONTENT_NAMES[kind];
    const what = `${name[0].toUpperCase()}${name.slice(1)} ${kind === 'pkcs7' ? 'are' : 'is'} stored where the private key belongs.`;
    const { more, why = REFUSES, ...fault } = WRONG[kind] ?? { trap: 'not-a-key', what };
    examination.add(item, { ...fault, why, remedy: examination.provision(item.key, more) });
    return undefined;
  }
  const refuse = (reason: string, spot?: string) => {
    examination.add(item, {
      trap: 'bad-key',
      spot,
      what: `The value is not a valid PKCS#8 key: ${reason}.`,
      why: REFUSES,
      remedy: `${examination.provision(item.key)}, with the whole file of the key`,
    });
    return undefined;
  };
  try {
    const end = sequenceEnd(der) ?? der.length;
    if (end < der.length) {
      const rest = der.length - end;
      return refuse(rest === 1 ? '1 byte follows it' : `${rest} bytes follow it`);
    }
    checkPkcs8(der);
    const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    checkRoom(item, der.length, examination);
    return key;
  } catch (error) {
    if (!(error instanceof DerError)) return refuse('OpenSSL does not accept it');
    return refuse(describeResult(error.code), `byte offset ${error.byteOffset}`);
  } finally {
    der.fill(0);
  }
}

/** The key must belong to the first certificate. */
export function checkPair(item: Item, key: KeyObject, [own]: Certificate[], examination: Examination): void {
  if (own.x509.checkPrivateKey(key)) return;
  examination.add(item, {
    trap: 'key-of-another-certificate',
    what: 'The key does not belong to the certificate in cert.',
    why: 'TLS refuses the pair before anything is sent.',
    remedy: `${examination.provision(item.key)}, with the certificate that was issued for this key`,
  });
}
