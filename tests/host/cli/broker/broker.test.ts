// needs: mosquitto_pub, mosquitto_sub
import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Child, done } from '../../../interop/child.js';
import { freePort } from '../../../interop/temporary.js';
import { BrokerRig, portsOf } from './broker-rig.js';

let rig: BrokerRig;

beforeEach(() => {
  rig = new BrokerRig();
});

afterEach(() => rig.remove());

const publish = (port: number, ...args: string[]) =>
  new Child('mosquitto_pub', ['-h', '127.0.0.1', '-p', `${port}`, '-t', 'a', '-m', 'x', '-q', '1', ...args]).ended;

describe('wasmqtt broker', () => {
  it('serves this machine without a configuration, and ends at SIGTERM with exit code 0', async () => {
    const broker = rig.start('--json', '-p', '0');
    const [first] = await portsOf(broker);
    expect(broker.events[0]).toMatchObject({
      event: 'listening',
      listeners: expect.arrayContaining([{ protocol: 'mqtt', host: '127.0.0.1', port: first }]),
    });
    expect((await publish(first)).code).toBe(0);
    expect(await broker.event('connected')).toMatchObject({ protocolVersion: 4 });
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
    expect(broker.stderr).toMatch(/: wasmqtt version \S+ terminating\n$/);
  });

  it('carries a message from a publisher to a subscriber', async () => {
    const port = await freePort();
    const broker = rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\n`, '-v');
    await broker.line('stderr', / running$/);
    const reader = new Child('mosquitto_sub', [
      '-h',
      '127.0.0.1',
      '-p',
      `${port}`,
      '-t',
      'a',
      '-i',
      'reader',
      '-C',
      '1',
    ]);
    await broker.line('stderr', /Sending SUBACK to reader/);
    expect((await publish(port)).code).toBe(0);
    expect((await reader.ended).stdout).toBe('x\n');
    await broker.line('stderr', /^\d+: New client connected from 127\.0\.0\.1:\d+ as reader \(p2, c1, k60\)\.$/m);
    await broker.line('stderr', /^\d+: Received PUBLISH from \S+ \(d0, q1, r0, m1, 'a', \.\.\. \(1 bytes\)\)/m);
    await broker.line('stderr', /^\d+: reader 0 a$/m);
  });

  it('prints records of packets with --json -v, and the log on standard error', async () => {
    const broker = rig.run('log_dest stdout\n', '--json', '-v', '-p', '0');
    const [port] = await portsOf(broker);
    await publish(port);
    expect(await broker.event('packet', ({ packet }) => packet === 'publish')).toMatchObject({
      direction: 'in',
      topic: 'a',
      qos: 1,
      payloadSize: 1,
    });
    await broker.line('stderr', /New client connected from/);
  });

  it('publishes the $SYS topics, unless sys_interval is 0', async () => {
    const read = async (conf: string, ...args: string[]) => {
      const port = await freePort();
      const broker = rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\n${conf}`);
      await broker.line('stderr', / running$/);
      const reader = new Child('mosquitto_sub', ['-h', '127.0.0.1', '-p', `${port}`, ...args]);
      return reader.ended;
    };
    const { stdout } = await read('', '-t', '$SYS/broker/version', '-C', '1');
    expect(stdout).toMatch(/^wasmqtt version \d/);
    expect(await read('sys_interval 0\n', '-t', '$SYS/#', '-C', '1', '-W', '1')).toMatchObject({ stdout: '' });
  });

  it('ignores -p when the file has a listener, and says so', async () => {
    const port = await freePort();
    const broker = rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\n`, '-p', '0');
    await broker.line('stderr', /-p has no effect: \S+ has listeners of its own$/);
    await broker.line('stderr', / running$/);
    expect((await publish(port)).code).toBe(0);
  });

  it('opens a Unix socket', async () => {
    const broker = rig.run('listener 0 DIR/socket\nallow_anonymous true\n', '--json');
    expect(await broker.event('listening')).toMatchObject({
      listeners: [{ protocol: 'unix', host: rig.path('socket'), port: 0 }],
    });
    expect(statSync(rig.path('socket')).isSocket()).toBe(true);
  });

  it('writes its number into the pid file, and removes it at the end', async () => {
    const broker = rig.run('pid_file DIR/pid\n', '--json', '-p', '0');
    await broker.event('listening');
    await broker.line('stderr', / running$/);
    expect(readFileSync(rig.path('pid'), 'utf8')).toMatch(/^\d+\n$/);
    broker.signal('SIGINT');
    expect((await broker.ended).code).toBe(0);
    expect(existsSync(rig.path('pid'))).toBe(false);
  });

  it('survives SIGUSR1 and SIGUSR2, and answers in the log', async () => {
    const broker = rig.start('--json', '-p', '0');
    await broker.line('stderr', / running$/);
    broker.signal('SIGUSR2');
    await broker.line('stderr', /: \d+ connections, \d+ sessions, 0 subscriptions, \d+ retained messages$/);
    broker.signal('SIGUSR1');
    broker.signal('SIGUSR2');
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
  });

  it('goes into the background with -d once it listens', async () => {
    const port = await freePort();
    const conf = `listener ${port} 127.0.0.1\nallow_anonymous true\npid_file DIR/pid\nlog_dest file DIR/log\n`;
    const starter = rig.run(conf, '-d');
    expect(await starter.ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const pid = Number(readFileSync(rig.path('pid'), 'utf8'));
    try {
      expect((await publish(port)).code).toBe(0);
      expect(readFileSync(rig.path('log'), 'utf8')).toMatch(/New client connected/);
    } finally {
      process.kill(pid, 'SIGTERM');
    }
    await done('tail', [`--pid=${pid}`, '-f', '/dev/null']);
    expect(existsSync(rig.path('pid'))).toBe(false);
  });

  it('says with -d why it cannot start', async () => {
    const taken = rig.start('--json', '-p', '0');
    const [port] = await portsOf(taken);
    const { code, stderr } = await rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\n`, '-d').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wasmqtt: \S+m\.conf:1: the broker cannot listen on 127\.0\.0\.1 port \d+: another program/,
    );
  });
});

describe('a configuration that cannot be used', () => {
  it('starts nothing: all mistakes, exit code 2', async () => {
    const broker = rig.run('max_qos 9\nlistener x\nnonsense\n');
    const { code, stdout, stderr } = await broker.ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'wasmqtt: the configuration has 3 errors; nothing was started',
      `${rig.path('m.conf')}:1:9: error: max_qos: "9" is not a whole number from 0 to 2; write one`,
      `${rig.path('m.conf')}:2:10: error: listener: "x" is not a whole number from 0 to 65535, 0 for a Unix socket; write one`,
      `${rig.path('m.conf')}:3:1: error: the option "nonsense" is not known; remove the line, or see mosquitto.conf(5) for the name`,
      '',
    ]);
  });

  it('is a file that is not there', async () => {
    const { code, stderr } = await rig.start('-c', rig.path('none.conf')).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/none\.conf:1:1: error: the configuration file \S+ cannot be read: there is no such file; /);
  });

  it('names a user that nobody has', async () => {
    if (process.getuid?.() !== 0) return;
    const { code, stderr } = await rig.run('user nobody-here\n', '-p', '0').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /m\.conf:1:6: there is no user nobody-here; name one of this machine, or "root" to stay root\n$/,
    );
  });

  it('asks for a port that is taken', async () => {
    const taken = rig.start('--json', '-p', '0');
    const [port] = await portsOf(taken);
    const { code, stderr } = await rig.run(`listener ${port} 127.0.0.1\nallow_anonymous true\n`).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /wasmqtt: \S+m\.conf:1: the broker cannot listen on 127\.0\.0\.1 port \d+: another program has this port/,
    );
  });
});

describe('the user', () => {
  it('that is named is who the broker becomes when it was started as root', async () => {
    if (process.getuid?.() !== 0) return;
    const broker = rig.run('user nobody\npid_file DIR/pid\n', '--json', '-p', '0');
    await broker.line('stderr', / running$/);
    const pid = readFileSync(rig.path('pid'), 'utf8').trim();
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const { uid } = statSync(`/proc/${pid}`);
    expect(uid).not.toBe(0);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
  });
});
