// needs: openssl, bash, hexdump
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keySource } from '../../../../host/cli/output/curl-commands.js';
import { convertedPkcs8, openKeyFile } from '../../../../host/credentials/index.js';
import type { Authority } from '../../../interop/authority.js';
import { ed25519Version2, makeKeys, pem, rsaWithoutNull } from '../../credentials/odd-keys.js';

let pki: Authority;

beforeAll(() => {
  pki = makeKeys();
});

afterAll(() => pki[Symbol.dispose]());

it.each<[string, () => string | Buffer]>([
  ['PKCS#8 in DER', () => pki.read('ec.der')],
  ['PKCS#8 in PEM', () => pki.read('ec.key')],
  ['Ed25519 of version 2 in DER', () => ed25519Version2(pki)],
  ['Ed25519 of version 2 in PEM', () => pem('PRIVATE KEY', ed25519Version2(pki))],
  ['RSA without NULL in DER', () => rsaWithoutNull(pki)],
  ['RSA without NULL in PEM', () => pem('PRIVATE KEY', rsaWithoutNull(pki))],
])('the command of a dry run prints what would be stored: %s', (_, content) => {
  const file = openKeyFile({ option: '--key', path: pki.write('given key', content()) });
  const stored = convertedPkcs8(file).toString('hex');
  const command = `set -e -o pipefail; value=$(${keySource(file, stored)}); printf %s "$value"`;
  expect(execFileSync('bash', ['-c', command], { encoding: 'utf8' })).toBe(stored);
});
