// needs: tshark
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PacketCapture, type PacketCaptureOptions } from '../../../../host/broker/observe/capture/packet-capture.js';
import { World } from '../world.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmqtt-capture-'));
  path = join(folder, 'broker.pcapng');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs tshark on the file: one line for each packet that passes the filter, its fields between bars. */
function read(filter: string, fields: string[]): string[] {
  const args = ['-r', path, '-Y', filter, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a'];
  for (const preference of ['tcp.check_checksum:TRUE', 'ip.check_checksum:TRUE']) args.push('-o', preference);
  const { stdout, status, stderr } = spawnSync('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tshark: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

async function capture(work: (world: World) => void, options: Partial<PacketCaptureOptions> = {}): Promise<void> {
  const file = await PacketCapture.create({ path, ...options });
  work(new World({ taps: [file] }));
  await file.close();
}

function exchange(world: World, remote: string): void {
  const client = world.connect({ clientId: 'c', protocolVersion: 5 }, { remote });
  client.subscribe('a/b', { qos: 1 });
  client.publish('a/b', 'hello', { qos: 1 });
  client.disconnect();
}

describe('a capture that tshark reads', () => {
  it.each([
    ['IPv4', '10.1.2.3:4567', 'ip', '10.1.2.3', '127.0.0.1'],
    ['IPv6', '[2001:db8::1:2]:4567', 'ipv6', '2001:db8::1:2', '::1'],
    ['IPv6 as Node writes it', '2001:db8::3:4567', 'ipv6', '2001:db8::3', '::1'],
    ['IPv4 over a socket of IPv6', '::ffff:10.1.2.3:4567', 'ip', '10.1.2.3', '127.0.0.1'],
  ])('has the MQTT packets of a client with an address of %s', async (_name, remote, layer, client, server) => {
    await capture((world) => exchange(world, remote));
    const fields = [`${layer}.src`, 'tcp.srcport', `${layer}.dst`, 'tcp.dstport', 'mqtt.msgtype', 'mqtt.topic'];
    const sent = `${client}|4567|${server}|1883`;
    const answered = `${server}|1883|${client}|4567`;
    expect(read('mqtt', fields)).toEqual([
      `${sent}|1|`,
      `${answered}|2|`,
      `${sent}|8|a/b`,
      `${answered}|9|`,
      `${sent}|3|a/b`,
      `${answered}|3|a/b`,
      `${answered}|4|`,
      `${sent}|14|`,
    ]);
  });

  it('has nothing that Wireshark complains about: sequences, checksums, malformed packets', async () => {
    await capture((world) => {
      exchange(world, '10.1.2.3:4567');
      exchange(world, '[2001:db8::1]:4567');
    });
    expect(read('tcp.analysis.flags or _ws.malformed', ['frame.number'])).toEqual([]);
    expect(read('ip.checksum.status != 1 or tcp.checksum.status != 1', ['frame.number'])).toEqual([]);
    expect(read('tcp.flags.syn == 1 or tcp.flags.fin == 1', ['frame.number'])).toHaveLength(8);
  });

  it('has packets that are larger than a segment, and those that came in pieces, whole', async () => {
    await capture((world) => {
      const client = world.connect({ clientId: 'c' }, { remote: '10.1.2.3:4567' });
      client.subscribe('a');
      client.publish('a', 'x'.repeat(200_000));
    });
    expect(read('mqtt.msgtype == 3', ['mqtt.len'])).toEqual(['200003', '200003']);
    expect(read('tcp.analysis.flags', ['frame.number'])).toEqual([]);
  });

  it('has the time of the wall clock and the reason of the end', async () => {
    await capture((world) => exchange(world, '10.1.2.3:4567'), { wallNow: () => 1_700_000_000_123.456 });
    expect(new Set(read('mqtt', ['frame.time_epoch']))).toEqual(new Set(['1700000000.123456000']));
    expect(read('tcp.flags.fin == 1', ['frame.comment'])).toEqual(['DISCONNECT from the client']);
  });

  it('leaves out parts of the program of the broker itself', async () => {
    await capture((world) => {
      world.connect({}, { listener: { name: 'local', rules: {}, isInternal: true } }).publish('secret', 'x');
    });
    expect(read('frame', ['frame.number'])).toEqual([]);
  });

  it('can be read while it grows', async () => {
    const file = await PacketCapture.create({ path });
    const world = new World({ taps: [file] });
    const client = world.connect({}, { remote: '10.1.2.3:4567' });
    for (let count = 1; count <= 3; count++) {
      client.send({ type: 'pingreq' });
      await file.flush();
      expect(read('mqtt.msgtype == 12', ['frame.number'])).toHaveLength(count);
    }
    await file.close();
  });

  it('ends before a packet that does not fit, says so once, and is whole', async () => {
    const reasons: string[] = [];
    const onEnd = (reason: string) => reasons.push(reason);
    await capture(
      (world) => {
        const client = world.connect({}, { remote: '10.1.2.3:4567' });
        for (let count = 0; count < 100; count++) client.publish('a', 'x'.repeat(100));
      },
      { largest: 5000, onEnd },
    );
    expect(statSync(path).size).toBeLessThanOrEqual(5000);
    expect(reasons).toEqual(['the capture has reached 5000 bytes; later packets are not in it']);
    const publishes = read('mqtt.msgtype == 3', ['mqtt.len']);
    expect(publishes.length).toBeGreaterThan(10);
    expect(new Set(publishes)).toEqual(new Set(['103']));
  });
});

describe('the file of a capture', () => {
  it.each(['new', 'old'])('is for its owner alone, a %s one', async (kind) => {
    if (kind === 'old') writeFileSync(path, 'x'.repeat(1000), { mode: 0o644 });
    await capture(() => {});
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).size).toBeLessThan(1000);
  });

  it('that cannot be opened is an error before anything starts', async () => {
    await expect(PacketCapture.create({ path: join(folder, 'no', 'file') })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(PacketCapture.create({ path, largest: 10 })).rejects.toThrow('use 1,024 bytes or more');
  });

  it('that cannot be written any more ends the capture, not the broker', async () => {
    const reasons: string[] = [];
    const file = await PacketCapture.create({ path: '/dev/full', onEnd: (reason) => reasons.push(reason) });
    const world = new World({ taps: [file] });
    await file.flush();
    exchange(world, '10.1.2.3:1');
    await file.close();
    expect(reasons).toEqual([expect.stringMatching(/^the capture cannot be written: .*ENOSPC/)]);
    expect(world.eventsOf('failed')).toEqual([]);
  });

  it('begins as draft-ietf-opsawg-pcapng has it', async () => {
    await capture(() => {});
    const bytes = readFileSync(path);
    expect([bytes.readUInt32LE(0), bytes.readUInt32LE(8)]).toEqual([0x0a0d0d0a, 0x1a2b3c4d]);
  });
});
