// needs: mosquitto, openssl, curl, jq
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from './command.js';
import { DojotSystem, portsOf } from './dojot-system.js';

/** The commands of dojot's document on certificates, as they stand there: addresses are put in when they are run. */
const CERTIFICATE = readFileSync(
  join(import.meta.dirname, '../host/dojot/pki/fixtures/documented-commands.sh'),
  'utf8',
);

const PUBLISH = `mosquitto_pub -h myhost -p 30311 -t admin:a1998e/attrs -m '{"attr_example": 10 }' --cert client.crt  --key client.key --cafile root.crt`;
const SUBSCRIBE = `mosquitto_sub -h myhost -p 30311 -t admin:a1998e/config --cert client.crt  --key client.key --cafile root.crt`;
const PUBLISH_PLAIN = ` mosquitto_pub -h myhost -p 30310 -t admin:a1998e/attrs -m '{"attr_example": 10 }' -u admin:a1998e`;
const SUBSCRIBE_PLAIN = ` mosquitto_sub -h myhost -p 30310 -t admin:a1998e/attrs -u admin:a1998e`;

let system: DojotSystem;
let broker: Command;
let pkiUrl: string;
let ports: Awaited<ReturnType<typeof portsOf>>;

beforeAll(async () => {
  system = new DojotSystem();
  await system.addUser();
  const { url, internalUrl } = await system.pki();
  pkiUrl = url;
  broker = system.broker({ EJBCA_ADDRESS: internalUrl, CRL_UPDATE_TIME: '* * * * * *' });
  ports = await portsOf(broker);
});

afterAll(() => system.remove());

const here = (script: string) =>
  script
    .replaceAll('http://myhost:8000', pkiUrl)
    .replaceAll('myhost', 'localhost')
    .replaceAll('30311', `${ports.tls}`)
    .replaceAll('30310', `${ports.plain}`);

const inCerts = (command: string) => `cd certs; exec ${here(command).trim()}`;

/** What the V2K bridge reads: one message, as `topic payload`. */
async function oneForKafka(send: () => Promise<{ code: number | null }>): Promise<string> {
  const from = broker.events.length;
  const bridge = system.start('mosquitto_sub', [
    '-p',
    `${ports.plain}`,
    '-u',
    'v2k-bridge',
    '-t',
    '$share/group/+/attrs',
    '-v',
    '-C',
    '1',
  ]);
  await broker.event('subscribed', () => true, from);
  expect((await send()).code).toBe(0);
  return (await bridge.ended).stdout.trim();
}

describe('the document on certificates, command by command', () => {
  it('gets a certificate for the device, which openssl verifies with the CA', async () => {
    const { code, stderr } = await system.shell(here(CERTIFICATE));
    expect(code, stderr).toBe(0);
    const verified = await system.shell(
      'cd certs; openssl verify -CAfile root.crt client.crt; openssl x509 -in client.crt -noout -subject',
    );
    expect(verified.stdout).toBe('client.crt: OK\nsubject=CN = admin:a1998e\n');
  });

  it('publishes with it, and the bridge reads what it published', async () => {
    expect(await oneForKafka(() => system.shell(inCerts(PUBLISH)))).toBe('admin:a1998e/attrs {"attr_example": 10 }');
  });

  it('subscribes with it, and gets what the bridge has for the device', async () => {
    const from = broker.events.length;
    const subscriber = system.start('bash', ['-c', `${inCerts(SUBSCRIBE)} -C 1`]);
    await broker.event('subscribed', () => true, from);
    const config = ['-u', 'k2v-bridge', '-t', 'admin:a1998e/config', '-m', '{"led":"on"}', '-q', '1'];
    expect((await system.start('mosquitto_pub', ['-p', `${ports.plain}`, ...config]).ended).code).toBe(0);
    expect((await subscriber.ended).stdout).toBe('{"led":"on"}\n');
  });

  it('publishes without a certificate on the plain port', async () => {
    expect(await oneForKafka(() => system.shell(inCerts(PUBLISH_PLAIN)))).toBe(
      'admin:a1998e/attrs {"attr_example": 10 }',
    );
  });

  it('subscribes to attrs in its last example, which its own rules refuse; here the log says why', async () => {
    const refused = await system.start('bash', ['-c', `${inCerts(SUBSCRIBE_PLAIN)} -E`]).ended;
    expect(refused.stderr).toContain('All subscription requests were denied');
    await broker.line(
      'stderr',
      /subscribes to admin:a1998e\/config only, not to admin:a1998e\/attrs: what a device publishes goes to Kafka\.$/,
    );
  });
});

it('the quick start of docs/dojot.md is these commands: the device publishes', async () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/dojot.md'), 'utf8');
  const commands = /```sh\n(export DOJOT_URL[\s\S]*?)```/.exec(document)![1];
  const script = commands.replaceAll('http://localhost:8000', pkiUrl).replaceAll('8883', `${ports.tls}`);
  expect(await oneForKafka(() => system.shell(`mkdir quick; cd quick\n${script}`))).toBe(
    'admin:a1998e/attrs {"attr_example": 10 }',
  );
});

it('a certificate that the PKI revokes ends the connection of its device, which does not come in again', async () => {
  const from = broker.events.length;
  system.start('bash', ['-c', `${inCerts(SUBSCRIBE)} -i revoked -q 1`]);
  await broker.event('subscribed', ({ clientId }) => clientId === 'revoked', from);
  const revoke = `
    JWT=$(curl -s -X POST ${pkiUrl}/auth -H 'Content-Type:application/json' -d '{"username": "user", "passwd": "password"}' | jq .jwt -r)
    curl -s -f -X DELETE "${pkiUrl}/user/admin:a1998e?reason=KEYCOMPROMISE" -H "Authorization: Bearer $JWT"`;
  const revoked = await system.shell(revoke);
  expect(revoked.code, revoked.stdout).toBe(0);
  const gone = await broker.event('disconnected', ({ clientId }) => clientId === 'revoked', from);
  expect(gone.reason).toMatch(/is revoked since/);
  await broker.event('refused', ({ reason }) => reason.includes('CERT_REVOKED'), from);
});
