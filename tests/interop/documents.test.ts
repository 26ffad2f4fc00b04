// needs: mosquitto, mosquitto_pub, mosquitto_sub, openssl, curl, hexdump
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from './authority.js';
import { Child, type Ended } from './child.js';
import { Command, cleanEnvironment, type JsonEvent } from './command.js';
import { works } from './device-works.js';
import { commands } from './fixture-commands.js';
import { Mosquitto, type MosquittoOptions } from './mosquitto.js';
import { temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

const DOCUMENTED_BASE = 'https://microvisor.twilio.com';
const DEVICE_SID = `UV${'0123456789abcdef'.repeat(2)}`;
const USER = { name: 'ann+b', password: 'p%40 "s"&\\$w=rd;ü' };

let authority: Authority;
let data: string;
let files: string;
let cloud: Command;
let listening: JsonEvent;
const undo = undoAfterEach();

beforeAll(() => {
  authority = new Authority('Documents CA', 'rsa');
  authority.issue('server', { names: 'DNS:localhost' }).issue('watcher').issue('thing', { key: 'rsa' });
});

afterAll(() => authority[Symbol.dispose]());

beforeEach(async () => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  data = join(temporary.folder, 'data');
  files = join(temporary.folder, 'files');
  mkdirSync(files);
  cloud = new Command(['cloud', '--json', '--port', '0', '--data', data]);
  undo.push(() => cloud.kill());
  listening = await cloud.event('listening');
});

async function mosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const broker = await Mosquitto.start(authority, options);
  undo.push(() => broker.remove());
  return broker;
}

/** Runs documented commands in the folder of the user's files, unchanged but for the base address. */
function shell(blocks: string[], env: Record<string, string> = {}): Promise<Ended> {
  const base = listening.url;
  const script = ['set -e', ...blocks].join('\n').replaceAll(DOCUMENTED_BASE, base);
  const { accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN } = listening;
  const exports = { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, MV_DEVICE_SID: DEVICE_SID, ...env };
  return new Child('bash', ['--norc', '-c', script], { cwd: files, env: cleanEnvironment(exports) }).ended;
}

function run(...args: string[]): Command {
  const common = ['run', '--json', '--data', data, '--device-sid', DEVICE_SID, '--cloud-port', '0'];
  const device = new Command([...common, '--interval', '200ms', ...args]);
  undo.push(() => device.kill());
  return device;
}

async function call(method: string, path: string, form?: Record<string, string>) {
  const authorization = `Basic ${btoa(`${listening.accountSid}:${listening.authToken}`)}`;
  const body = form && new URLSearchParams(form);
  const response = await fetch(`${listening.url}/v1${path}`, { method, headers: { authorization }, body });
  return { status: response.status, text: await response.text(), headers: JSON.stringify([...response.headers]) };
}

describe('the guide for any broker provisions a device that runs from the store alone', () => {
  const guide = () => commands('../host/cloud/fixtures/documented-commands.sh');
  const provision = (keys: string[]) => guide().filter((command) => keys.includes(/Key=([^"]+)/.exec(command)![1]));

  it('with a certificate and a client id', async () => {
    const broker = await mosquitto({ requireCertificate: true });
    copyFileSync(authority.path('ca.pem'), join(files, 'root-ca.pem'));
    copyFileSync(authority.path('thing.pem'), join(files, 'client-certificate.pem'));
    copyFileSync(authority.path('thing.key'), join(files, 'client-private-key.pem'));
    expect(await shell(commands('fixtures/conversion-commands.sh'))).toMatchObject({ code: 0 });
    const keys = ['broker-host', 'broker-port', 'client-id', 'root-CA', 'cert', 'private_key'];
    const result = await shell(provision(keys), {
      BROKER_HOST: 'localhost',
      BROKER_PORT: `${broker.port}`,
      MQTT_CLIENT_ID: 'pump-7',
      CA_CHAIN_FILE: 'root-ca.der',
      CERTIFICATE_FILE: 'client-certificate.der',
      PRIVATE_KEY_FILE: 'client-private-key.der',
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const device = run();
    expect(await device.event('device')).toMatchObject({ source: 'store', deviceSid: DEVICE_SID });
    await works(broker, device, 'pump-7');
  });

  it('with user name and password, under 3.1.1', async () => {
    const broker = await mosquitto({ users: { [USER.name]: USER.password }, version: 'mqttv311' });
    copyFileSync(authority.path('ca.pem'), join(files, 'root-ca.pem'));
    expect(await shell(commands('fixtures/conversion-commands.sh').slice(0, 1))).toMatchObject({ code: 0 });
    const result = await shell(provision(['broker-host', 'broker-port', 'root-CA', 'username', 'password']), {
      BROKER_HOST: 'localhost',
      BROKER_PORT: `${broker.port}`,
      CA_CHAIN_FILE: 'root-ca.der',
      BROKER_USERNAME: USER.name,
      BROKER_PASSWORD: USER.password,
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    await cloud.interrupt(); // the device needs the store alone
    await works(broker, run('--protocol', '3.1.1'), DEVICE_SID);
  });
});

describe('the guide for AWS IoT', () => {
  async function provision(broker: Mosquitto, change = (script: string) => script) {
    copyFileSync(authority.path('ca.pem'), join(files, 'AmazonRootCA1.pem'));
    copyFileSync(authority.path('thing.pem'), join(files, '0123-certificate.pem.crt'));
    copyFileSync(authority.path('thing.key'), join(files, '0123-private.pem.key'));
    return shell(commands('fixtures/aws-commands.sh').map(change), {
      AWS_CERTIFICATE_ID: '0123',
      BROKER_HOST: 'localhost',
      BROKER_PORT: `${broker.port}`,
    });
  }

  it('provisions a device that runs from the store alone', async () => {
    const broker = await mosquitto({ requireCertificate: true });
    expect(await provision(broker)).toMatchObject({ code: 0 });
    await works(broker, run(), DEVICE_SID);
  });

  it('provisions a PKCS#1 key with an old openssl, which a run refuses with the way to convert it', async () => {
    const broker = await mosquitto({ requireCertificate: true });
    // What `openssl rsa -outform der` wrote before version 3.
    const old = (script: string) => script.replace('openssl rsa', 'openssl rsa -traditional');
    expect(await provision(broker, old)).toMatchObject({ code: 0 });
    const { code, stderr } = await run().ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wasmqtt: private_key: the key is PKCS#1 or SEC1; convert it with openssl pkcs8 -topk8.*\n$/,
    );
  });
});

it('no REST call shows a secret', async () => {
  const secret = `Tr0ub4dor-${process.pid}`;
  for (const collection of [`/Devices/${DEVICE_SID}/Secrets`, '/Secrets']) {
    const asked: [string, string, Record<string, string>?][] = [
      ['POST', collection, { Key: 'password', Value: secret }],
      ['POST', collection, { Key: 'password', Value: secret }],
      ['GET', collection],
      ['GET', `${collection}?PageSize=1`],
      ['GET', `${collection}/password`],
      ['HEAD', `${collection}/password`],
      ['GET', `${collection.replace('Secrets', 'Configs')}/password`],
      ['GET', collection.replace('Secrets', 'Configs')],
      ['POST', `${collection}/password`, { Value: secret }],
      ['DELETE', `${collection}/password`],
    ];
    const statuses: number[] = [];
    for (const [method, path, form] of asked) {
      const { status, text, headers } = await call(method, path, form);
      expect(text + headers, `${method} ${path}`).not.toContain(secret);
      statuses.push(status);
    }
    expect(statuses).toEqual([201, 409, 200, 200, 200, 200, 404, 200, 200, 204]);
  }
});
