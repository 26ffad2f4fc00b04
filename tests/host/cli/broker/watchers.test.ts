// needs: mosquitto_pub, tshark
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Child } from '../../../interop/child.js';
import { freePort } from '../../../interop/temporary.js';
import { BrokerRig, portsOf } from './broker-rig.js';

let rig: BrokerRig;

beforeEach(() => {
  rig = new BrokerRig();
});

afterEach(() => rig.remove());

async function publish(port: number, ...args: string[]): Promise<void> {
  const to = ['-h', '127.0.0.1', '-p', `${port}`, '-i', 'sender', '-t', 'a/b', '-m', 'x', '-q', '1'];
  expect((await new Child('mosquitto_pub', [...to, ...args]).ended).code).toBe(0);
}

describe('--pcap', () => {
  it('writes the packets of clients into a file that tshark reads and only its owner may read', async () => {
    const file = rig.path('mqtt.pcapng');
    const broker = rig.start('--json', '-p', '0', '--pcap', file);
    const [port] = await portsOf(broker);
    await publish(port);
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const fields = ['-e', 'mqtt.msgtype', '-e', 'mqtt.topic', '-e', 'mqtt.clientid'];
    const read = await new Child('tshark', ['-r', file, '-Y', 'mqtt', '-T', 'fields', ...fields]).ended;
    expect(read.stdout.split('\n')).toEqual(['1\t\tsender', '2\t\t', '3\ta/b\t', '4\t\t', '14\t\t', '']);
  });

  it('says when it cannot be written any more, and the broker goes on', async () => {
    const broker = rig.start('--json', '-p', '0', '--pcap', '/dev/full');
    const [port] = await portsOf(broker);
    expect(await broker.event('capture ended')).toEqual({
      event: 'capture ended',
      reason: expect.stringMatching(/^the capture cannot be written: ENOSPC/),
    });
    await broker.line('stderr', /: the capture cannot be written: ENOSPC/);
    await publish(port);
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
  });

  it.each([
    ['a folder that does not exist', 'none/mqtt.pcapng', 'its folder does not exist; create it, or name another file'],
    ['a folder', '.', 'it is a folder; name a file in it'],
  ])('starts nothing when it names %s', async (_what, name, reason) => {
    const file = rig.path(name);
    const { code, stdout, stderr } = await rig.start('--json', '-p', '0', '--pcap', file).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^wasmqtt: /m);
    expect(stderr.split('\n').find((line) => line.startsWith('wasmqtt: '))).toBe(
      `wasmqtt: --pcap ${file}: the file cannot be written: ${reason}`,
    );
    if (name !== '.') expect(existsSync(file)).toBe(false);
  });
});

describe('--status', () => {
  it('serves what the broker holds on loopback, and says where in an event of its own', async () => {
    const broker = rig.start('--json', '-p', '0', '--status', '0');
    const [port] = await portsOf(broker);
    const { url } = await broker.event('status');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.keys(broker.events[0])).toEqual(['event', 'listeners']);
    await publish(port, '-r');
    const reader = new Child('mosquitto_sub', ['-h', '127.0.0.1', '-p', `${port}`, '-i', 'reader', '-t', 'a/#', '-v']);
    await reader.line('stdout', /^a\/b x$/);

    // biome-ignore lint/suspicious/noExplicitAny: the parts that are looked at are compared
    const read = async (path: string): Promise<any> => (await fetch(`${url}${path}`)).json();
    const mine = (items: { clientId: string }[]) => items.filter(({ clientId }) => clientId === 'reader');
    expect(mine((await read('/v1/clients')).clients)).toHaveLength(1);
    expect(mine((await read('/v1/sessions')).sessions)).toHaveLength(1);
    expect((await read('/v1/subscriptions?clientId=reader')).subscriptions).toMatchObject([
      { clientId: 'reader', topicFilter: 'a/#' },
    ]);
    const { retained } = await read('/v1/retained?limit=1000');
    expect(retained.map(({ topic }: { topic: string }) => topic)).toContain('a/b');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^wasmqtt_publishes_total\{direction="in"\} 1$/m);
    expect(metrics).toMatch(/^wasmqtt_connections_total 2$/m);
    expect(metrics).toMatch(/^wasmqtt_disconnections_total\{reason="none"\} 1$/m);

    await reader.kill();
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
    expect(broker.stderr).toContain(`: Status and metrics at ${url}.\n`);
  });

  it('counts commits of the state', async () => {
    const port = await freePort();
    const conf = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location DIR/\n`;
    const broker = rig.run(conf, '--json', '--status', '0');
    const { url } = await broker.event('status');
    const commits = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^wasmqtt_commit_seconds_count (\d+)$/m.exec(text)?.[1]);
    };
    const before = await commits();
    await publish(port, '-r');
    expect(await commits()).toBeGreaterThan(before);
  });

  it('ends with the broker, also when somebody holds a connection to it', async () => {
    const broker = rig.start('--json', '-p', '0', '--status', '0');
    const { url } = await broker.event('status');
    expect((await fetch(`${url}/v1/status`)).status).toBe(200);
    broker.signal('SIGTERM');
    expect((await broker.ended).code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('starts nothing when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stdout, stderr } = await rig.start('--json', '-p', '0', '--status', `${port}`).ended;
    other.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^wasmqtt: --status ${port}: .*another program has this port`, 'm'));
  });

  it('takes a port number', async () => {
    const { code, stderr } = await rig.start('--status', 'x').ended;
    expect(code).toBe(2);
    expect(stderr).toContain('Give a port from 0 to 65535.');
  });
});
