// needs: bash, curl, jq, openssl, mosquitto_pub
import { execFile } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BrokerEvent, createBroker, passwordRules } from '../../../../host/broker/index.js';
import { pemOf } from '../../../../host/core/index.js';
import { openPki, PASSWORD } from './dojot-pki-rig.js';
import { EC, keysOf, requestFor, x509 } from './requests.js';

const [, ...BLOCKS] = readFileSync(join(import.meta.dirname, 'fixtures/documented-commands.sh'), 'utf8')
  .trim()
  .split('\n\n');

const { pki, call, enrol } = await openPki();

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

  it('lead to a connection with the broker, whose certificate is of the same CA, with the name of the entity', async () => {
    const keys = await keysOf(EC);
    const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]);
    const cert = await enrol('broker', await requestFor('broker', { extensions: [names] }));
    const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    const { json } = await call('GET', '/ca/IOTmidCA', { internal: true });
    const revoked = await call('GET', '/ca/IOTmidCA/crl', { internal: true });
    const events: BrokerEvent[] = [];
    const broker = await createBroker({
      listeners: [
        {
          protocol: 'mqtts',
          tls: {
            cert: pemOf('CERTIFICATE', cert),
            key: pemOf('PRIVATE KEY', Buffer.from(pkcs8)),
            ca: pemOf('CERTIFICATE', Buffer.from(json.certificate, 'base64')),
            crl: pemOf('X509 CRL', Buffer.from(revoked.json.CRL, 'base64')),
            requireCertificate: true,
          },
        },
      ],
      rules: passwordRules({ users: new Map(), useIdentityAsUsername: true }),
      log: (event) => events.push(event),
    });
    onTestFinished(() => broker.close());
    const documented = `mosquitto_pub -h myhost -p 30311 -t admin:a1998e/attrs -m '{"attr_example": 10 }' --cert client.crt  --key client.key --cafile root.crt`;
    const command = documented.replace('myhost', 'localhost').replace('30311', String(broker.listeners[0].port));
    const { code, stderr } = await bash(`${scriptOf(BLOCKS)}\n${command} -q 1`, folder());
    expect({ code, stderr: /Error.*/.exec(stderr)?.[0] }).toEqual({ code: 0 });
    expect(events).toContainEqual(expect.objectContaining({ type: 'connected', userName: 'admin:a1998e' }));
    expect(events).toContainEqual(expect.objectContaining({ type: 'published', topic: 'admin:a1998e/attrs' }));
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
