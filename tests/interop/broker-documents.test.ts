// needs: mosquitto_pub, mosquitto_sub, mosquitto_passwd, openssl
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { beforeEach, describe, expect, it } from 'vitest';
import { Child, done } from './child.js';
import { Command, cleanEnvironment } from './command.js';
import { commands } from './fixture-commands.js';
import { freePort, temporaryFolder } from './temporary.js';
import { undoAfterEach } from './undo.js';

let folder: string;
const undo = undoAfterEach();

beforeEach(() => {
  const temporary = temporaryFolder();
  undo.push(temporary.remove);
  folder = temporary.folder;
});

const file = (name: string) => join(folder, name);
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** Runs a documented command; without a terminal openssl takes what it asks for from standard input. */
async function shell(command: string, env: Record<string, string> = {}, typed: string[] = []): Promise<string> {
  const options = { cwd: folder, env: cleanEnvironment(env), detached: true, stdio: 'pipe' } as const;
  const child = new Child('bash', ['--norc', '-e', '-c', command], options);
  undo.push(() => child.kill());
  child.type(typed.map((line) => `${line}\n`).join(''));
  child.closeInput();
  const { code, stderr, stdout } = await child.ended;
  expect(code, stderr).toBe(0);
  return stdout;
}

/** Our broker in the place of mosquitto: `mosquitto -v -c ./mosquitto.conf`. */
async function start(conf: string): Promise<Command> {
  writeFileSync(file('mosquitto.conf'), conf);
  const broker = new Command(['broker', '-v', '-c', './mosquitto.conf'], {}, folder);
  undo.push(() => broker.kill());
  await broker.line('stderr', / running$/);
  return broker;
}

/** mosquitto_sub with these arguments, once the broker has granted its subscription. */
async function subscribe(broker: Command, args: string[]): Promise<Child> {
  const reader = new Child('mosquitto_sub', ['-i', 'reader', '-C', '1', ...args], { cwd: folder });
  undo.push(() => reader.kill());
  await Promise.race([
    broker.line('stderr', /Sending SUBACK to reader/),
    reader.ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  return reader;
}

const publish = (...args: string[]) => new Child('mosquitto_pub', args, { cwd: folder }).ended;

describe('the tutorial for mosquitto', () => {
  it('looks for packets in the log: which there are depends on the QoS', async () => {
    const port = `${await freePort()}`;
    const broker = await start(`listener ${port} 127.0.0.1\nallow_anonymous true\n`);
    const reader = await subscribe(broker, ['-p', port, '-t', 'myTopic']);
    for (const qos of ['0', '1', '2']) {
      const { code } = await publish('-p', port, '-t', 'myTopic', '-m', '4711', '-q', qos, '-i', `q${qos}`);
      expect(code).toBe(0);
    }
    expect((await reader.ended).stdout).toBe('4711\n');
    const packets = (id: string) =>
      broker
        .lines('stderr')
        .flatMap((line) => [...line.matchAll(new RegExp(`: (?:Received|Sending) (\\w+) (?:from|to) ${id} `, 'g'))])
        .map(([, type]) => type);
    await broker.line('stderr', /Received DISCONNECT from q2/);
    expect(packets('q0')).toEqual(['CONNECT', 'CONNACK', 'PUBLISH', 'DISCONNECT']);
    expect(packets('q1')).toEqual(['CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'DISCONNECT']);
    expect(packets('q2')).toEqual(['CONNECT', 'CONNACK', 'PUBLISH', 'PUBREC', 'PUBREL', 'PUBCOMP', 'DISCONNECT']);
  });

  it.each([
    ['mosquitto_passwd', () => done('mosquitto_passwd', ['-U', 'users.txt'], { cwd: folder })],
    ['wasmqtt passwd', () => new Command(['passwd', '-U', 'users.txt'], {}, folder).ended],
  ])('writes users.txt, and hashes it with %s', async (_, upgrade) => {
    writeFileSync(file('users.txt'), 'ann:secret\nbob:other\n');
    const port = `${await freePort()}`;
    const broker = await start(`listener ${port} 127.0.0.1\npassword_file users.txt\n`);
    await broker.line('stderr', /users\.txt:1:1: warning: "ann" cannot come in: the password is not hashed; hash /);
    const code = async (...args: string[]) => (await publish('-p', port, '-t', 'a', '-m', 'x', ...args)).code;
    expect(await code('-u', 'ann', '-P', 'secret')).toBe(5);
    await upgrade();
    const from = broker.lines('stderr').length;
    broker.signal('SIGHUP');
    await broker.line('stderr', /Reloading config\.$/, from);
    expect(await code('-u', 'ann', '-P', 'secret')).toBe(0);
    expect(await code('-u', 'bob', '-P', 'secret')).toBe(5);
    expect(await code()).toBe(5);
  });

  it('makes a CA and a certificate, and the two clients and openssl accept the broker', async () => {
    const ca = ['FR', 'France', 'Paris', 'Orange', 'IT', 'localhost', 'dev@mydomain.com'];
    const server = ['FR', 'France', 'Paris', 'Esiee', 'R&D', 'localhost', 'dev@mydomain.com', 'spring', 'Esiee'];
    const typed = [['remember', 'remember'], ['remember', ...ca], [], server, ['remember']];
    for (const [at, command] of commands('fixtures/tutorial-commands.sh').entries())
      await shell(command, {}, typed[at]);
    await shell('mkdir certs clients; cp ca.crt srv.crt srv.key certs; cp ca.crt clients');
    const port = `${await freePort()}`;
    // Mosquitto 1.6, of which the tutorial is, let anonymous clients in by default.
    const conf = `${fixture('tutorial.conf').replace('8883', port)}allow_anonymous true\n`;
    const broker = await start(conf);
    const where = ['-h', 'localhost', '-p', port, '-t', 'test'];
    const reader = await subscribe(broker, [...where, '--cafile', './certs/ca.crt']);
    const written = await publish(...where, '-m', '4711', '--cafile', './clients/ca.crt', '--tls-version', 'tlsv1.2');
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect((await reader.ended).stdout).toBe('4711\n');
    const shown = await shell(`openssl s_client -connect localhost:${port} -CAfile ./clients/ca.crt </dev/null`);
    expect(shown).toMatch(/Verif(?:ication|y return code): (?:OK|0 \(ok\))/);
    expect(shown).toMatch(/^ 0 s:.*Esiee.*\n(?:.*\n)*? 1 s:.*Orange/m);
  });
});

describe('the documentation of the Altair emulator', () => {
  it('has three listeners: one for this machine, one for certificates, one for browsers with passwords', async () => {
    const [ca, server, client] = commands('fixtures/altair-commands.sh');
    const CommonName = 'localhost';
    await shell(ca, {}, ['', '', '', '', '', CommonName, '']);
    for (const command of [server, client]) await shell(command, { CommonName });
    const live = file(`letsencrypt/live/${CommonName}`);
    mkdirSync(live, { recursive: true });
    mkdirSync(file('mosquitto/ca_certificates'), { recursive: true });
    for (const name of ['ca.crt', 'server.crt', 'server.key'])
      copyFileSync(file(name), file(`mosquitto/ca_certificates/${name}`));
    for (const [from, to] of [
      ['server.crt', 'cert.pem'],
      ['ca.crt', 'chain.pem'],
      ['server.key', 'privkey.pem'],
    ]) {
      copyFileSync(file(from), join(live, to));
    }
    const passwd = new Command(['passwd', '-b', '-c', file('mosquitto/passwd'), 'WebTerminal', 'secret']);
    expect((await passwd.ended).code).toBe(0);

    const [plain, mutual, web] = [await freePort(), await freePort(), await freePort()];
    const conf = fixture('altair.conf')
      .replaceAll('/etc', folder)
      .replaceAll('YOUR_DOMAIN_NAME', CommonName)
      .replace('listener 1883', `listener ${plain}`)
      .replace('listener 8884', `listener ${mutual}`)
      .replace('listener 8091', `listener ${web}`);
    const broker = await start(conf);

    const files = ['--capath', '.', '--cafile', 'ca.crt', '--cert', 'client.crt', '--key', 'client.key'];
    const secure = ['-h', 'localhost', '-t', 'test', '-p', `${mutual}`];
    const reader = await subscribe(broker, [...secure, ...files]);
    expect(await publish(...secure, '-m', 'hello world', ...files)).toMatchObject({ code: 0, stderr: '' });
    expect((await reader.ended).stdout).toBe('hello world\n');
    await broker.line('stderr', /New client connected from \S+ as reader \(p2, c1, k60, u'localhost'\)\.$/);

    expect((await publish(...secure, '-m', 'x', '--cafile', 'ca.crt')).code).not.toBe(0);
    expect((await publish('-h', 'localhost', '-p', `${plain}`, '-t', 'test', '-m', 'x')).code).toBe(0);

    const terminal = (password: string) =>
      mqtt.connectAsync(`wss://localhost:${web}`, {
        username: 'WebTerminal',
        password,
        ca: readFileSync(file('ca.crt')),
        reconnectPeriod: 0,
      });
    const page = await terminal('secret');
    await page.subscribeAsync('test');
    const message = new Promise((resolve) => page.once('message', (topic, payload) => resolve(`${topic} ${payload}`)));
    await publish('-h', 'localhost', '-p', `${plain}`, '-t', 'test', '-m', 'to the page');
    expect(await message).toBe('test to the page');
    await page.endAsync();
    await expect(terminal('wrong')).rejects.toMatchObject({ code: 5 });
  });
});
