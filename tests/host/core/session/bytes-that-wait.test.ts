import { expect, it } from 'vitest';
import { ClientSession, encodePacket } from '../../../../host/core/index.js';

it('bytes of the server that the caller has not read yet prolong the wait for PINGRESP', () => {
  const session = new ClientSession({ responseTimeout: 1000 });
  session.send({ type: 'connect', protocolVersion: 4, clientId: 'c', keepAlive: 10, cleanStart: true }, 0);
  session.receive(encodePacket({ type: 'connack', reasonCode: 0, sessionPresent: false }, 4), 0);
  session.tick(10_000);
  session.arrived(10_900);
  expect(session.nextDeadline(10_900)).toBe(11_900);
  session.tick(11_899);
  expect(() => session.tick(11_900)).toThrow(/PINGRESP/);
});
