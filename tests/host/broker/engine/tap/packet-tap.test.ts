import { describe, expect, it } from 'vitest';
import type { PacketTap } from '../../../../../host/broker/engine/tap/packet-tap.js';
import { encodePacket, type Packet } from '../../../../../host/core/index.js';
import { World } from '../../world.js';

/** A tap that writes down what it sees: `in client publish 12`. */
function noting(): { seen: string[]; bytes: number[]; packets: Packet[]; tap: PacketTap } {
  const seen: string[] = [];
  const bytes: number[] = [];
  const packets: Packet[] = [];
  const tap: PacketTap = {
    opened: ({ info }) => seen.push(`opened ${info.remote}`),
    bytes: (_connection, _direction, chunk) => bytes.push(chunk.length),
    counted: ({ clientId }, direction, type, size) => seen.push(`${direction} ${clientId} ${type} ${size}`),
    packet: ({ packet }) => packets.push(packet),
    closed: ({ clientId }, reason) => seen.push(`closed ${clientId}: ${reason}`),
  };
  return { seen, bytes, packets, tap };
}

describe('the packet tap', () => {
  it('sees each packet with its direction, client and size on the wire, and the end of the connection', () => {
    const { seen, tap } = noting();
    const world = new World({ taps: [tap] });
    const client = world.connect({ clientId: 'c' });
    client.publish('a', 'hello');
    client.send({ type: 'pingreq' });
    client.disconnect();
    expect(seen).toEqual([
      'opened test:1',
      'in c connect 15',
      'out c connack 4',
      'in c publish 10',
      'in c pingreq 2',
      'out c pingresp 2',
      'in c disconnect 2',
      'closed c: DISCONNECT from the client',
    ]);
  });

  it('sees a message for several clients once for each', () => {
    const { seen, tap } = noting();
    const world = new World({ taps: [tap] });
    for (const clientId of ['a', 'b', 'c']) world.connect({ clientId }).subscribe('t');
    seen.length = 0;
    world.engine.publish('t', '12345');
    expect(seen).toEqual(['out a publish 10', 'out b publish 10', 'out c publish 10']);
  });

  it.each([1, 2, 3, 7])('measures packets that come in pieces of %i bytes', (length) => {
    const { seen, bytes, tap } = noting();
    const world = new World({ taps: [tap] });
    const client = world.open();
    const connect: Packet = {
      type: 'connect',
      protocolVersion: 4,
      cleanStart: true,
      keepAlive: 0,
      clientId: 'c',
    };
    const payload = new Uint8Array(300);
    const publish: Packet = { type: 'publish', topic: 'a', payload, qos: 0, retain: false, dup: false };
    const stream = Buffer.concat([encodePacket(connect, 4), encodePacket(publish, 4), encodePacket(publish, 4)]);
    for (let at = 0; at < stream.length; at += length) client.raw(stream.subarray(at, at + length));
    expect(seen.filter((line) => line.startsWith('in '))).toEqual([
      'in c connect 15',
      'in c publish 306',
      'in c publish 306',
    ]);
    expect(bytes.reduce((sum, count) => sum + count)).toBe(stream.length + 4);
  });

  it('sees the packet in which a server says why it closes', () => {
    const { packets, tap } = noting();
    const world = new World({ taps: [tap] });
    const client = world.connect({ protocolVersion: 5 });
    client.send({ type: 'pingresp' });
    expect(packets.at(-1)).toMatchObject({ type: 'disconnect', reasonCode: 0x82 });
  });

  it('sees a CONNECT that is refused, with the client id that it asked for', () => {
    const { seen, tap } = noting();
    const rules = { connect: () => ({ allow: false, reasonCode: 0x87, reason: 'no', effect: 'drop' }) as const };
    const world = new World({ taps: [tap], rules });
    world.connect({ clientId: 'c' });
    expect(seen.slice(1)).toEqual(['in c connect 15', 'out c connack 4', 'closed c: no']);
  });

  it('that throws becomes an event and disturbs neither the client nor the other taps', () => {
    const { seen, tap } = noting();
    const broken: PacketTap = {
      packet: () => {
        throw new Error('the disk is full');
      },
    };
    const world = new World({ taps: [broken, tap] });
    world.connect({ clientId: 'c' }).send({ type: 'pingreq' });
    expect(seen.at(-1)).toBe('out c pingresp 2');
    expect(world.eventsOf('failed').map(({ error }) => (error as Error).message)).toEqual(
      new Array(4).fill('the disk is full'),
    );
  });
});
