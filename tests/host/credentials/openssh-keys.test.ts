// needs: openssl, ssh-keygen
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Authority } from '../../interop/authority.js';
import { derFrom, followAdvice, refusal } from './file-rig.js';

let pki: Authority;

beforeAll(() => {
  pki = new Authority('Root');
});

afterAll(() => pki[Symbol.dispose]());

function keygen(type: string, ...args: string[]): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', pki.path(type), ...args]);
  return pki.path(type);
}

it.each(['ecdsa', 'rsa'])('a key of OpenSSH (%s) is named, and ssh-keygen converts it', (type) => {
  const path = keygen(type);
  const sentence = refusal(pki, () => derFrom('--key', path));
  expect(sentence).toMatch(
    new RegExp(`^--key ${type}: holds a key of OpenSSH where a private key belongs; convert a copy: .*ssh-keygen`),
  );
  const converted = followAdvice(pki, sentence, type);
  pki.openssl('pkcs8', '-topk8', '-nocrypt', '-in', `${type}.key`, '-outform', 'der', '-out', `${type}.der`);
  expect(derFrom('--key', converted)).toEqual(pki.read(`${type}.der`));
});

it('ssh-keygen does not convert Ed25519, which is said', () => {
  const path = keygen('ed25519');
  expect(refusal(pki, () => derFrom('--key', path))).toMatch(
    /^--key ed25519: holds a key of OpenSSH where .*; ssh-keygen cannot convert Ed25519; make a new key/,
  );
});
