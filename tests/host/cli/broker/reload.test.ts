// needs: mosquitto_pub, openssl
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Child } from '../../../interop/child.js';
import { Command } from '../../../interop/command.js';
import { freePort } from '../../../interop/temporary.js';
import { TestPki } from '../../broker/listeners/certificates.js';
import { BrokerRig } from './broker-rig.js';

let rig: BrokerRig;
let pki: TestPki;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());

beforeEach(() => {
  rig = new BrokerRig();
});

afterEach(() => rig.remove());

const publish = (port: number, ...args: string[]) =>
  new Child('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${port}`, '-t', 'a', '-m', 'x', '-q', '1', '-V', '5', ...args])
    .ended;

/** Sends SIGHUP and waits for what the broker says of it. */
async function reload(broker: Command): Promise<Record<string, unknown>> {
  const from = broker.events.length;
  broker.signal('SIGHUP');
  return broker.event('reloaded', () => true, from);
}

async function passwords(...users: [name: string, password: string][]): Promise<void> {
  rig.write('passwords', '');
  for (const [name, password] of users) {
    await new Command(['passwd', '-b', rig.path('passwords'), name, password]).ended;
  }
}

describe('SIGHUP', () => {
  it('lets in who has a password now, and ends who has none any more', async () => {
    await passwords(['ann', 'a']);
    const port = await freePort();
    const broker = rig.run(`listener ${port} 127.0.0.1\npassword_file DIR/passwords\n`, '--json');
    await broker.event('listening');
    const reader = new Child('mosquitto_sub', [
      ...['-h', '127.0.0.1', '-p', `${port}`, '-t', 'a', '-i', 'reader', '-u', 'ann', '-P', 'a', '-V', '5'],
    ]);
    await broker.event('subscribed');
    await passwords(['bob', 'b']);
    expect(await reload(broker)).toEqual({ event: 'reloaded', done: true, needsRestart: [], failed: [] });
    expect(await broker.event('disconnected')).toMatchObject({ clientId: 'reader', reasonCode: 0x87 });
    await reader.kill();
    expect((await publish(port, '-u', 'bob', '-P', 'b')).code).toBe(0);
    expect((await publish(port, '-u', 'ann', '-P', 'a')).code).toBe(0x87);
  });

  it('changes nothing when the configuration has mistakes, and names them all', async () => {
    const port = await freePort();
    const conf = `listener ${port} 127.0.0.1\nallow_anonymous true\n`;
    const broker = rig.run(conf, '--json');
    await broker.event('listening');
    rig.write('m.conf', `${conf}nonsense\nmax_qos 7\n`);
    expect(await reload(broker)).toMatchObject({ done: false, findings: [{ line: 3 }, { line: 4 }] });
    await broker.line('stderr', /m\.conf:3:1: error: the option "nonsense" is not known/);
    await broker.line('stderr', /m\.conf:4:9: error: max_qos: "7" is not/);
    await broker.line('stderr', /The configuration was not reloaded: all stays as it was\.$/m);
    expect((await publish(port)).code).toBe(0);
  });

  it('says what takes a restart', async () => {
    const port = await freePort();
    const conf = `listener ${port} 127.0.0.1\nallow_anonymous true\n`;
    const broker = rig.run(conf, '--json');
    await broker.event('listening');
    rig.write('m.conf', `# a comment moves the lines\n${conf}`);
    expect(await reload(broker)).toMatchObject({ done: true, needsRestart: [] });
    rig.write('m.conf', `${conf}max_qos 1\nmax_queued_messages 7\n`);
    expect(await reload(broker)).toMatchObject({ done: true, needsRestart: ['listener', 'max_*'] });
    await broker.line('stderr', /: listener changed: that takes a restart$/m);
  });

  it('takes a new certificate, and keeps the old one when the new one cannot be used', async () => {
    const port = await freePort();
    const [cert, key] = [rig.path('server.crt'), rig.path('server.key')];
    writeFileSync(cert, pki.read('server.crt'));
    writeFileSync(key, pki.read('server.key'));
    const conf = `listener ${port} 127.0.0.1\nallow_anonymous true\ncertfile ${cert}\nkeyfile ${key}\n`;
    const broker = rig.run(conf, '--json');
    await broker.event('listening');
    const secure = () => publish(port, '--cafile', pki.path('ca.crt'), '--insecure');
    expect((await secure()).code).toBe(0);
    writeFileSync(cert, 'no certificate');
    expect(await reload(broker)).toMatchObject({ done: false, findings: [{ line: 3, severity: 'error' }] });
    expect((await secure()).code).toBe(0);
    writeFileSync(cert, pki.read('device.crt'));
    writeFileSync(key, pki.read('device.key'));
    expect(await reload(broker)).toMatchObject({ done: true, failed: [] });
    const { stdout } = await new Child('openssl', ['s_client', '-connect', `127.0.0.1:${port}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }).ended;
    expect(stdout).toMatch(/subject=.*device-1/);
  });

  it('opens the log file again, as logrotate needs it', async () => {
    const broker = rig.run('log_dest file DIR/log\n', '--json', '-p', '0');
    await broker.event('listening');
    renameSync(rig.path('log'), rig.path('log.1'));
    await reload(broker);
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
    expect(readFileSync(rig.path('log.1'), 'utf8')).toMatch(/ running$/m);
    expect(readFileSync(rig.path('log'), 'utf8')).toMatch(/ terminating\n$/);
    expect(statSync(rig.path('log')).mode & 0o777).toBe(0o600);
  });
});

describe('the log', () => {
  async function logOf(conf: string, ...args: string[]): Promise<Command> {
    const broker = rig.run(conf, '-p', '0', '--for', '300ms', ...args);
    await broker.ended;
    return broker;
  }

  it('has the time as the tutorial asks for it', async () => {
    const { stderr } = await logOf('log_timestamp_format %Y-%m-%dT%H:%M:%S\n');
    expect(stderr).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d: wasmqtt version \S+ starting$/m);
  });

  it('has no time without log_timestamp', async () => {
    const { stderr } = await logOf('log_timestamp false\n');
    expect(stderr).toMatch(/^wasmqtt version \S+ starting$/m);
  });

  it('goes to standard output and into a file', async () => {
    const broker = await logOf('log_dest stdout\nlog_dest file DIR/log\n');
    expect(broker.stderr).toBe('');
    expect(broker.stdout).toMatch(/ running$/m);
    expect(readFileSync(rig.path('log'), 'utf8')).toBe(broker.stdout);
  });

  it('goes nowhere with none', async () => {
    const { stdout, stderr } = await logOf('log_dest none\n');
    expect([stdout, stderr]).toEqual(['', '']);
  });

  it('has what is named and nothing else', async () => {
    const { stderr } = await logOf('log_type error\nretry_interval 3\n');
    expect(stderr).toBe('');
  });

  it('says that its file cannot be written, and the broker goes on', async () => {
    const broker = await logOf('log_dest file DIR/none/log\n');
    await broker.line('stderr', /^wasmqtt: the log file \S+ cannot be written: ENOENT/);
    expect((await broker.ended).code).toBe(0);
    expect(existsSync(rig.path('none'))).toBe(false);
  });

  it('leaves out who comes and goes without connection_messages', async () => {
    const port = await freePort();
    const broker = rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\nconnection_messages false\n`, '--json');
    await broker.event('listening');
    await publish(port);
    await broker.event('disconnected');
    expect(broker.stderr).not.toMatch(/client/i);
  });

  it('is published with log_dest topic', async () => {
    const port = await freePort();
    const broker = rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\nlog_dest topic\n`, '--json');
    await broker.event('listening');
    const reader = new Child('mosquitto_sub', [
      ...['-h', '127.0.0.1', '-p', `${port}`, '-t', '$SYS/broker/log/#', '-F', '%t %p', '-C', '1'],
    ]);
    await broker.event('subscribed');
    await publish(port, '-i', 'noisy');
    expect((await reader.ended).stdout).toMatch(/^\$SYS\/broker\/log\/N New client connected from \S+ as noisy /);
  });
});
