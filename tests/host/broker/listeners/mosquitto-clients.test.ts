// needs: mosquitto_pub, mosquitto_sub, openssl
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BrokerEvent } from '../../../../host/broker/index.js';
import { TestPki } from './certificates.js';
import { nextEvent, Program } from './programs.js';
import { startTls, type TlsBroker, type TlsBrokerOptions } from './tls-broker.js';

let pki: TestPki;
let broker: TlsBroker;
let events: BrokerEvent[];
const programs: Program[] = [];

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());

afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop();
  await broker.close();
});

async function start(options: Partial<TlsBrokerOptions> = {}): Promise<void> {
  events = [];
  broker = await startTls(pki, { log: (event) => events.push(event), ...options });
}

function run(command: 'mosquitto_sub' | 'mosquitto_pub', version: string, args: string[]): Program {
  const where = ['-h', '127.0.0.1', '-p', String(broker.port), '--cafile', pki.path('ca.crt'), '-V', version];
  const program = new Program(command, [...where, ...args]);
  programs.push(program);
  return program;
}

/** Starts mosquitto_sub and waits until the broker has granted its subscription. */
async function subscribe(version: string, args: string[]): Promise<Program> {
  const subscribed = nextEvent(broker, 'subscribed');
  const program = run('mosquitto_sub', version, args);
  await Promise.race([subscribed, program.ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return program;
}

const certificate = (name: string) => ['--cert', pki.path(`${name}.crt`), '--key', pki.path(`${name}.key`)];
const mutual = () => ({ ca: pki.read('ca.crt'), requireCertificate: true });

describe.each(['mqttv31', 'mqttv311', 'mqttv5'])('mosquitto clients with %s', (version) => {
  it.each([0, 1, 2])('exchange messages of QoS %i over TLS', async (qos) => {
    await start();
    const reader = await subscribe(version, ['-t', 'sensor/#', '-q', `${qos}`, '-F', '%t %p %q', '-C', '1']);
    const writer = run('mosquitto_pub', version, ['-t', 'sensor/a', '-m', '21.5', '-q', `${qos}`]);
    expect(await writer.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await reader.ended).toMatchObject({ code: 0, stdout: `sensor/a 21.5 ${qos}\n` });
  });

  it('exchange messages over mutual TLS, the certificate naming the user', async () => {
    await start({ ...mutual(), useIdentityAsUsername: true });
    const reader = await subscribe(version, ['-t', 'a', '-C', '1', ...certificate('device')]);
    const writer = run('mosquitto_pub', version, ['-t', 'a', '-m', 'x', '-q', '1', ...certificate('device')]);
    expect((await writer.ended).code).toBe(0);
    expect((await reader.ended).stdout).toBe('x\n');
    const connected = events.filter(({ type }) => type === 'connected');
    expect(connected).toMatchObject([{ userName: 'device-1' }, { userName: 'device-1', tlsVersion: 'TLSv1.3' }]);
  });

  it('are let in with user name and password, and refused with a wrong password', async () => {
    await start({ users: new Map([['ann', 'secret']]) });
    const good = run('mosquitto_pub', version, ['-t', 'a', '-m', 'x', '-q', '1', '-u', 'ann', '-P', 'secret']);
    expect(await good.ended).toMatchObject({ code: 0 });
    const bad = run('mosquitto_pub', version, ['-t', 'a', '-m', 'x', '-q', '1', '-u', 'ann', '-P', 'wrong']);
    // mosquitto_pub exits with the return code of 3.1.1 or the reason code of 5.
    expect(await bad.ended).toMatchObject({ code: version === 'mqttv5' ? 0x87 : 5 });
    const none = run('mosquitto_pub', version, ['-t', 'a', '-m', 'x', '-q', '1']);
    expect((await none.ended).code).not.toBe(0);
  });

  it('get retained messages and wills', async () => {
    await start();
    await run('mosquitto_pub', version, ['-t', 'state', '-m', 'on', '-r', '-q', '1']).ended;
    const reader = await subscribe(version, ['-t', '#', '-F', '%t %p %r']);
    expect(await reader.lines(1)).toEqual(['state on 1']);
    const other = await subscribe(version, ['-t', 'none', '--will-topic', 'gone', '--will-payload', 'bye']);
    await other.stop();
    expect(await reader.lines(2)).toEqual(['state on 1', 'gone bye 0']);
  });

  it('get what they missed when they come back to their session', async () => {
    await start();
    const session = version === 'mqttv5' ? ['-x', '3600'] : [];
    const args = ['-i', 'sleeper', '-c', ...session, '-t', 'a', '-q', '1'];
    const gone = nextEvent(broker, 'disconnected', ({ clientId }) => clientId === 'sleeper');
    await (await subscribe(version, args)).stop();
    await gone;
    broker.publish('a', 'missed', { qos: 1 });
    expect((await run('mosquitto_sub', version, [...args, '-C', '1']).ended).stdout).toBe('missed\n');
  });

  it('move a large payload in one piece', async () => {
    await start();
    const reader = await subscribe(version, ['-t', 'big', '-q', '1', '-F', '%l', '-C', '1']);
    broker.publish('big', Buffer.alloc(900_000, 'x'), { qos: 1 });
    expect((await reader.ended).stdout).toBe('900000\n');
  });
});

describe('mutual TLS', () => {
  it('refuses clients without a certificate in the handshake, and reports it', async () => {
    await start(mutual());
    const refused = nextEvent(broker, 'refused');
    const writer = run('mosquitto_pub', 'mqttv311', ['-t', 'a', '-m', 'x']);
    expect((await writer.ended).code).not.toBe(0);
    expect(await refused).toMatchObject({ reason: 'the client sent no certificate' });
  });

  it('refuses certificates of another CA', async () => {
    await start(mutual());
    const refused = nextEvent(broker, 'refused');
    const writer = run('mosquitto_pub', 'mqttv311', ['-t', 'a', '-m', 'x', ...certificate('stranger')]);
    expect((await writer.ended).code).not.toBe(0);
    expect(await refused).toMatchObject({ reason: expect.stringContaining('client certificate not accepted') });
  });

  it('takes no user name from a certificate of another CA where none is required', async () => {
    await start({ ca: pki.read('ca.crt'), requestCertificate: true, useIdentityAsUsername: true });
    const strange = run('mosquitto_pub', 'mqttv311', ['-t', 'a', '-m', 'x', ...certificate('stranger')]);
    expect((await strange.ended).code).toBe(5);
    const known = run('mosquitto_pub', 'mqttv311', ['-t', 'a', '-m', 'x', ...certificate('device')]);
    expect((await known.ended).code).toBe(0);
  });
});

describe('mosquitto clients of MQTT 5', () => {
  it('see the properties of a message', async () => {
    await start();
    const reader = await subscribe('mqttv5', ['-t', 'a', '-C', '1', '-F', '%p %C %R %D %P']);
    const properties = ['content-type text/plain', 'response-topic answer', 'correlation-data id', 'user-property k v'];
    const args = properties.flatMap((property) => ['-D', 'publish', ...property.split(' ')]);
    await run('mosquitto_pub', 'mqttv5', ['-t', 'a', '-m', 'x', ...args]).ended;
    expect((await reader.ended).stdout).toBe('x text/plain answer id k:v\n');
  });
});

it('a client of 3.1.1 that sends a packet above the maximum is disconnected', async () => {
  await start({ limits: { maximumPacketSize: 10_000 } });
  const disconnected = nextEvent(broker, 'disconnected');
  run('mosquitto_pub', 'mqttv311', ['-t', 'big', '-q', '1', '-m', 'x'.repeat(10_000)]);
  expect(await disconnected).toMatchObject({ reasonCode: 0x95 });
});
