import { describe, expect, it } from 'vitest';
import { ALLOW, refuse } from '../../../../../host/broker/index.js';
import { World } from '../../world.js';

describe.each([4, 5] as const)(
  'a second connection with the same client id, protocol version %i',
  (protocolVersion) => {
    const properties = protocolVersion === 5 ? { sessionExpiryInterval: 100 } : undefined;

    it('closes the older one, with 0x8E in MQTT 5 (MQTT-3.1.4-3)', () => {
      const world = new World();
      const older = world.connect({ protocolVersion });
      const newer = world.connect({ protocolVersion });
      expect(older.isClosed).toBe(true);
      if (protocolVersion === 5) expect(older.next('disconnect').reasonCode).toBe(0x8e);
      expect(older.received).toEqual([]);
      expect(newer.isClosed).toBe(false);
      expect(world.engine.counts).toMatchObject({ connections: 1, sessions: 1 });
    });

    it('continues the session when it does not ask for a clean start', () => {
      const world = new World();
      world.connect({ protocolVersion, cleanStart: false, properties }).subscribe('a');
      const newer = world.connect({ protocolVersion, cleanStart: false, properties });
      expect(newer.connack.sessionPresent).toBe(true);
      world.engine.publish('a', 'x');
      expect(newer.messages()).toEqual(['a=x']);
    });

    it('begins a new session with a clean start (MQTT-3.1.2-4)', () => {
      const world = new World();
      world.connect({ protocolVersion, cleanStart: false, properties }).subscribe('a');
      const newer = world.connect({ protocolVersion, cleanStart: true });
      expect(newer.connack.sessionPresent).toBe(false);
      world.engine.publish('a', 'x');
      expect(newer.messages()).toEqual([]);
      expect(world.engine.counts.subscriptions).toBe(0);
    });

    it('stays open when the network later reports the end of the older one', () => {
      const world = new World();
      const older = world.connect({ protocolVersion });
      const newer = world.connect({ protocolVersion });
      older.drop();
      newer.subscribe('a');
      world.engine.publish('a', 'x');
      expect(newer.messages()).toEqual(['a=x']);
      expect(world.engine.counts.connections).toBe(1);
    });

    it('that is refused leaves the older one open', () => {
      const world = new World({ rules: { connect: ({ userName }) => (userName === 'u' ? ALLOW : refuse('not u')) } });
      const older = world.connect({ protocolVersion, userName: 'u' });
      const newer = world.connect({ protocolVersion, userName: 'v' });
      expect(newer.isClosed).toBe(true);
      expect(older.isClosed).toBe(false);
    });
  },
);
