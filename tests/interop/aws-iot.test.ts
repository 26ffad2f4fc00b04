// needs: openssl, curl, hexdump, mosquitto_pub, mosquitto_sub
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from './authority.js';
import { Child, type Ended } from './child.js';
import { Command, cleanEnvironment } from './command.js';
import { commands } from './fixture-commands.js';
import { temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

const DOCUMENTED_BASE = 'https://microvisor.twilio.com';
const DEVICE_SID = `UV${'0123456789abcdef'.repeat(2)}`;

let authority: Authority;
let folder: string;
let files: string;
const undo = undoAfterEach();

beforeAll(() => {
  // AWS makes RSA keys for things, and their certificates are of a CA that nobody else has.
  authority = new Authority('A CA of AWS', 'rsa').issue('thing', { key: 'rsa', commonName: 'AWS IoT Certificate' });
});

afterAll(() => authority[Symbol.dispose]());

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
  files = join(folder, 'files');
  mkdirSync(files);
});

const policyFile = () => join(files, 'policy.json');

/** The document's policy, "replacing --ID-- with your account id". */
function writePolicy(change = (text: string) => text): void {
  const text = readFileSync(join(import.meta.dirname, 'fixtures/aws-policy.json'), 'utf8');
  writeFileSync(policyFile(), change(text.replaceAll('--ID--', '123456789012')));
}

function start(...args: string[]): Command {
  const command = new Command(args);
  undo.push(() => command.kill());
  return command;
}

/** AWS, as far as the document needs it: a thing whose name is the device SID, its certificate, and the policy attached. */
async function aws(): Promise<{ broker: Command; port: number; certificateId: string }> {
  const pki = ['--data', join(folder, 'aws')];
  const thing = ['--thing', DEVICE_SID, '--cert', authority.path('thing.pem'), '--policy', policyFile()];
  const broker = start('broker', '--profile', 'aws-iot', '-p', '0', '--json', ...pki, ...thing);
  const { listeners } = await broker.event('listening');
  const print = ['x509', '-in', authority.path('thing.pem'), '-noout', '-fingerprint', '-sha256'];
  const { stdout } = await new Child('openssl', print).ended;
  const certificateId = stdout.trim().replace(/^.*=/, '').replaceAll(':', '').toLowerCase();
  return { broker, port: listeners[0].port, certificateId };
}

/** "Importing the authentication credentials into Microvisor", with the files that AWS offers for download. */
async function provision(port: number, certificateId: string): Promise<Ended> {
  copyFileSync(join(folder, 'aws/pki/ca.pem'), join(files, 'AmazonRootCA1.pem'));
  copyFileSync(authority.path('thing.pem'), join(files, `${certificateId}-certificate.pem.crt`));
  copyFileSync(authority.path('thing.key'), join(files, `${certificateId}-private.pem.key`));
  const cloud = start('cloud', '--json', '--port', '0', '--data', join(folder, 'data'));
  const { url, accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN } = await cloud.event('listening');
  const script = ['set -e', ...commands('fixtures/aws-commands.sh')].join('\n').replaceAll(DOCUMENTED_BASE, url);
  const env = cleanEnvironment({
    ...{ TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, MV_DEVICE_SID: DEVICE_SID },
    ...{ AWS_CERTIFICATE_ID: certificateId, BROKER_HOST: 'localhost', BROKER_PORT: `${port}` },
  });
  const result = await new Child('bash', ['--norc', '-c', script], { cwd: files, env }).ended;
  await cloud.interrupt();
  return result;
}

const run = () => {
  const common = ['run', '--json', '--data', join(folder, 'data'), '--device-sid', DEVICE_SID, '--cloud-port', '0'];
  return start(...common, '--interval', '200ms');
};

describe('the document about AWS IoT, from the policy to the demo', () => {
  it('ends with a device that publishes and receives, and that is refused with the reason when the policy is changed', async () => {
    writePolicy();
    const { broker, port, certificateId } = await aws();
    expect(await provision(port, certificateId)).toMatchObject({ code: 0 });
    const device = run();
    await device.event('subscribed', ({ topic }) => topic === `command/device/${DEVICE_SID}`);
    await device.event('published');
    expect(await broker.event('connected')).toMatchObject({ clientId: DEVICE_SID });
    expect(broker.events.filter(({ event }) => event === 'policy refusal')).toEqual([]);

    // "topics which do not match the AWS Policy will result in the AWS MQTT broker immediately disconnecting the client"
    writePolicy((text) => text.replaceAll('topic/sensor/device/', 'topic/sensor/devices/'));
    const refusal = await broker.event('policy refusal');
    expect(refusal).toMatchObject({
      clientId: DEVICE_SID,
      certificateId,
      action: 'iot:Publish',
      resource: `topic/sensor/device/${DEVICE_SID}`,
      statement: null,
      nearest: `topic/sensor/devices/${DEVICE_SID}`,
    });
    expect(refusal.reason).toContain(`no statement allows iot:Publish on topic/sensor/device/${DEVICE_SID}`);
    expect(refusal.edit).toEqual(expect.any(String));
    const { reasonCode } = await broker.event('disconnected', ({ clientId }) => clientId === DEVICE_SID);
    expect(reasonCode).toBe(0x87);

    const before = broker.events.length;
    writePolicy();
    expect(await broker.event('reloaded', () => true, before)).toMatchObject({ done: true });
    await broker.event('connected', ({ clientId }) => clientId === DEVICE_SID, before);
  });

  it('lets nobody in as long as --ID-- stands in the policy, and says so', async () => {
    copyFileSync(join(import.meta.dirname, 'fixtures/aws-policy.json'), policyFile());
    const { broker, port, certificateId } = await aws();
    expect(await provision(port, certificateId)).toMatchObject({ code: 0 });
    run();
    const { action, reason, edit } = await broker.event('policy refusal');
    expect(action).toBe('iot:Connect');
    expect(reason).toContain('"--ID--" is left where the account belongs');
    expect(edit).toContain('123456789012');
  });
});
