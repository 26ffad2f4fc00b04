// needs: bash, curl, jq, openssl
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPki, PASSWORD } from './dojot-pki-rig.js';

const [, ...BLOCKS] = readFileSync(join(import.meta.dirname, 'fixtures/documented-commands.sh'), 'utf8')
  .trim()
  .split('\n\n');

const { pki, call } = await openPki();

/** Runs a script as a shell runs it that somebody types into. */
function bash(script: string, cwd: string): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH };
    execFile('bash', ['--norc', '-c', script], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The values that a reader is told to change. */
const VALUES: readonly (readonly [string, string])[] = [
  ['DOJOT_URL=http://myhost:8000', `DOJOT_URL=${pki.url}`],
  ['DOJOT_DNS=myhost', 'DOJOT_DNS=localhost'],
];

/** What follows from the certificate that the commands have written, with openssl. */
const CHECKS = `
echo; echo ---
openssl verify -CAfile root.crt client.crt
openssl x509 -in client.crt -noout -subject -issuer -ext subjectAltName,keyUsage,basicConstraints
openssl x509 -in client.crt -noout -pubkey > from-certificate.pem
openssl pkey -in client.key -pubout > from-key.pem
cmp from-certificate.pem from-key.pem && echo same key
curl -s \${DOJOT_URL}/ca/\${CA_NAME}/crl -H "Authorization: Bearer \${JWT}" | jq -r .CRL | base64 -d | openssl crl -inform der -out ca.crl
cat root.crt ca.crl > both.pem
openssl verify -crl_check -CAfile both.pem client.crt
`;

function scriptOf(blocks: readonly string[]): string {
  const text = blocks.join('\n');
  return VALUES.reduce((script, [from, to]) => script.replace(from, to), text);
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wasmqtt-document-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("the commands of dojot's document", () => {
  it('are all here, and end with a certificate and a root that openssl takes', async () => {
    expect(BLOCKS).toHaveLength(15);
    const { stdout, code } = await bash(scriptOf(BLOCKS) + CHECKS, folder());
    const [answers, checks] = stdout.split('---\n');
    expect(answers).toContain('user created/edited with success.');
    expect(
      checks
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ).toEqual([
      'client.crt: OK',
      'subject=CN = admin:a1998e',
      'issuer=CN = IOTmidCA, O = EJBCA',
      'X509v3 Basic Constraints:',
      'CA:FALSE',
      'X509v3 Key Usage:',
      'Digital Signature, Non Repudiation, Key Encipherment',
      'X509v3 Subject Alternative Name:',
      'DNS:localhost',
      'same key',
      'client.crt: OK',
    ]);
    expect(code).toBe(0);
  });

  it('can be run a second time, which renews the certificate', async () => {
    const cwd = folder();
    const again = BLOCKS.filter((block) => !/^mkdir/.test(block)).join('\n');
    const { stdout } = await bash(
      `${scriptOf(BLOCKS)}\ncp client.crt first.crt\n${scriptOf([again])}\n${CHECKS}\ncmp client.crt first.crt`,
      cwd,
    );
    expect(stdout.match(/client.crt: OK/g)).toHaveLength(2);
    expect(stdout).toContain('client.crt first.crt differ');
  });

  it('get no certificate with a wrong password: curl shows what is wrong', async () => {
    const script = scriptOf(BLOCKS).replaceAll(`DOJOT_PASSWORD=${PASSWORD}`, 'DOJOT_PASSWORD=wrong');
    const { stdout } = await bash(script, folder());
    expect(stdout).toMatch(/"the token was not made here/);
    expect((await call('GET', '/user/admin:nobody/find', { internal: true })).status).toBe(404);
  });
});
