// needs: mosquitto_pub, mosquitto_sub, openssl
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Authority } from './authority.js';
import { Child } from './child.js';
import { Command } from './command.js';
import { freePort, temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

const SID = `UV${'5'.repeat(32)}`;
const READINGS = `sensor/device/${SID}`;
const COMMANDS = `command/device/${SID}`;

/** Devices have topics of their own; the operator reads and commands all. */
const ACL = `pattern write sensor/device/%c
pattern read command/device/%c

user operator
topic read sensor/#
topic write command/#
`;

let authority: Authority;
let folder: string;
let port: number;
const undo = undoAfterEach();

beforeAll(() => {
  authority = new Authority().issue('server', { names: 'DNS:localhost' });
  for (const name of ['device', 'stranger', 'operator']) authority.issue(name);
});

afterAll(() => authority[Symbol.dispose]());

beforeEach(async () => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
  port = await freePort();
  writeFileSync(join(folder, 'acl'), ACL, { mode: 0o600 });
  writeFileSync(
    join(folder, 'm.conf'),
    `${process.getuid?.() === 0 ? 'user root\n' : ''}persistence true
persistence_location ${folder}/
listener ${port} 127.0.0.1
cafile ${authority.path('ca.pem')}
certfile ${authority.path('server.pem')}
keyfile ${authority.path('server.key')}
require_certificate true
use_identity_as_username true
acl_file ${join(folder, 'acl')}
`,
  );
});

async function startBroker(): Promise<Command> {
  const broker = new Command(['broker', '-v', '-c', join(folder, 'm.conf')]);
  undo.push(() => broker.kill());
  await broker.line('stderr', / running$/);
  return broker;
}

function startDevice(): Command {
  const where = ['--broker-host', 'localhost', '--broker-port', `${port}`, '--root-ca', authority.path('ca.pem')];
  const who = ['--cert', authority.path('device.pem'), '--key', authority.path('device.key'), '--device-sid', SID];
  const data = ['--json', '--data', join(folder, 'data'), '--cloud-port', '0', '--interval', '100ms'];
  const device = new Command(['run', ...data, ...where, ...who]);
  undo.push(() => device.kill());
  return device;
}

/** mosquitto_sub or mosquitto_pub with the certificate of somebody. */
function client(program: string, who: string, ...args: string[]): Child {
  const files = ['--cafile', authority.path('ca.pem'), '--cert', authority.path(`${who}.pem`)];
  const child = new Child(program, [
    '-h',
    'localhost',
    '-p',
    `${port}`,
    ...files,
    '--key',
    authority.path(`${who}.key`),
    ...args,
  ]);
  undo.push(() => child.kill());
  return child;
}

/** The operator's session outlives the connection. */
const operator = () => client('mosquitto_sub', 'operator', '-i', 'operator', '-c', '-q', '1', '-t', 'sensor/#');

const numbersIn = (child: Child) => child.lines('stdout').map((line): number => JSON.parse(line).reading);

/** The numbers of the readings that the broker has acknowledged. */
const published = (device: Command) =>
  device.events.flatMap(({ event, payload }) => (event === 'published' ? [JSON.parse(payload).reading as number] : []));

it('the device works with the broker of a configuration, and nothing acknowledged is lost when that is killed', async () => {
  const first = await startBroker();
  const before = operator();
  await first.line('stderr', /Sending SUBACK to operator/);
  const device = startDevice();
  await first.line('stderr', new RegExp(`New client connected from \\S+ as ${SID} \\(p5, c1, k\\d+, u'device'\\)\\.$`));
  await before.line('stdout', /"reading"/);
  await before.kill();
  const from = Math.max(...numbersIn(before));

  // Readings wait in the operator's session, and the broker is dropped.
  await device.event('published', ({ payload }) => JSON.parse(payload).reading > from + 3);
  await first.kill();
  await device.event('disconnected');
  const waited = published(device).filter((reading) => reading > from);
  const since = device.events.length;

  const second = await startBroker();
  await device.event('connected', undefined, since);
  await device.event('subscribed', ({ topic }) => topic === COMMANDS, since);
  const { payload } = await device.event('published', undefined, since);
  const last: number = JSON.parse(payload).reading;
  const after = operator();
  await after.until('the last reading', () => numbersIn(after).includes(last) || undefined);
  expect(numbersIn(after)).toEqual(expect.arrayContaining([...waited, last]));
  expect([...new Set(numbersIn(after))]).toEqual([...new Set(numbersIn(after))].sort((a, b) => a - b));

  const ordered = client('mosquitto_pub', 'operator', '-q', '1', '-t', COMMANDS, '-m', 'on');
  expect(await ordered.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await device.event('message')).toMatchObject({ topic: COMMANDS, payload: 'on', qos: 1 });
  expect(second.lines('stderr').join('\n')).not.toMatch(/damaged|lost/);
  expect((await device.interrupt()).code).toBe(0);
});

it('the configuration keeps others away from the topics of a device, and those without a certificate out', async () => {
  const broker = await startBroker();
  const device = startDevice();
  await device.event('subscribed', ({ topic }) => topic === COMMANDS);
  const spy = client('mosquitto_sub', 'stranger', '-i', 'spy', '-V', 'mqttv5', '-t', 'sensor/#', '-t', 'command/#');
  await broker.line('stderr', /Sending SUBACK to spy/);
  for (const topic of [COMMANDS, READINGS]) {
    const forged = client('mosquitto_pub', 'stranger', '-V', 'mqttv5', '-q', '1', '-t', topic, '-m', 'forged');
    expect((await forged.ended).stderr).toMatch(/not authori[sz]ed/i);
  }
  const bare = new Child('mosquitto_pub', [
    ...['-h', 'localhost', '-p', `${port}`, '--cafile', authority.path('ca.pem'), '-t', COMMANDS, '-m', 'x'],
  ]);
  expect((await bare.ended).code).not.toBe(0);
  const right = client('mosquitto_pub', 'operator', '-q', '1', '-t', COMMANDS, '-m', 'right');
  expect((await right.ended).code).toBe(0);
  expect(await device.event('message')).toMatchObject({ payload: 'right' });
  await device.event('published', ({ payload }) => JSON.parse(payload).commands === 1);
  expect(spy.stdout).toBe('');
});
