import { describe, expect, it } from 'vitest';
import { WaitingRoom } from '../../../../host/broker/listeners/waiting-room.js';

describe('places before CONNECT', () => {
  it.each([
    ['one IPv4 address', '192.0.2.1', '192.0.2.1', '192.0.2.2'],
    ['one IPv4 address, also as IPv6', '::ffff:192.0.2.1', '192.0.2.1', '::ffff:192.0.2.2'],
    ['one /64 of IPv6', '2001:db8:0:1::7', '2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:2::7'],
    ['one /64 of IPv6 with many zeros', '::1', '::2', '1::1'],
    ['one /64 of IPv6 with a zone', 'fe80::1%eth0', 'fe80::2%eth0', 'fe80:1::1%eth0'],
  ])('are counted for %s', (_, first, same, other) => {
    const room = new WaitingRoom({ perAddress: 1, total: 10 });
    const leave = room.enter(first);
    expect(leave).toBeTypeOf('function');
    expect(room.enter(same)).toContain('pendingConnections.perAddress');
    expect(room.enter(other)).toBeTypeOf('function');
    (leave as () => void)();
    expect(room.enter(same)).toBeTypeOf('function');
  });

  it('are given back once, whoever says so', () => {
    const room = new WaitingRoom({ perAddress: 10, total: 2 });
    const [one, two] = [room.enter('192.0.2.1'), room.enter(undefined)];
    expect(room.enter('192.0.2.3')).toContain('pendingConnections.total');
    for (let again = 0; again < 3; again++) (one as () => void)();
    expect(room.enter('192.0.2.3')).toBeTypeOf('function');
    expect(room.enter('192.0.2.3')).toContain('pendingConnections.total');
    (two as () => void)();
    expect(room.enter(undefined)).toBeTypeOf('function');
  });
});
